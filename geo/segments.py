"""Borders of shapes as straight segments: which side of one a point lies on, and which pixels one touches."""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.shapes import Floats, Ints, ranges

Mask = NDArray[np.bool_]

# Shewchuk's bound: a determinant that is larger has, computed in doubles, the sign that it has in truth.
_CERTAIN = (3 + 16 * 2.0**-53) * 2.0**-53
# A pixel's reach is widened by this part of a pixel: far more than any rounding, far less than two points differ by.
_WIDER = 1e-6


def border_segments(shapes: NDArray[np.object_]) -> Floats:
    """The distinct segments of all rings of polygons and multipolygons, shape (n, 4): ax, ay, bx, by with a <= b.

    Neighbours that share a border share its segments, so one comparison there tells all of them apart. A corner that
    a ring repeats is a segment, too; no side of it is certain.
    """
    rings = shapely.get_rings(shapely.get_parts(shapes))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    connected = ring[1:] == ring[:-1]
    a, b = corners[:-1][connected], corners[1:][connected]
    backward = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    segments = np.where(backward[:, None], np.hstack([b, a]), np.hstack([a, b]))
    segments = segments[np.lexsort(segments.T)]
    first_of_its_kind = np.ones(len(segments), dtype=bool)
    first_of_its_kind[1:] = (segments[1:] != segments[:-1]).any(axis=1)
    return segments[first_of_its_kind]


def sides(segments: Floats, x: Floats, y: Floats) -> tuple[Mask, Mask]:
    """For n segments and n points: is the point to the left of the line from a to b, and is that certain?

    It is not certain for points on the line, and for those so near that rounding could decide.
    """
    ax, ay, bx, by = segments.T
    left, right = (ax - x) * (by - y), (ay - y) * (bx - x)
    return left > right, np.abs(left - right) > _CERTAIN * (np.abs(left) + np.abs(right))


class Touches(NamedTuple):
    """Which segment touches which pixel; shape (n,) each."""

    segment: Ints
    column: Ints
    row: Ints


def touched_pixels(segments: Floats, columns: int, rows: int) -> Touches:
    """All pixels of a raster that segments touch; these are given in pixels, and pixel i reaches from i to i + 1.

    A pixel that a segment misses by less than a millionth of a pixel counts as touched.
    """
    flat = np.abs(segments[:, 2] - segments[:, 0]) >= np.abs(segments[:, 3] - segments[:, 1])
    # A steep segment is walked by rows instead of columns, so that no step moves it by more than a pixel across.
    lying = _walk(segments[flat], columns, rows)
    steep = _walk(segments[~flat][:, [1, 0, 3, 2]], rows, columns)
    return Touches(
        np.concatenate([np.flatnonzero(flat)[lying.segment], np.flatnonzero(~flat)[steep.segment]]),
        np.concatenate([lying.column, steep.row]),
        np.concatenate([lying.row, steep.column]),
    )


def _walk(segments: Floats, columns: int, rows: int) -> Touches:
    """`touched_pixels` for segments that rise by 45 degrees at most."""
    backward = segments[:, 0] > segments[:, 2]
    ax, ay, bx, by = np.where(backward[:, None], segments[:, [2, 3, 0, 1]], segments).T
    which, column = _pixels_between(ax, bx, columns)
    ax, ay, bx, by = ax[which], ay[which], bx[which], by[which]
    slope = np.divide(by - ay, bx - ax, out=np.zeros_like(ax), where=bx > ax)
    enters = ay + (np.maximum(column - _WIDER, ax) - ax) * slope
    leaves = ay + (np.minimum(column + 1 + _WIDER, bx) - ax) * slope
    step, row = _pixels_between(np.minimum(enters, leaves), np.maximum(enters, leaves), rows)
    return Touches(which[step], column[step], row)


def _pixels_between(low: Floats, high: Floats, count: int) -> tuple[Ints, Ints]:
    """The pixels 0 to count - 1 that lie between low[i] and high[i], and i for each."""
    first = np.maximum(np.floor(low - _WIDER), 0).astype(np.int64)
    last = np.minimum(np.floor(high + _WIDER), count - 1).astype(np.int64)
    return ranges(first, np.maximum(last - first + 1, 0))
