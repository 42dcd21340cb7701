"""Tables of the ground floor: people and what they may see, the journal, features, the audit and the clock."""

import uuid
from collections.abc import Collection
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

from twin.access import Scope


class Role(models.TextChoices):
    """What a person does here. Roles are few and carry behaviour, so they are code; who has which is data."""

    OPERATOR = "operator", "指挥中心操作员 Operator"
    DEPARTMENT = "department", "专业部门 Department"
    GRID_WORKER = "grid_worker", "网格员 Grid worker"
    HOTLINE_AGENT = "hotline_agent", "热线受理员 Hotline agent"
    DUTY_CHIEF = "duty_chief", "值班长 Duty chief"
    DISPATCHER = "dispatcher", "派遣员 Dispatcher"
    DEPARTMENT_HEAD = "department_head", "部门负责人 Head of department"
    LEADER = "leader", "领导 Leader"
    PLANNER = "planner", "规划与演练 Planner"
    ADMINISTRATOR = "administrator", "管理员 Administrator"


class User(AbstractUser):
    """A person. Names are kept as one field, as Chinese names are."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=80, blank=True)

    @property
    def scope(self) -> Scope:
        """What this person may see; one query, so ask once for a request or a connection."""
        return Scope.union(grant.scope for grant in self.grants.all())

    def roles(self) -> set[str]:
        return {grant.role for grant in self.grants.all()}

    def may_act_as(self, roles: Collection[str]) -> bool:
        """Whether this person has one of these roles, anywhere. The superuser, who sets a city up, acts as any."""
        return self.is_superuser or not self.roles().isdisjoint(roles)


class Grant(models.Model):
    """A role that a person has, within departments and zones. Empty means: no limit on that side.

    Departments are codes of the department tree; `UMB` takes `UMB.SAN` with it. The ground floor does not know
    what a department is, only that its codes nest at dots.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    departments = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    zones = ArrayField(models.IntegerField(), default=list, blank=True)

    @property
    def scope(self) -> Scope:
        return Scope.limited(self.departments, self.zones)

    def __str__(self) -> str:
        return f"{self.user} {self.role}"


class JSONText(models.JSONField):
    """A column of type json: psycopg parses it itself, unlike jsonb, which Django asks it not to."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value


class Head(models.Model):
    """The one row that gives the journal its numbers; see `twin/journal.py`."""

    one = models.BooleanField(primary_key=True, default=True)
    epoch = models.UUIDField(default=uuid.uuid4)
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        managed = False


class JournalRowQuerySet(models.QuerySet["JournalRow"]):
    def visible_to(self, scope: Scope) -> Self:
        """By the department and zones that the object has after the change."""
        return self.filter(scope.where())


class JournalRow(models.Model):
    """One change that anyone can see. Never updated, never deleted but by dropping a whole partition."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(help_text="city clock; never goes back as seq grows")
    kind = models.TextField(help_text="object type and past participle: case.opened")
    object_type = models.TextField()
    object_id = models.TextField()
    version = models.IntegerField()
    actor = models.TextField(help_text="user:7, source:hotline, rule, clock")
    exercise = models.TextField(default="", help_text="code of the exercise; empty is real")
    zones = ArrayField(models.IntegerField())
    department = models.TextField(default="")
    shared = ArrayField(models.TextField(), default=list, help_text="other departments with a part in it")
    tile = models.BigIntegerField(null=True)
    was = JSONText(null=True, help_text="zones, department and tile before, where they changed")
    change = JSONText()
    state = JSONText(null=True, help_text="the whole state after; null: it left the map")
    recorded_at = models.DateTimeField()

    objects = JournalRowQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "twin_journal"


class TallyQuerySet(models.QuerySet["Tally"]):
    def visible_to(self, scope: Scope) -> Self:
        """For scopes without limits of zones: a tally knows departments only."""
        return self.filter(department=ALL_DEPARTMENTS) if scope.unlimited else self.filter(scope.where(shared=False))


ALL_DEPARTMENTS = "*"


class Tally(models.Model):
    """How many changes of a kind a quarter of an hour had, up to the newest keyframe (`twin/history/making.py`)."""

    pk = models.CompositePrimaryKey("department", "at", "kind")
    department = models.TextField()
    at = models.DateTimeField(help_text="when the quarter of an hour begins")
    kind = models.TextField()
    changes = models.IntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        managed = False


class Bookmark(models.Model):
    """A moment of the city with a name. Whoever has its link may open it, and sees of the moment what they may see."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bookmarks")
    created_at = models.DateTimeField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    title = models.CharField(max_length=200)
    view = models.JSONField(default=dict, help_text="camera and filters, as the console wrote them")

    def __str__(self) -> str:
        return self.title


class FeatureQuerySet(models.QuerySet["Feature"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(scope.where())


class Feature(models.Model):
    """An object as the map shows it now: the newest version of it in the journal."""

    pk = models.CompositePrimaryKey("object_type", "object_id")
    object_type = models.TextField()
    object_id = models.TextField()
    version = models.IntegerField()
    tile = models.BigIntegerField(null=True)
    geom = models.GeometryField(srid=4326, null=True)
    zones = ArrayField(models.IntegerField())
    department = models.TextField(default="")
    shared = ArrayField(models.TextField(), default=list)
    exercise = models.TextField(default="")
    state = JSONText()

    objects = FeatureQuerySet.as_manager()

    class Meta:
        managed = False


class Revision(models.Model):
    """Which state a kind of settings (zones, rules, catalogue, devices ...) is in: a number that each change renews.

    Every batch reads this small table in its own transaction, so that a change holds in every process from its
    commit on, with no message to miss.
    """

    topic = models.TextField(primary_key=True)
    number = models.BigIntegerField(default=0)


class ClockSetting(models.Model):
    """The city clock: city time = city_anchor + (wall - wall_anchor) * rate. No row: the wall clock itself."""

    one = models.BooleanField(primary_key=True, default=True)
    wall_anchor = models.DateTimeField()
    city_anchor = models.DateTimeField()
    rate = models.FloatField(default=1.0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(one=True), name="one_clock"),
            models.CheckConstraint(condition=Q(rate__gte=0), name="clock_never_runs_back"),
        ]


class AuditRow(models.Model):
    """Who did or looked at what. Written in the transaction of the act, never changed after."""

    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    act = models.TextField(help_text="dotted and unique: case.accepted, deadletter.sent_again, login.failed")
    object_type = models.TextField(blank=True)
    object_id = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    exercise = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]
