"""What the city handles."""

from typing import Self

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db.models import Q

from dispatch.models.catalogue import Catalogue, LimitUnit
from twin.access import Scope
from twin.models import User


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(scope.where())

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)


class Case(models.Model):
    """A matter that the city handles 案卷: located, routed, timed. Opened by the intake, changed by actions only."""

    number = models.CharField(max_length=20)
    version = models.IntegerField(default=1)
    status = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    catalogue = models.ForeignKey(Catalogue, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    category = models.CharField(max_length=12)
    condition = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    place_zh = models.TextField()
    place_en = models.TextField()
    geom = models.PointField(srid=4326, spatial_index=False)  # the feature carries the spatial index
    cell = models.CharField(max_length=15)
    zones = ArrayField(models.IntegerField())
    component = models.CharField(max_length=18, blank=True)
    department = models.CharField(max_length=40, help_text="that leads 主办")
    joint = ArrayField(models.TextField(), db_default=[], help_text="departments that help 协办")
    shared = ArrayField(models.TextField(), db_default=[], help_text="the joint ones and those above: who sees it too")
    handler = models.ForeignKey(
        User, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    decision = models.JSONField(help_text="why it went there; read by dispatch.explain")
    exercise = models.TextField(blank=True, default="")

    opened_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, help_text="to the department that has it now")
    handled_at = models.DateTimeField(null=True, help_text="when the department last reported completion")
    closed_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, db_default="", help_text="status in which it ended; '' while it is open")

    # The clock. An open case is its own timer: `wake_at` is when it must be looked at next, whatever for.
    limit_value = models.FloatField(null=True)
    limit_unit = models.CharField(max_length=20, db_default="", choices=LimitUnit.choices)
    warn_at = models.DateTimeField(null=True, help_text="yellow: four fifths of the limit are used up")
    due_at = models.DateTimeField(null=True, help_text="none before it is dispatched, and while it is suspended")
    stage_due_at = models.DateTimeField(null=True, help_text="until when the present status should be left")
    wake_at = models.DateTimeField(null=True, help_text="never empty while the case is open: the auditor looks")
    told = models.PositiveSmallIntegerField(db_default=0, help_text="steps of the escalation ladder that were taken")
    remaining = models.FloatField(null=True, help_text="while suspended: seconds of its limit that were left")
    suspended_until = models.DateTimeField(null=True)

    # What happened to it, as far as limits, figures and lists ask.
    returns = models.PositiveSmallIntegerField(db_default=0)
    extensions = models.PositiveSmallIntegerField(db_default=0)
    suspensions = models.PositiveSmallIntegerField(db_default=0)
    reworks = models.PositiveSmallIntegerField(db_default=0)
    urges = models.PositiveSmallIntegerField(db_default=0)
    redos = models.PositiveSmallIntegerField(db_default=0)
    supervised = models.CharField(max_length=20, db_default="", help_text="kind of supervision 督办, if any")
    asking = models.CharField(max_length=40, db_default="", help_text="verb of the request that waits for approval")
    exempt = models.BooleanField(db_default=False, help_text="an appeal was granted: figures leave its lateness out")
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.DO_NOTHING, related_name="merged", db_index=False, db_constraint=False
    )
    split_from = models.ForeignKey(
        "self", null=True, on_delete=models.DO_NOTHING, related_name="parts", db_index=False, db_constraint=False
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        # As a constraint, not as `unique=True`, which would bring a second index for LIKE that nothing asks for.
        constraints = [models.UniqueConstraint(fields=["number"], name="case_number")]
        indexes = [
            models.Index(fields=["department", "due_at"], condition=Q(closed_at__isnull=True), name="case_open_dept"),
            models.Index(fields=["wake_at"], condition=Q(closed_at__isnull=True), name="case_open_wake"),
            # Cases are written in the order of their opening, so that this costs the intake next to nothing.
            BrinIndex(fields=["opened_at"], autosummarize=True, pages_per_range=16, name="case_opened"),
            # The intake writes no row that this index has.
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_closed"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged"),
            models.Index(fields=["split_from"], condition=Q(split_from__isnull=False), name="case_split"),
        ]

    def __str__(self) -> str:
        return self.number
