"""Cutting polygons along straight lines. Coordinates are local metres, angles radians from east."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Polygon

from simulations.city.frame import Floats, Geometries, Ints

FAR = 6000.0  # metres; longer than anything that is cut


def extent(coords: Floats, angle: float) -> tuple[float, float]:
    """Least and greatest coordinate along a direction."""
    along = coords[:, 0] * math.cos(angle) + coords[:, 1] * math.sin(angle)
    return float(along.min()), float(along.max())


def split(piece: Polygon, x: float, y: float, heading: float) -> tuple[list[LineString], list[Polygon]]:
    """Cut along the straight line through a point; gives the line inside the piece, and the parts."""
    ux, uy = math.cos(heading) * FAR, math.sin(heading) * FAR
    line = LineString([(x - ux, y - uy), (x + ux, y + uy)])
    left = Polygon([(x - ux, y - uy), (x + ux, y + uy), (x + ux - uy, y + uy + ux), (x - ux - uy, y - uy + ux)])
    sides = (piece.intersection(left), piece.difference(left))
    parts = [part for side in sides for part in shapely.get_parts(side) if part.geom_type == "Polygon"]
    return [part for part in shapely.get_parts(piece.intersection(line)) if part.length > 1], parts


def columns(rows: Sequence[tuple[shapely.Geometry, int]]) -> tuple[Geometries, Ints]:
    """Pairs of shape and owner as two arrays."""
    return np.array([row[0] for row in rows], dtype=object), np.array([row[1] for row in rows], dtype=np.int64)
