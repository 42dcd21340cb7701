"""Open-air parts of blocks: sports grounds of schools, ponds and winding paths of parks."""

import math
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Polygon

from simulations.city.frame import Floats, Geometries
from simulations.city.layout import smooth_ring

# Running tracks and courts that are tried, largest first: length, width, and the least land for each.
TRACKS = [(172.0, 92.0, 34_000.0), (118.0, 66.0, 17_000.0), (62.0, 36.0, 0.0)]
TRACK_MARGIN = 7.0


def sports(land: Geometries, wanted: list[int], angles: Floats) -> tuple[Geometries, Geometries]:
    """A sports ground in each wanted block where one fits, as far south as it goes; and the land that is left."""
    land = land.copy()
    made = []
    for block in wanted:
        for length, width, least in TRACKS:
            if land[block].area <= least:
                continue
            place = _place(land[block], _track(length, width), float(angles[block]))
            if place is not None:
                made.append(place)
                land[block] = land[block].difference(place.buffer(TRACK_MARGIN))
                break
    return np.array(made, dtype=object), land


def _track(length: float, width: float) -> Polygon:
    half = (length - width) / 2
    return LineString([(-half, 0), (half, 0)]).buffer(width / 2, quad_segs=8)


def _place(land: Polygon, shape: Polygon, angle: float) -> Polygon | None:
    west, south, east, north = land.bounds
    x, y = np.meshgrid(np.arange(west + 20, east, 12.0), np.arange(south + 20, north, 12.0))
    spots = np.column_stack([x.ravel(), y.ravel()])
    for turn in (angle + math.pi / 2, angle):
        cos, sin = math.cos(turn), math.sin(turn)
        outline = shapely.get_coordinates(shape) @ np.array([[cos, sin], [-sin, cos]])
        tried = shapely.polygons(spots[:, None, :] + outline[None])
        fits = np.flatnonzero(shapely.covers(land.buffer(-6), tried))
        if len(fits):
            return tried[fits[0]]
    return None


def park(shape: Polygon, rng: np.random.Generator, pond: bool) -> tuple[list[Polygon], list[LineString]]:
    """Ponds and paths of a park: a loop inside its edge, ways in from the corners, and in larger parks ponds with a
    path around each and winding ways between them."""
    inner = max(shapely.get_parts(shape.buffer(-16)), key=lambda part: float(part.area), default=Polygon())
    if inner.area < 2500:
        return [], []
    loop = smooth_ring(inner.simplify(6), rounds=3)
    corners = shapely.points(shapely.get_coordinates(shape.simplify(25).exterior)[:-1])
    ways = list(shapely.shortest_line(corners, loop))
    ponds = _ponds(shape, rng) if pond else []
    shores = [smooth_ring(water.buffer(9).simplify(4), rounds=2) for water in ponds]
    for shore in shores:
        gates = shapely.line_interpolate_point(loop, np.arange(0.1, 1, 0.25), normalized=True)
        ways += [shore, *(_winding(way, rng) for way in shapely.shortest_line(gates, shore) if way.length > 12)]
    ways += [_winding(shapely.shortest_line(a, b), rng) for a, b in pairwise(shores) if not a.intersects(b)]
    wet = shapely.union_all(ponds)
    return ponds, [loop, *(way for way in ways if way.length > 4 and not way.crosses(wet))]


def _winding(way: LineString, rng: np.random.Generator) -> LineString:
    """A straight way made to swing to either side."""
    (x0, y0), (x1, y1) = way.coords
    t = np.linspace(0, 1, max(5, int(way.length / 12)))
    swing = 0.12 * way.length * np.sin(np.pi * t) * np.sin(2 * np.pi * t * rng.uniform(0.5, 1.5) + rng.uniform(0, 6))
    across = np.array([y0 - y1, x1 - x0]) / way.length
    return LineString(np.column_stack([x0 + (x1 - x0) * t, y0 + (y1 - y0) * t]) + swing[:, None] * across)


def _ponds(shape: Polygon, rng: np.random.Generator) -> list[Polygon]:
    """One pond in the middle of a park of some size, in a great one up to three, where there is most room."""
    ponds: list[Polygon] = []
    room = shape.buffer(-22)
    for _ in range(0 if shape.area < 22_000 else 1 if shape.area < 200_000 else 3):
        circle = shapely.maximum_inscribed_circle(room, tolerance=10)
        if circle.length > 25:
            ponds.append(_pond(circle.coords[0], min(0.4 * circle.length, 0.17 * math.sqrt(shape.area)), rng))
            room = room.difference(ponds[-1].buffer(70))
    return ponds


def _pond(middle: tuple[float, ...], radius: float, rng: np.random.Generator) -> Polygon:
    """A rounded, irregular outline."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    phase = rng.uniform(0, 2 * np.pi, 3)
    reach = 1 + sum(
        size * np.sin(k * turn + shift) for k, size, shift in zip((2, 3, 5), (0.26, 0.16, 0.06), phase, strict=True)
    )
    return Polygon(np.array(middle[:2]) + radius * reach[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]))
