"""Vector tiles from PostGIS: the basemap, and the zones that hold now, or at a time (`?at=`).

The address carries the revision of its data, so a tile may be cached for ever and a change is seen at once: the
console learns the new address and asks for new tiles. Tiles are Web-Mercator, extent 4096; an empty one is 204.
"""

import gzip
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse

from twin import clock, revisions
from twin.times import time_of

MOST_KEPT = 4_096  # tiles in memory, about 10 KB each
MAX_ZOOM = 20
BUFFER = 64  # of 4096: what is drawn beyond a tile's edge, so that lines and labels meet

_BASEMAP = """
WITH bounds AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
                       ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s) AS wide),
shapes AS (
    SELECT layer, kind, name_zh, name_en, rank, height,
           ST_AsMVTGeom(geom, bounds.tile, 4096, %(buffer)s, true) AS shape
    FROM geo_basemap, bounds WHERE geom && bounds.wide AND min_zoom <= %(z)s ORDER BY rank, id)
SELECT string_agg(tile, '') FROM (
    SELECT ST_AsMVT(s, layer, 4096, 'shape') AS tile
    FROM (SELECT layer, kind, kind AS class, name_zh, name_en, rank, height, shape FROM shapes
          WHERE shape IS NOT NULL) s
    GROUP BY layer) layers
"""
_ZONES = """
WITH bounds AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
                       ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s), 4326) AS wide)
SELECT ST_AsMVT(s, 'zones', 4096, 'shape') FROM (
    SELECT z.id, z.kind_id AS kind, z.code, v.name_zh, v.name_en, v.department, k.color,
           ST_AsMVTGeom(ST_Transform(v.geom, 3857), bounds.tile, 4096, %(buffer)s, true) AS shape
    FROM geo_zoneversion v JOIN geo_zone z ON z.id = v.zone_id JOIN geo_zonekind k ON k.code = z.kind_id, bounds
    WHERE v.geom && bounds.wide AND k.min_zoom <= %(z)s AND v.holds_from <= %(at)s
      AND (v.holds_to IS NULL OR v.holds_to > %(at)s)
    ORDER BY v.precedence, z.id) s
WHERE shape IS NOT NULL
"""


def basemap(request: HttpRequest, version: int, z: int, x: int, y: int) -> HttpResponse:
    return _answer(request, "basemap", version, z, x, y)


def zones(request: HttpRequest, version: int, z: int, x: int, y: int) -> HttpResponse:
    return _answer(request, "zones", version, z, x, y)


def _answer(request: HttpRequest, layers: str, version: int, z: int, x: int, y: int) -> HttpResponse:
    if isinstance(request.user, AnonymousUser):
        return HttpResponse("Log in first.", status=401, content_type="text/plain")
    if z > MAX_ZOOM or not (0 <= x < 1 << z and 0 <= y < 1 << z):
        return HttpResponse(f"There is no tile {z}/{x}/{y}.", status=404, content_type="text/plain")
    known = revisions.read()
    now = known.get(layers, 0)
    city_time = clock.now(known)
    asked = request.GET.get("at", "") if layers == "zones" else ""
    try:
        at = time_of(asked) if asked else None
    except ValueError as error:
        return HttpResponse(str(error), status=422, content_type="text/plain")
    # What is to come may yet be changed, by a plan that is given up: it is drawn anew each time.
    keeps = version == now and (at is None or at <= city_time)
    # An address of another version gets what holds now, and nobody keeps it under that name.
    body = _tile(layers, now, z, x, y, at) if at is None or keeps else _draw(layers, z, x, y, at)
    response = HttpResponse(body, status=200 if body else 204, content_type="application/vnd.mapbox-vector-tile")
    if body:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "private, max-age=31536000, immutable" if keeps else "no-store"
    return response


@lru_cache(maxsize=MOST_KEPT)
def _tile(layers: str, version: int, z: int, x: int, y: int, at: datetime | None) -> bytes:
    """A gzipped tile. `version` is part of the cache's key only: what is drawn is what holds now, or at a past time."""
    return _draw(layers, z, x, y, at or clock.now())


def _draw(layers: str, z: int, x: int, y: int, at: datetime) -> bytes:
    parameters: dict[str, Any] = {"z": z, "x": x, "y": y, "margin": BUFFER / 4096, "buffer": BUFFER, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_BASEMAP if layers == "basemap" else _ZONES, parameters)
        row = cursor.fetchone()
    return gzip.compress(bytes(row[0]), 6) if row and row[0] else b""
