"""How zones change: saved for now or for later, retired, never rewritten.

A change closes the version that held and opens the next one, so that the zones of any past day can be shown and
used. It takes effect in every process with its commit: the lookup's revision moves in the same transaction.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from geo.models import Zone, ZoneKind, ZoneVersion
from twin import audit, revisions
from twin.journal import Entry, Journal, dump
from twin.models import Role, User
from twin.problems import Problem

MAY_CHANGE = {Role.ADMINISTRATOR, Role.PLANNER}


@dataclass(frozen=True)
class Draft:
    """A zone as somebody wants it. `shape` is a (multi)polygon in WGS-84 degrees, longitude first.

    Without `holds_from` it holds from now on; without `precedence` it has that of its kind.
    """

    kind: str
    code: str
    name_zh: str
    shape: shapely.Geometry
    name_en: str = ""
    precedence: int | None = None
    department: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    holds_from: datetime | None = None
    holds_to: datetime | None = None


def check_shape(shape: shapely.Geometry) -> shapely.Geometry:
    """A multipolygon that can be stored, counter-clockwise outside. Raises ValueError with what is wrong and where."""
    if shape is None or shape.is_empty:
        raise ValueError("the shape is empty")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"a zone is a polygon or several; this is a {shape.geom_type}")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("the shape is not in degrees of longitude and latitude; declare its coordinate system")
    if not shape.is_valid:
        raise ValueError(f"the shape is not valid: {shapely.is_valid_reason(shape)} (longitude latitude)")
    parts = shapely.get_parts(shapely.force_2d(shape))
    return shapely.multipolygons(shapely.orient_polygons(parts))


def stored(shape: shapely.Geometry) -> Any:
    """A shapely multipolygon as GeoDjango stores it, WGS-84."""
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)


def save(
    journal: Journal, draft: Draft, user: User, *, base: int | None = None, request: HttpRequest | None = None
) -> ZoneVersion:
    """Make a zone, or give one its next version. `base` is the number of the version that the person worked on.

    Raises Problem: 409 if somebody else has saved since, 422 if the draft cannot hold. PermissionDenied without a role.
    """
    _may_change(user)
    kind = ZoneKind.objects.filter(pk=draft.kind).first()
    if kind is None:
        raise Problem(422, f"There is no zone kind {draft.kind!r}.")
    try:
        shape = check_shape(draft.shape)
    except ValueError as error:
        raise Problem(422, f"{draft.code}: {error}.") from error
    # The row is locked first, so that two people who save at once do so one after the other.
    zone, made = Zone.objects.select_for_update().get_or_create(kind=kind, code=draft.code)
    last = zone.versions.order_by("-number").first()
    number = last.number if last else 0
    if not made and base != number:
        raise _conflict(draft, base, number, last)
    begin = draft.holds_from or journal.at
    if draft.holds_to is not None and draft.holds_to <= begin:
        raise Problem(422, f"{draft.code}: it would end ({draft.holds_to}) before it begins ({begin}).")
    _close(last, begin)
    version = ZoneVersion.objects.create(
        zone=zone,
        number=number + 1,
        holds_from=begin,
        holds_to=draft.holds_to,
        name_zh=draft.name_zh,
        name_en=draft.name_en,
        geom=stored(shape),
        precedence=kind.precedence if draft.precedence is None else draft.precedence,
        department=draft.department,
        attributes=draft.attributes,
    )
    _tell(journal, "zone.saved", version, user, request)
    return version


def retire(
    journal: Journal, zone: Zone, user: User, *, at: datetime | None = None, request: HttpRequest | None = None
) -> ZoneVersion:
    """Let a zone end now, or at a time. Its code is never used again.

    Raises Problem 422 if it has ended already.
    """
    _may_change(user)
    last = zone.versions.select_for_update().order_by("-number").first()
    end = at or journal.at
    if last is None or (last.holds_to is not None and last.holds_to <= end):
        raise Problem(422, f"{zone} does not hold any more.")
    last.holds_to = end
    last.save(update_fields=["holds_to"])
    _tell(journal, "zone.retired", last, user, request)
    return last


def _close(last: ZoneVersion | None, begin: datetime) -> None:
    if last is None or (last.holds_to is not None and last.holds_to <= begin):
        return
    if last.holds_from >= begin:
        raise Problem(422, f"{last.zone} changes at {last.holds_from} already; give this change a later time.")
    last.holds_to = begin
    last.save(update_fields=["holds_to"])


def _conflict(draft: Draft, base: int | None, number: int, last: ZoneVersion | None) -> Problem:
    if base is None:
        return Problem(409, f"The code {draft.kind}:{draft.code} is used already; codes are never used twice.")
    return Problem(
        409,
        f"{draft.kind}:{draft.code} has been changed since you began: it is at version {number}, you worked on {base}."
        " Load it again and repeat your change.",
        version=number,
        holds_from=last.holds_from if last else None,
    )


def _may_change(user: User) -> None:
    if user.roles().isdisjoint(MAY_CHANGE):
        raise PermissionDenied("Zones are changed by administrators and planners.")


def _tell(journal: Journal, kind: str, version: ZoneVersion, user: User, request: HttpRequest | None) -> None:
    """The audit row, the journal row, and the revision by which every lookup notices."""
    zone = version.zone
    audit.record(kind, user, "zone", str(zone), request=request, version=version.number)
    west, south, east, north = version.geom.extent
    state = {
        "kind": zone.kind_id,
        "code": zone.code,
        "name_zh": version.name_zh,
        "name_en": version.name_en,
        "number": version.number,
        "bbox": [west, south, east, north],
        "holds_from": version.holds_from,
        "holds_to": version.holds_to,
        "department": version.department,
    }
    journal.say(
        Entry(
            kind,
            "zone",
            str(zone.pk),
            version.number,
            f"user:{user.pk}",
            dump(state) if kind == "zone.saved" else None,
            zones=[zone.pk],
            department=version.department,
            geom=version.geom.hexewkb.decode(),
        )
    )
    revisions.bump("zones")
