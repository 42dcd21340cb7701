"""Finding a place by its name, as a caller says it: an address, a road, a park, a community."""

from typing import Any

from django.db.models import Min, Q, Value
from django.db.models.functions import Length, Replace
from django.http import HttpRequest
from ninja import Router

from geo.models import BasemapShape, ZoneVersion
from twin import clock

router = Router(tags=["places"])
MOST = 12
LAYERS = ("addresses", "labels", "roads")
Place = dict[str, Any]


@router.get("/places")
def places(request: HttpRequest, q: str) -> dict[str, Any]:
    """Addresses, roads and zones with a part of their name, the shortest name first.

    `lon`, `lat` and `bbox` (west, south, east, north) are WGS-84 degrees. Only what is `exact`, an address, says where
    something happened; of the others the map shows where they lie.
    """
    wanted = "".join(q.split())  # people write 中路 12 号
    if not wanted:
        return {"items": []}
    return {"items": _nearest_to([*_zones(wanted, q.strip()), *_shapes(wanted, q.strip())], wanted)}


def _nearest_to(found: list[Place], wanted: str) -> list[Place]:
    """An address as it was said stands before longer ones, and whatever begins so before what has it within."""

    def rank(place: Place) -> tuple[int, int, str]:
        name = place["name_zh"].replace(" ", "")
        at = 0 if wanted in (name, place["name_en"]) else 1 if name.startswith(wanted) else 2
        return at, len(name), name

    return sorted(found, key=rank)[:MOST]


def _named(wanted: str, said: str) -> Q:
    return Q(plain__contains=wanted) | Q(name_en__icontains=said)


def _zones(wanted: str, said: str) -> list[Place]:
    held = ZoneVersion.objects.holding(clock.now()).exclude(zone__kind="cell").select_related("zone")
    held = held.annotate(plain=Replace("name_zh", Value(" "), Value(""))).filter(_named(wanted, said))
    return [
        _place(version.zone.kind_id, version.name_zh, version.name_en, version.geom, exact=False)
        for version in held.order_by(Length("name_zh"), "pk")[:MOST]
    ]


def _shapes(wanted: str, said: str) -> list[Place]:
    """By name, because a road is many shapes; of each the first stands for all."""
    rows = BasemapShape.objects.filter(layer__in=LAYERS).annotate(plain=Replace("name_zh", Value(" "), Value("")))
    named = rows.filter(_named(wanted, said)).values("layer", "name_zh").annotate(first=Min("pk"))
    chosen = [row["first"] for row in named.order_by(Length("name_zh"), "name_zh")[:MOST]]
    found = []
    for shape in BasemapShape.objects.filter(pk__in=chosen):
        shape.geom.transform(4326)
        exact = shape.layer == "addresses"
        found.append(
            _place(
                shape.layer.removesuffix("es" if exact else "s"), shape.name_zh, shape.name_en, shape.geom, exact=exact
            )
        )
    return found


def _place(kind: str, zh: str, en: str, shape: Any, *, exact: bool) -> Place:
    point = shape.point_on_surface
    return {
        "kind": kind,
        "name_zh": zh,
        "name_en": en,
        "lon": round(point.x, 6),
        "lat": round(point.y, 6),
        "bbox": [round(edge, 6) for edge in shape.extent],
        "exact": exact,
    }
