"""How zones change: saved for now or for later, retired, never rewritten.

A change closes the version that held and opens the next one, so that the zones of any past day can be shown and
used. It takes effect in every process with its commit: the lookup's revision moves in the same transaction.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q
from django.http import HttpRequest

from geo.followers import tell_followers
from geo.models import Zone, ZoneKind, ZoneVersion
from twin import audit, clock, revisions
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


class ShapeError(ValueError):
    """A shape that cannot be a zone: what is wrong in English (as its text) and Chinese, and where, if at one place.

    `mendable` says that the same area can be drawn validly (`mend`).
    """

    def __init__(self, en: str, zh: str, *, mendable: bool = False, place: tuple[float, float] | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.mendable = mendable
        self.place = place


# What GEOS calls the faults of polygons.
_FAULTS_ZH = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "孔洞在外环之外",
    "Holes are nested": "孔洞互相嵌套",
    "Nested shells": "外环互相嵌套",
    "Interior is disconnected": "内部不连通",
    "Duplicate Rings": "环重复",
    "Too few points in geometry component": "点数不足",
}


def check_shape(shape: shapely.Geometry) -> shapely.Geometry:
    """A multipolygon that can be stored, counter-clockwise outside. Raises ShapeError with what is wrong and where."""
    if shape is None or shape.is_empty:
        raise ShapeError("the shape is empty", "图形为空")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise ShapeError(
            f"a zone is a polygon or several; this is a {shape.geom_type}", f"区域应为面；这里是 {shape.geom_type}"
        )
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ShapeError(
            "the shape is not in degrees of longitude and latitude; declare its coordinate system",
            "坐标不是经纬度；请声明坐标系",
        )
    if not shape.is_valid:
        raise _invalid(shape)
    parts = shapely.get_parts(shapely.force_2d(shape))
    return shapely.multipolygons(shapely.orient_polygons(parts))


def _invalid(shape: shapely.Geometry) -> ShapeError:
    reason = shapely.is_valid_reason(shape)
    found = re.fullmatch(r"(.+)\[(\S+) (\S+)\]", reason)
    what, *place = found.groups() if found else (reason,)
    return ShapeError(
        f"the shape is not valid: {reason} (longitude latitude)",
        f"图形无效：{_FAULTS_ZH.get(what, what)}{f'，位于经度 {place[0]}、纬度 {place[1]}' if place else ''}",
        mendable=True,
        place=(float(place[0]), float(place[1])) if place else None,
    )


def stored(shape: shapely.Geometry) -> Any:
    """A shapely multipolygon as GeoDjango stores it, WGS-84."""
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)


def save(
    journal: Journal, draft: Draft, user: User, *, base: int | None = None, request: HttpRequest | None = None
) -> ZoneVersion:
    """Make a zone, or give one its next version. `base` is the number of the version that the person worked on.

    Raises Problem: 409 if somebody else has saved since, 422 if the draft cannot hold. PermissionDenied without a role.
    """
    may_change(user)
    kind = lock(draft.kind)
    if kind is None:
        raise Problem(422, f"There is no zone kind {draft.kind!r}.")
    try:
        shape = check_shape(draft.shape)
    except ValueError as error:
        raise Problem(422, f"{draft.code}: {error}.") from error
    zone, made = Zone.objects.get_or_create(kind=kind, code=draft.code)
    last = zone.versions.order_by("-number").first()
    number = last.number if last else 0
    if not made and base != number:
        raise _conflict(draft, base, number, last)
    begin = draft.holds_from or journal.at
    if draft.holds_to is not None and draft.holds_to <= begin:
        raise Problem(422, f"{draft.code}: it would end ({draft.holds_to}) before it begins ({begin}).")
    if last is not None:
        _check_time(last, begin)
    version = next_version(zone, number + 1, draft, shape, begin)
    closed = [last] if last and not ended(last, begin) else []
    write(closed, [version], begin)
    tell_followers(journal, closed, [version], begin, user)
    _tell(journal, "zone.saved", version, user, request)
    return version


def retire(
    journal: Journal, zone: Zone, user: User, *, at: datetime | None = None, request: HttpRequest | None = None
) -> ZoneVersion:
    """Let a zone end now, or at a time. Its code is never used again.

    Raises Problem 422 if it has ended already, or is to change later than that.
    """
    may_change(user)
    lock(zone.kind_id)
    last = zone.versions.order_by("-number").first()
    end = at or journal.at
    if last is None or ended(last, end):
        raise Problem(422, f"{zone} does not hold any more.")
    _check_time(last, end)
    write([last], [], end)
    tell_followers(journal, [last], [], end, user)
    _tell(journal, "zone.retired", last, user, request)
    return last


def may_change(user: User) -> None:
    """Raises PermissionDenied unless this person may change zones."""
    if not user.is_superuser and user.roles().isdisjoint(MAY_CHANGE):
        raise PermissionDenied("Zones are changed by administrators and planners.")


def lock(kind: str) -> ZoneKind | None:
    """A kind, locked: zones of one kind change one after the other, so that nobody builds on what is just changing."""
    return ZoneKind.objects.select_for_update(no_key=True).filter(pk=kind).first()


def ended(version: ZoneVersion, at: datetime) -> bool:
    """Whether a version no longer holds at a time."""
    return version.holds_to is not None and version.holds_to <= at


def next_version(zone: Zone, number: int, draft: Draft, shape: shapely.Geometry, begin: datetime) -> ZoneVersion:
    """The version that a draft becomes, not yet written. `shape` is what `check_shape` gave."""
    return ZoneVersion(
        zone=zone,
        number=number,
        holds_from=begin,
        holds_to=draft.holds_to,
        name_zh=draft.name_zh,
        name_en=draft.name_en,
        geom=stored(shape),
        precedence=zone.kind.precedence if draft.precedence is None else draft.precedence,
        department=draft.department,
        attributes=draft.attributes,
    )


def write(closed: Sequence[ZoneVersion], versions: Sequence[ZoneVersion], at: datetime) -> None:
    """Let the versions in `closed` end at a time, and write the new ones; set-based, so any number at once."""
    for version in closed:
        version.holds_to = at
    if closed:
        ZoneVersion.objects.filter(pk__in=[version.pk for version in closed]).update(holds_to=at)
    ZoneVersion.objects.bulk_create(versions, batch_size=2000)


def entry(kind: str, version: ZoneVersion, user: User) -> Entry:
    """What the journal says of a zone: `zone.saved` or `zone.retired`."""
    zone = version.zone
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
    return Entry(
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


def _check_time(last: ZoneVersion, begin: datetime) -> None:
    if last.holds_from >= begin:
        raise Problem(422, f"{last.zone} changes at {last.holds_from} already; give this change a later time.")


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


def _tell(journal: Journal, kind: str, version: ZoneVersion, user: User, request: HttpRequest | None) -> None:
    """The audit row, the journal row, and the revision by which every lookup notices."""
    audit.record(kind, user, "zone", str(version.zone), request=request, version=version.number)
    journal.say(entry(kind, version, user))
    revisions.bump("zones")


_marked: dict[str, datetime | None] = {}


def mark_boundaries() -> None:
    """Give zones a new revision when one has begun or ceased to hold by time alone: its tiles need a new address.

    Called by the clock process every few seconds. Look-ups do not wait for it: they know the boundaries themselves.
    """
    now = clock.now(revisions.read())
    found = ZoneVersion.objects.aggregate(
        begun=Max("holds_from", filter=Q(holds_from__lte=now)), ended=Max("holds_to", filter=Q(holds_to__lte=now))
    )
    latest = max((at for at in found.values() if at is not None), default=None)
    if _marked.get("latest") != latest:
        with transaction.atomic():
            revisions.bump("zones")
        _marked["latest"] = latest
