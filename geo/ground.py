"""The ground of a picture that opens without the server: land, water, great roads, and the streets of that day.

A MapLibre style with its data inside. No glyphs: names would have to come from a server.
"""

import math
from datetime import datetime
from typing import Any

import orjson
import shapely
from django.db import connection

LAND, WATER, GREEN, EDGE, OUTSIDE = "#f5f5f2", "#bcd7ea", "#dcebd4", "#8d99a8", "#e7ebef"
ROADS = [("secondary", "#dfe1e2", 1.0), ("arterial", "#cfd4d9", 1.8), ("expressway", "#b9c1ca", 2.6)]
OUTLINES = ("district", "street")

_SHAPES = """
SELECT layer, kind, ST_AsGeoJSON(ST_Transform(ST_SimplifyPreserveTopology(geom, 3), 4326), 5)
FROM geo_basemap WHERE layer IN ('land', 'water', 'green') OR layer = 'roads' AND min_zoom <= 12
UNION ALL
SELECT 'outline', z.kind_id, ST_AsGeoJSON(ST_SimplifyPreserveTopology(v.geom, 0.00003), 5)
FROM geo_zoneversion v JOIN geo_zone z ON z.id = v.zone_id
WHERE z.kind_id = ANY(%(kinds)s) AND v.holds_from <= %(at)s AND (v.holds_to IS NULL OR v.holds_to > %(at)s)
"""


def style(at: datetime) -> dict[str, Any]:
    """The MapLibre style of the city's ground at a time, with a view of all of it; WGS-84, longitude first."""
    with connection.cursor() as cursor:
        cursor.execute(_SHAPES, {"kinds": list(OUTLINES), "at": at})
        shapes = [
            {"type": "Feature", "properties": {"layer": layer, "kind": kind}, "geometry": orjson.loads(geometry)}
            for layer, kind, geometry in cursor.fetchall()
        ]
    return {
        "version": 8,
        **_view(_geometries(shapes, "outline") or _geometries(shapes)),
        "sources": {"ground": {"type": "geojson", "data": {"type": "FeatureCollection", "features": shapes}}},
        "layers": [
            {"id": "outside", "type": "background", "paint": {"background-color": OUTSIDE}},
            *(_fill(layer, colour) for layer, colour in (("land", LAND), ("green", GREEN), ("water", WATER))),
            *(_line(f"road-{kind}", ["roads", kind], colour, width) for kind, colour, width in ROADS),
            _line("streets", ["outline", "street"], EDGE, 0.8),
            _line("district", ["outline", "district"], EDGE, 1.6),
        ],
    }


def _geometries(shapes: list[dict[str, Any]], layer: str = "") -> list[shapely.Geometry]:
    named = [orjson.dumps(s["geometry"]) for s in shapes if layer in ("", s["properties"]["layer"])]
    return list(shapely.from_geojson(named))


def _view(shapes: list[shapely.Geometry]) -> dict[str, Any]:
    """Centre and zoom at which the shapes fill about 600 pixels, as laptops have."""
    if not shapes:
        return {"center": [105.0, 35.0], "zoom": 3}
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    across = max(east - west, (north - south) / math.cos(math.radians((south + north) / 2)), 1e-6)
    return {"center": [(west + east) / 2, (south + north) / 2], "zoom": math.log2(360 / across) + 0.2}


def _fill(layer: str, colour: str) -> dict[str, Any]:
    return {
        "id": layer,
        "type": "fill",
        "source": "ground",
        "filter": ["==", ["get", "layer"], layer],
        "paint": {"fill-color": colour},
    }


def _line(name: str, which: list[str], colour: str, width: float) -> dict[str, Any]:
    layer, kind = which
    return {
        "id": name,
        "type": "line",
        "source": "ground",
        "filter": ["all", ["==", ["get", "layer"], layer], ["==", ["get", "kind"], kind]],
        "paint": {"line-color": colour, "line-width": width},
    }
