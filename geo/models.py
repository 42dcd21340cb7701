"""How the city is cut: kinds of zone, zones and their versions; and the shapes of the basemap."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q


class ZoneKind(models.Model):
    """Street, community, unit grid cell, park, school ...: administrators add kinds as data."""

    code = models.SlugField(primary_key=True, max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    exclusive = models.BooleanField(
        default=False, help_text="zones of this kind tile the city, so a point lies in one of them at most"
    )
    precedence = models.IntegerField(default=0, help_text="that a zone of this kind has unless it says otherwise")
    color = models.CharField(max_length=7, default="#8893a5", help_text="#rrggbb")
    icon = models.CharField(max_length=40, blank=True, help_text="one of those in geo.kinds.icons")
    min_zoom = models.PositiveSmallIntegerField(default=11, help_text="drawn on the map from this zoom on")
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="a zone of this kind lies inside one of that kind",
    )
    of_cells = models.BooleanField(default=False, help_text="zones of this kind are made of whole unit grid cells")
    code_pattern = models.CharField(
        max_length=100, blank=True, help_text="regular expression that the whole of a code must match"
    )
    schema = models.JSONField(default=dict, blank=True, help_text="of attributes; see geo.kinds.attributes")

    def __str__(self) -> str:
        return self.code


class Zone(models.Model):
    """A place with a code that is never used again. What it looks like, at what time, is in its versions."""

    id = models.AutoField(primary_key=True)  # 32 bits: rows of the journal carry many of these
    kind = models.ForeignKey(ZoneKind, on_delete=models.PROTECT)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="zone_code_used_once")]

    def __str__(self) -> str:
        return f"{self.kind_id}:{self.code}"


class ZoneVersionQuerySet(models.QuerySet["ZoneVersion"]):
    def holding(self, at: datetime) -> Self:
        """The versions that hold at a time (aware)."""
        return self.filter(Q(holds_to__isnull=True) | Q(holds_to__gt=at), holds_from__lte=at)


class ZoneVersion(models.Model):
    """A zone as it is from `holds_from` until before `holds_to`. Saved versions are closed, never rewritten."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    holds_from = models.DateTimeField()
    holds_to = models.DateTimeField(null=True, blank=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    geom = models.MultiPolygonField(srid=4326, help_text="WGS-84, longitude first")
    precedence = models.IntegerField(help_text="the higher comes first where zones overlap")
    department = models.CharField(max_length=40, blank=True, help_text="code of the responsible department")
    attributes = models.JSONField(default=dict, blank=True)
    people = models.JSONField(
        default=list, blank=True, help_text="who is responsible: name, role_zh, role_en, phone (personal data)"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField(null=True, blank=True, help_text="when it was saved; null: by the set-up")
    turns_at = models.DateTimeField(
        null=True, blank=True, help_text="next time at which it begins or ends and the clock has to say so"
    )

    objects = ZoneVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "number"], name="zone_version_number"),
            models.CheckConstraint(
                condition=Q(holds_to__isnull=True) | Q(holds_to__gt=models.F("holds_from")),
                name="zone_version_holds_for_some_time",
            ),
        ]
        indexes = [models.Index(fields=["turns_at"], condition=Q(turns_at__isnull=False), name="zone_version_turns")]

    def __str__(self) -> str:
        return f"{self.zone_id} v{self.number}"


class BasemapShape(models.Model):
    """One shape of the city's own basemap. EPSG:3857, because nothing but tiles is made of it."""

    layer = models.CharField(max_length=20, help_text="source layer of the tile: water, roads, buildings ...")
    kind = models.CharField(max_length=40, blank=True)
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    rank = models.SmallIntegerField(default=0)
    height = models.FloatField(null=True, help_text="metres above ground")
    min_zoom = models.PositiveSmallIntegerField(default=0)
    geom = models.GeometryField(srid=3857)

    class Meta:
        db_table = "geo_basemap"
