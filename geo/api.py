"""Zones over HTTP: find them, read their shape, save, retire. Import, kinds, shapes and topology hang their own in."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router, Schema

from geo import change_sets, changes, followers, lines
from geo.drawing.api import router as drawing
from geo.exchange.api import router as exchange
from geo.forms import ChangesIn, ZoneIn
from geo.kinds.api import router as kinds
from geo.lookup import ZoneFacts
from geo.models import Zone, ZoneVersion
from geo.outlines import ShapeError
from geo.places import router as places
from geo.topology.api import router as topology
from geo.under import Place, zones_under
from twin import audit, clock, journal
from twin.problems import Problem
from twin.session import person
from twin.times import aware

router = Router(tags=["geo"])
for part in (exchange, kinds, drawing, topology, places):
    router.add_router("", part)
MOST_LISTED = 500


class ZoneOut(Schema):
    id: int
    kind: str
    code: str
    name_zh: str
    name_en: str
    precedence: int

    @classmethod
    def of(cls, zone: ZoneFacts) -> "ZoneOut":
        return cls(
            id=zone.id,
            kind=zone.kind,
            code=zone.code,
            name_zh=zone.name_zh,
            name_en=zone.name_en,
            precedence=zone.precedence,
        )


@router.get("/zones")
def list_zones(
    request: HttpRequest, kind: str | None = None, q: str = "", at: datetime | None = None, limit: int = 100
) -> dict[str, Any]:
    """Zones that hold now, or at a time, by kind and by a part of their name or code; without their shapes."""
    held = ZoneVersion.objects.holding(aware(at) or clock.now()).select_related("zone")
    held = held.order_by("zone__kind", "zone__code")
    if kind:
        held = held.filter(zone__kind=kind)
    if q:
        held = held.filter(Q(name_zh__icontains=q) | Q(name_en__icontains=q) | Q(zone__code__startswith=q))
    limit = max(1, min(limit, MOST_LISTED))
    return {"items": [lines.line(version) for version in held[:limit]], "total": held.count()}


@router.get("/zones/under")
def zones_under_point(request: HttpRequest, place: Query[Place], at: datetime | None = None) -> dict[str, Any]:
    """All zones that contain a point now, or at a time, in order of precedence, the unit grid cell among them."""
    return {"items": [lines.line(version) for version in zones_under(place, aware(at) or clock.now())]}


@router.get("/zones/{int:zone_id}")
def one_zone(request: HttpRequest, zone_id: int, number: int | None = None) -> dict[str, Any]:
    """A zone with the shape of its newest version, or of the one with a number, and the history of its versions.

    The people's telephone numbers are personal data: that they were looked at is in the audit.
    """
    found = lines.whole(zone_id, number)
    if any(one.get("phone") for one in found["people"]):
        audit.record("zone.people_viewed", person(request), "zone", f"{found['kind']}:{found['code']}", request=request)
    return found


@router.put("/zones")
def save_zone(request: HttpRequest, body: ZoneIn) -> dict[str, Any]:
    """Make a zone, or save its next version. 409 if somebody else has saved since the version in `base`."""
    try:
        change = body.change()
    except ShapeError as error:
        raise Problem(422, f"{error}.", detail_zh=f"{error.zh}。") from error
    with journal.writing() as said:
        version = changes.save(said, change.draft, person(request), base=change.base, request=request)
    return lines.whole(version.zone_id)


@router.delete("/zones/{int:zone_id}")
def retire_zone(request: HttpRequest, zone_id: int, at: datetime | None = None) -> dict[str, Any]:
    """Let a zone end now, or at a time. Its code is never used again; its past stays."""
    with journal.writing() as said:
        zone = Zone.objects.filter(pk=zone_id).first()
        if zone is None:
            raise Problem(404, "There is no such zone.", detail_zh="没有该区域。")
        changes.retire(said, zone, person(request), at=aware(at), request=request)
    return lines.whole(zone_id)


@router.post("/zones/changes")
def change_zones(request: HttpRequest, body: ChangesIn) -> dict[str, Any]:
    """Save and retire several zones, all or none, now or at a time.

    409 if somebody else has saved one of them since: the problem says which version it is now, by whom. In every
    problem `change` is the number of the faulty change, from 0.
    """
    wanted = body.wanted()
    with journal.writing() as said:
        followers.noted(said).reroute = body.reroute
        versions = change_sets.apply(said, wanted, person(request), at=body.begin, request=request)
    return {"zones": [lines.whole(version.zone_id) for version in versions]}
