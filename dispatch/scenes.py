"""The page of one zone: its figures of today against the week before, and the layers that it shows to everybody.

An open case belongs to the zones that it has. A closed one keeps the zones of its time, so it is counted by where it
lies: else a zone that was drawn this morning would have had nothing in it last week.
"""

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest
from ninja import Field, Schema

from dispatch.figures import WEEK, Day, by, by_hour, of_days
from dispatch.models import Case, Department, SceneLayers
from geo.models import ZoneKind, ZoneVersion
from twin import audit
from twin.access import Scope
from twin.journal import Entry, Journal, dump
from twin.models import Feature, Role, User
from twin.problems import Problem

MAY_KEEP = {Role.OPERATOR, Role.PLANNER, Role.ADMINISTRATOR}


class Layers(Schema):
    """What the map of a scene shows."""

    cases: bool = True
    devices: bool = True
    labels: bool = True
    buildings: bool = False
    zones: Annotated[list[str], Field(max_length=50, description="kinds of zone whose outlines are drawn")] = []


def held(zone_id: int, at: datetime) -> ZoneVersion:
    """The version of a zone that holds, or its newest. Raises Problem 404."""
    versions = ZoneVersion.objects.filter(zone=zone_id).select_related("zone")
    found = versions.holding(at).first() or versions.order_by("number").last()
    if found is None:
        raise Problem(404, "There is no such zone.", detail_zh="没有这个区域。")
    return found


def scene(version: ZoneVersion, now: datetime, scope: Scope) -> dict[str, Any]:
    """What a person with this scope may know of a zone at a moment, without the zone itself."""
    today, before = Day.of(now), Day.of(now - WEEK)
    cases = _cases(version, scope, before.begin)
    still_open = cases.filter(closed_at__isnull=True)
    figures, week_before = of_days(cases, today, before)
    department = Department.objects.filter(pk=version.department).first()
    return {
        "now": now,
        "figures": figures | {"week_before": week_before},
        "by_category": by(still_open, "category"),
        "by_department": by(still_open, "department"),
        "by_hour": by_hour(cases, today, before),
        "people": [{name: value for name, value in one.items() if name != "phone"} for one in version.people],
        "department": {"code": department.code, "phone": department.phone} if department else None,
        "devices": _devices(version, scope),
        "layers": layers_of(version.zone_id).dict(),
    }


def layers_of(zone_id: int) -> Layers:
    kept = SceneLayers.objects.filter(pk=zone_id).first()
    return Layers(**kept.layers) if kept else Layers()


def keep(said: Journal, zone_id: int, layers: Layers, user: User, *, request: HttpRequest | None = None) -> None:
    """Let the scene of a zone show these layers to everybody.

    Raises Problem: 404 without such a zone, 422 for a kind that is none. PermissionDenied without a role.
    """
    if user.roles().isdisjoint(MAY_KEEP):
        raise PermissionDenied("Scenes are kept by operators, planners and administrators.")
    version = held(zone_id, said.at)
    unknown = sorted(set(layers.zones) - set(ZoneKind.objects.values_list("code", flat=True)))
    if unknown:
        raise Problem(
            422,
            f"There is no zone kind {', '.join(unknown)}.",
            detail_zh=f"没有区域类型 {'、'.join(unknown)}。",
        )
    kept = SceneLayers.objects.select_for_update().filter(pk=zone_id).first()
    number = kept.version + 1 if kept else 1
    values = {"version": number, "layers": layers.dict(), "saved_by": user, "saved_at": said.at}
    SceneLayers.objects.update_or_create(pk=zone_id, defaults=values)
    audit.record("scene.saved", user, "zone", str(version.zone), request=request, layers=layers.dict())
    # No object on the map: it has no state, and is there to be read.
    said.say(
        Entry(
            "scene.saved",
            "scene",
            str(zone_id),
            number,
            f"user:{user.pk}",
            None,
            zones=[zone_id],
            department=version.department,
            change=dump({"layers": layers.dict()}),
        )
    )


def _cases(version: ZoneVersion, scope: Scope, since: datetime) -> QuerySet[Case]:
    """Cases in the zone that are open, or were so at any time since then."""
    lies_in = Q(closed_at__isnull=True, zones__contains=[version.zone_id])
    lay_in = Q(closed_at__gte=since, geom__coveredby=version.geom)
    return Case.objects.visible_to(scope).filter(lies_in | lay_in)


def _devices(version: ZoneVersion, scope: Scope) -> dict[str, int]:
    standing = Feature.objects.visible_to(scope).filter(object_type="device", zones__contains=[version.zone_id])
    by_status = standing.values(status=KeyTextTransform("status", "state")).annotate(count=Count("*"))
    found = dict(by_status.values_list("status", "count"))
    return {status: found.get(status, 0) for status in ("online", "alarm", "offline")}
