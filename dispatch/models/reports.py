"""What was reported."""

from typing import Self

from django.contrib.gis.db import models
from django.db.models import Q

from dispatch.models.cases import Case
from twin.access import Scope


class ReportState(models.TextChoices):
    CASE = "case", "已立案 Became a case"
    TO_BE_LOCATED = "to_be_located", "待定位 To be located"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, scope: Scope) -> Self:
        """Through its case; a report that waits to be located concerns nobody's area yet: the centre sees it."""
        if scope.unlimited:
            return self
        return self.filter(case__in=Case.objects.visible_to(scope).values("pk"))


class Report(models.Model):
    """What somebody or something reported 上报. Written by `dispatch.intake` in batches.

    Foreign keys without a database constraint: rows come only from the intake, which has just made or read what
    they point to, and a trigger per row would cost a third of the write.
    """

    source_id = models.IntegerField()
    message_id = models.TextField(help_text="the source's own id; with the source it is unique")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=ReportState.choices)
    case = models.ForeignKey(
        "Case", null=True, on_delete=models.DO_NOTHING, related_name="reports", db_constraint=False, db_index=False
    )
    received_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    category = models.CharField(max_length=12)
    condition = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    description = models.TextField(blank=True)
    address = models.TextField(blank=True)
    crs = models.CharField(max_length=20, blank=True, help_text="as declared by the source")
    x = models.FloatField(null=True, help_text="raw, as reported: longitude in crs")
    y = models.FloatField(null=True, help_text="raw, as reported: latitude in crs")
    component = models.CharField(max_length=18, blank=True)
    device = models.CharField(max_length=40, blank=True)
    reporter = models.JSONField(null=True, help_text="personal data: in no list and no frame; read with an audit row")
    exercise = models.TextField(blank=True, default="")
    waits = models.BooleanField(
        db_default=False, help_text="once located, somebody takes it in before it is dispatched"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_id", "message_id"], name="report_once")]
        indexes = [
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="report_case"),
            models.Index(fields=["id"], condition=Q(state="to_be_located"), name="report_to_be_located"),
            models.Index(fields=["device"], condition=~Q(device=""), name="report_device"),
        ]
