"""Catalogue, departments, rules, calendars, components; reports and the cases they become."""

from datetime import datetime
from typing import Self

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

from geo.models import Zone
from twin.access import Scope
from twin.models import User


class Department(models.Model):
    """A department; its code nests at dots (`UMB.SAN` is part of `UMB`), which is what scopes go by."""

    code = models.CharField(primary_key=True, max_length=40)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    phone = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.code


class Catalogue(models.Model):
    """One edition of a standard's catalogue. Codes mean nothing without it: the same digits differ by edition."""

    standard = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    holds_from = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standard", "version"], name="catalogue_edition")]

    def __str__(self) -> str:
        return f"{self.standard} {self.version}"


class Category(models.Model):
    """A small category 小类. `code` is `C-` (component) or `E-` (event), major and minor: `E-01-10`."""

    catalogue = models.ForeignKey(Catalogue, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(max_length=12)
    major_zh = models.CharField(max_length=80)
    major_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    city_extension = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="category_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class LimitUnit(models.TextChoices):
    """How a time limit is walked (GB/T 30428.8 as cities apply it)."""

    URGENT_HOUR = "urgent_hour", "紧急工作时"
    WORKING_HOUR = "working_hour", "工作时"
    WORKING_DAY = "working_day", "工作日"
    CALENDAR_DAY = "calendar_day", "日历日"


class FilingCondition(models.Model):
    """When a matter of a category is filed 立案条件, when it counts as done, and how long it may take."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="conditions")
    number = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    closing_zh = models.CharField(max_length=300)
    closing_en = models.CharField(max_length=300)
    limit_value = models.FloatField()
    limit_unit = models.CharField(max_length=20, choices=LimitUnit.choices)
    urgency = models.PositiveSmallIntegerField(default=1, help_text="1 routine, 2 urgent, 3 critical")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "number"], name="condition_number")]


class RuleSet(models.Model):
    """A version of the routing rules and the time from which it holds. The newest that holds is in force."""

    version = models.CharField(max_length=40, unique=True)
    holds_from = models.DateTimeField()

    def __str__(self) -> str:
        return self.version


class Rule(models.Model):
    """One ordered rule: all conditions of `when` must hold. `dispatch.loading` writes and checks whole sets."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    order = models.PositiveIntegerField()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    when = models.JSONField(default=list, blank=True)
    department = models.JSONField(help_text='a code, {"from": "component", "role": …} or {"from": "zone", "kind": …}')
    urgency = models.PositiveSmallIntegerField(null=True, blank=True, help_text="raises the case's urgency to this")

    class Meta:
        ordering = ["rule_set", "order"]
        constraints = [models.UniqueConstraint(fields=["rule_set", "order"], name="rule_order")]


class Calendar(models.Model):
    """Working hours of a week, in the city's local time; days that differ are `CalendarDay` rows."""

    code = models.SlugField(primary_key=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text="1 Monday to 7 Sunday")
    hours = models.JSONField(help_text='[["08:00", "12:00"], ["14:00", "18:00"]]')
    first_day = models.DateField()
    last_day = models.DateField()


class CalendarDay(models.Model):
    """A public holiday, or a working day at a weekend 调休."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    working = models.BooleanField()
    name_zh = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once")]


class Component(models.Model):
    """A managed object 部件 with its three departments (code: 6 + 2 + 2 + 6 digits)."""

    code = models.CharField(primary_key=True, max_length=18)
    category = models.CharField(max_length=12, db_index=True)
    geom = models.PointField(srid=4326)
    cell = models.CharField(max_length=15)
    manager = models.CharField(max_length=40, help_text="主管部门")
    owner = models.CharField(max_length=40, help_text="权属单位")
    maintainer = models.CharField(max_length=40, help_text="养护单位")


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

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_id", "message_id"], name="report_once")]
        indexes = [
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="report_case"),
            models.Index(fields=["id"], condition=Q(state="to_be_located"), name="report_to_be_located"),
        ]


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
    department = models.CharField(max_length=40)
    decision = models.JSONField(help_text="why it went there; read by dispatch.explain")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    exercise = models.TextField(blank=True, default="")

    objects = CaseQuerySet.as_manager()

    class Meta:
        # As a constraint, not as `unique=True`, which would bring a second index for LIKE that nothing asks for.
        constraints = [models.UniqueConstraint(fields=["number"], name="case_number")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at__isnull=True), name="case_open_due"),
            models.Index(fields=["department", "due_at"], condition=Q(closed_at__isnull=True), name="case_open_dept"),
            # The past is found by the time of closing: the intake writes no row that this index has.
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_closed"),
        ]

    def __str__(self) -> str:
        return self.number


class Rerouting(models.Model):
    """At this time a change of zones takes effect that was saved for later, and is to dispatch open cases anew."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(done_at__isnull=True), name="rerouting_waits")]


class SceneLayers(models.Model):
    """What the page of a zone shows to everybody. A zone without a row has the defaults (`dispatch.scenes`)."""

    zone = models.OneToOneField(Zone, on_delete=models.CASCADE, primary_key=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    layers = models.JSONField()
    saved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()


def in_force(query: "models.QuerySet[models.Model]", at: datetime) -> "models.Model | None":
    """The newest version of a set (rules, catalogue) that holds at a time."""
    return query.filter(holds_from__lte=at).order_by("holds_from", "pk").last()
