"""What goes out to departments' own systems, and what comes back from them; and who is on duty."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from dispatch.models.departments import Department
from twin.access import Scope
from twin.models import User


class ChannelKind(models.TextChoices):
    KAFKA = "kafka", "Kafka"
    WEBHOOK = "webhook", "Webhook"


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, scope: Scope) -> Self:
        """Those of departments in the scope; limits of zones do not cut a channel in pieces."""
        if scope.unlimited:
            return self
        mine = Q(pk__in=[])
        for limit in scope.limits:
            for code in limit.departments or ():
                mine |= Q(department=code) | Q(department__startswith=code + ".")
        return self.filter(mine)


class Channel(models.Model):
    """Where a department's own system hears of tasks: those that it or a department under it leads or helps with."""

    department = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    url = models.CharField(max_length=500, blank=True, help_text="of a webhook")
    topic = models.CharField(max_length=80, db_default="tasks", help_text="of Kafka, after the city's prefix")
    secret = models.CharField(max_length=80, blank=True, help_text="HMAC-SHA256 key that signs a webhook's messages")
    changes = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=[],
        blank=True,
        help_text="only these, as `accepted`; none: all. A task that comes or goes is told in any case",
    )
    exercises = models.BooleanField(db_default=False, help_text="takes tasks of exercises too; they are marked")
    enabled = models.BooleanField(db_default=True, help_text="one that is not waits, and catches up when it is again")
    from_seq = models.BigIntegerField(help_text="the journal's sequence behind which it began")
    read_seq = models.BigIntegerField(help_text="up to here the journal's rows have become deliveries: its cursor")
    version = models.IntegerField(default=1, db_default=1)

    objects = ChannelQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.department} {self.kind}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "待发送 Waiting"
    DELIVERED = "delivered", "已送达 Delivered"
    FAILED = "failed", "发送失败 Failed"


class Delivery(models.Model):
    """One message for one channel. Its times are of the wall clock: the receiver lives in the real world."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    seq = models.BigIntegerField(help_text="the journal row that it tells of")
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    type = models.CharField(max_length=80)
    body = models.TextField(help_text="the bytes as they are sent, each time the same")
    exercise = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    response_code = models.PositiveSmallIntegerField(null=True)
    last_error = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["channel", "seq"], name="delivery_once")]
        indexes = [
            models.Index(fields=["channel", "case_id", "seq"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["state", "-id"], name="delivery_state"),
        ]


class SystemToken(models.Model):
    """The login of a department's own system, which acts as a service user with that department's role."""

    name = models.CharField(max_length=80)
    department = models.CharField(max_length=40)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256")
    active = models.BooleanField(db_default=True)


class GivenAnswer(models.Model):
    """What a system was answered under an Idempotency-Key; the same key is answered so again."""

    token = models.ForeignKey(SystemToken, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was asked")
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answered_once")]


class DutyShift(models.Model):
    """Somebody is on duty for a department 值班."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="shifts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shifts")
    starts = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends__gt=models.F("starts")), name="shift_lasts")]
        indexes = [models.Index(fields=["department", "ends"], name="shift_department")]
