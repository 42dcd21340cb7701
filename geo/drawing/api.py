"""Shapes over HTTP, for the editor: pure geometry, nothing is saved."""

from typing import Any, Literal

import shapely
from django.contrib.gis.geos import Polygon
from django.http import HttpRequest
from ninja import Field, Router, Schema

from geo.drawing import operations
from geo.models import ZoneVersion
from geo.outlines import ShapeError, area_m2, as_geojson, check_shape, from_geojson, loaded
from twin import clock
from twin.problems import Problem

router = Router(tags=["geo"])
MOST = 5_000  # zones and geometries of one question
_DEGREE = 90_000  # metres of a degree of longitude at least, in China's middle


class ShapesIn(Schema):
    """Zones by their ids and drawn shapes (GeoJSON polygons), in this order: `difference` cuts from the first."""

    op: Literal["union", "difference", "intersection", "split", "snap"]
    zones: list[int] = Field([], max_length=MOST)
    geometries: list[dict[str, Any]] = Field([], max_length=MOST)
    line: dict[str, Any] | None = Field(None, description="for split: a GeoJSON LineString across the shape")
    kind: str = Field("cell", description="for snap: to the zones of this kind")
    tolerance_m: float = Field(5, gt=0, le=100)


@router.post("/zones/shapes")
def shapes(request: HttpRequest, body: ShapesIn) -> dict[str, Any]:
    """Multipolygons made of zones and drawn shapes, and their areas in square metres; none where nothing is left."""
    drawn = _subjects(body)
    try:
        found = _done(body, drawn)
    except shapely.GEOSException as error:
        raise Problem(422, f"This cannot be computed: {error}.", detail_zh=f"无法计算：{error}。") from error
    return {"geometries": [as_geojson(shape) for shape in found], "area_m2": [round(area_m2(s), 1) for s in found]}


def _done(body: ShapesIn, drawn: list[shapely.Geometry]) -> list[shapely.Geometry]:
    match body.op:
        case "union":
            return operations.union(drawn)
        case "difference":
            return operations.difference(drawn)
        case "intersection":
            return operations.intersection(drawn)
        case "split":
            return _split(body, drawn)
        case "snap":
            return [part for shape in drawn for part in operations.snap(shape, _near(body, shape), body.tolerance_m)]


def _split(body: ShapesIn, drawn: list[shapely.Geometry]) -> list[shapely.Geometry]:
    try:
        line = from_geojson(body.line)
    except ShapeError as error:
        raise Problem(422, f"line: {error}.", detail_zh=f"line：{error.zh}。") from error
    if line.geom_type not in ("LineString", "MultiLineString"):
        raise Problem(422, "To split, give a line (GeoJSON LineString).", detail_zh="分割需要一条线（LineString）。")
    pieces = operations.split(drawn, line)
    if len(pieces) < 2:
        raise Problem(
            422,
            "The line cuts nothing off; draw it right across the shape, from outside to outside.",
            detail_zh="分割线没有切开图形；请从图形外画到图形外，横穿整个图形。",
        )
    return pieces


def _subjects(body: ShapesIn) -> list[shapely.Geometry]:
    held = ZoneVersion.objects.holding(clock.now()).filter(zone__in=body.zones)
    found = {version.zone_id: version for version in held}
    if missing := [zone for zone in body.zones if zone not in found]:
        raise Problem(422, f"No zone {missing[0]} holds now.", detail_zh=f"区域 {missing[0]} 现在无效或不存在。")
    drawn = list(loaded(found[zone] for zone in body.zones))
    for number, geometry in enumerate(body.geometries):
        try:
            drawn.append(check_shape(from_geojson(geometry)))
        except ShapeError as error:
            raise Problem(
                422, f"Shape {number + 1}: {error}.", detail_zh=f"第 {number + 1} 个图形：{error.zh}。", geometry=number
            ) from error
    if not drawn:
        raise Problem(422, "There is no shape; name zones or give geometries.", detail_zh="没有图形；请选区域或绘制。")
    return drawn


def _near(body: ShapesIn, shape: shapely.Geometry) -> list[shapely.Geometry]:
    """The zones of a kind to which a shape may be snapped; not the zones themselves that are asked about."""
    reach = body.tolerance_m / _DEGREE
    west, south, east, north = shape.bounds
    box = Polygon.from_bbox((west - reach, south - reach, east + reach, north + reach))
    box.srid = 4326
    held = ZoneVersion.objects.holding(clock.now()).filter(zone__kind=body.kind, geom__bboverlaps=box)
    return list(loaded(held.exclude(zone__in=body.zones)))
