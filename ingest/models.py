"""Where reports come from and what could not be taken: sources, devices, Kafka positions, dead letters."""

from typing import Self

from django.contrib.gis.db import models
from django.db.models import Q

from twin.access import Scope
from twin.models import User


class Source(models.Model):
    """A system that is allowed to report. `uri` is the CloudEvents `source` it uses."""

    id = models.AutoField(primary_key=True)
    uri = models.CharField(max_length=200, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    channel = models.CharField(max_length=20, help_text="sensor, hotline or grid: what rules see")
    token_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the HTTP token; empty: no HTTP")
    most_days_old = models.PositiveSmallIntegerField(default=7, help_text="an event older than this is refused")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.uri


class Device(models.Model):
    """A registered device; its place is the place of its alarms."""

    code = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    component = models.CharField(max_length=18, blank=True)
    geom = models.PointField(srid=4326)

    def __str__(self) -> str:
        return self.code


class KafkaPosition(models.Model):
    """The next offset to read of a partition; moves in the transaction of what the messages became."""

    pk = models.CompositePrimaryKey("group", "topic", "partition")
    group = models.TextField()
    topic = models.TextField()
    partition = models.IntegerField()
    next_offset = models.BigIntegerField()


class DeadLetterState(models.TextChoices):
    WAITING = "waiting", "待处理 Waiting"
    RESENT = "resent", "已重发 Sent again"


class DeadLetterQuerySet(models.QuerySet["DeadLetter"]):
    def visible_to(self, scope: Scope) -> Self:
        """A dead letter belongs to no department yet: only those who see the whole city may see it."""
        return self if scope.unlimited else self.none()


class DeadLetter(models.Model):
    """A message that could not become a report, with its bytes and a sentence that says why."""

    received_at = models.DateTimeField()
    channel = models.CharField(max_length=10, help_text="mqtt, kafka or http")
    topic = models.TextField(blank=True)
    headers = models.JSONField(default=dict, help_text="content type and CloudEvents attributes in binary mode")
    raw = models.BinaryField()
    source_id = models.IntegerField(null=True)
    message_id = models.TextField(null=True)
    delivery = models.TextField(null=True, help_text="MQTT slot, packet id, digest: tells a redelivery")
    reason_code = models.CharField(max_length=40)
    reason_zh = models.TextField()
    reason_en = models.TextField()
    state = models.CharField(max_length=10, choices=DeadLetterState.choices, default=DeadLetterState.WAITING)
    resent_at = models.DateTimeField(null=True)
    resent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DeadLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_id", "message_id"], condition=Q(message_id__isnull=False), name="dead_letter_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="dead_letter_state"),
            models.Index(fields=["delivery"], condition=Q(delivery__isnull=False), name="dead_letter_delivery"),
        ]
