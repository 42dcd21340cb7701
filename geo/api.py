"""Zones over HTTP: find them, read their shape, save, retire."""

import json
from datetime import datetime
from typing import Any

import shapely
from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Router, Schema

from geo import changes
from geo.exchange.api import router as exchange
from geo.lookup import ZoneFacts
from geo.models import Zone, ZoneVersion
from twin import clock, journal
from twin.problems import Problem
from twin.session import person

router = Router(tags=["geo"])
router.add_router("", exchange)
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


class ZoneIn(Schema):
    """A zone as it is to be. `geometry` is GeoJSON: a Polygon or MultiPolygon in WGS-84, longitude first."""

    kind: str
    code: str = Field(min_length=1, max_length=40)
    name_zh: str = Field(min_length=1, max_length=120)
    name_en: str = Field("", max_length=120)
    geometry: dict[str, Any]
    precedence: int | None = None
    department: str = Field("", max_length=40)
    attributes: dict[str, Any] = {}
    holds_from: datetime | None = Field(None, description="without it the zone holds from now on")
    holds_to: datetime | None = None
    base: int | None = Field(None, description="number of the version that was edited; none for a new zone")


@router.get("/zones")
def list_zones(
    request: HttpRequest, kind: str | None = None, q: str = "", at: datetime | None = None, limit: int = 100
) -> dict[str, Any]:
    """Zones that hold now, or at a time, by kind and by a part of their name or code; without their shapes."""
    held = ZoneVersion.objects.holding(at or clock.now()).select_related("zone").order_by("zone__kind", "zone__code")
    if kind:
        held = held.filter(zone__kind=kind)
    if q:
        held = held.filter(Q(name_zh__icontains=q) | Q(name_en__icontains=q) | Q(zone__code__startswith=q))
    limit = max(1, min(limit, MOST_LISTED))
    return {"items": [_line(version) for version in held[:limit]], "total": held.count()}


@router.get("/zones/{int:zone_id}")
def one_zone(request: HttpRequest, zone_id: int) -> dict[str, Any]:
    """A zone with the shape of its newest version and the history of its versions."""
    versions = list(ZoneVersion.objects.filter(zone=zone_id).select_related("zone").order_by("number"))
    if not versions:
        raise Problem(404, "There is no such zone.")
    return _line(versions[-1]) | {
        "geometry": json.loads(versions[-1].geom.geojson),
        "attributes": versions[-1].attributes,
        "versions": [{"number": v.number, "holds_from": v.holds_from, "holds_to": v.holds_to} for v in versions],
    }


@router.put("/zones")
def save_zone(request: HttpRequest, body: ZoneIn) -> dict[str, Any]:
    """Make a zone, or save its next version. 409 if somebody else has saved since the version in `base`."""
    try:
        shape = shapely.from_geojson(json.dumps(body.geometry))
    except shapely.GEOSException as error:
        raise Problem(422, f"geometry is no GeoJSON geometry: {error}") from error
    fields = body.dict(exclude={"geometry", "base"})
    with journal.writing() as said:
        draft = changes.Draft(shape=shape, **fields)
        version = changes.save(said, draft, person(request), base=body.base, request=request)
    return one_zone(request, version.zone_id)


@router.delete("/zones/{int:zone_id}")
def retire_zone(request: HttpRequest, zone_id: int, at: datetime | None = None) -> dict[str, Any]:
    """Let a zone end now, or at a time. Its code is never used again; its past stays."""
    with journal.writing() as said:
        zone = Zone.objects.filter(pk=zone_id).first()
        if zone is None:
            raise Problem(404, "There is no such zone.")
        changes.retire(said, zone, person(request), at=at, request=request)
    return one_zone(request, zone_id)


def _line(version: ZoneVersion) -> dict[str, Any]:
    return {
        "id": version.zone_id,
        "kind": version.zone.kind_id,
        "code": version.zone.code,
        "name_zh": version.name_zh,
        "name_en": version.name_en,
        "number": version.number,
        "precedence": version.precedence,
        "department": version.department,
        "holds_from": version.holds_from,
        "holds_to": version.holds_to,
        "bbox": list(version.geom.extent),
    }
