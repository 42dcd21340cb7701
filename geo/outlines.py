"""Shapes that can be a zone: what is wrong with those that cannot, and the ways into and out of the database."""

import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from numpy.typing import NDArray
from pyproj import Geod

from geo.models import ZoneVersion

_EARTH = Geod(ellps="WGS84")


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


def loaded(versions: Iterable[ZoneVersion]) -> NDArray[np.object_]:
    """The shapes of versions, WGS-84 degrees, longitude first."""
    shapes: NDArray[np.object_] = shapely.from_wkb(np.array([bytes(v.geom.wkb) for v in versions], dtype=object))
    return shapes


def from_geojson(geometry: Any) -> shapely.Geometry:
    """A GeoJSON geometry, given as parsed JSON. Raises ShapeError."""
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except shapely.GEOSException as error:
        raise ShapeError(f"geometry is no GeoJSON geometry: {error}", f"geometry 不是 GeoJSON 图形：{error}") from error


def as_geojson(shape: shapely.Geometry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found


def area_m2(shape: shapely.Geometry) -> float:
    """The area on the ellipsoid, of polygons that run counter-clockwise, in square metres."""
    area, _ = _EARTH.geometry_area_perimeter(shape)
    return float(area)
