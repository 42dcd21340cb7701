"""Which shapes of many overlap, in about a second for tens of thousands that tile a city well."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.plane import Plane, polygons, width

NOISE = 0.01  # metres: what is thinner than that comes from rounding and troubles nobody


def overlapping(shapes: NDArray[np.object_], plane: Plane) -> Iterator[tuple[int, int, shapely.Geometry]]:
    """Pairs of valid polygons (WGS-84 degrees) that overlap, the smaller position first, and what they share."""
    one, other = _candidates(shapes)
    shared = shapely.intersection(shapes[one], shapes[other])
    some = np.flatnonzero(shapely.area(shared) > 0)
    for k in some[np.lexsort((other[some], one[some]))]:
        parts = without_noise(shared[k], plane)
        if parts:
            yield int(one[k]), int(other[k]), shapely.union_all(parts)


def _candidates(shapes: NDArray[np.object_]) -> tuple[Any, Any]:
    """Pairs whose boxes meet, of which one is no clean part of a tiling. A city without faults has none."""
    if not len(shapes):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    edges = shapely.coverage_invalid_edges(shapes)
    suspects = np.flatnonzero(~(shapely.is_missing(edges) | shapely.is_empty(edges)))
    # Of a shape that lies within another only the inner one is a suspect, hence all are asked.
    found, other = shapely.STRtree(shapes).query(shapes[suspects], predicate="intersects")
    pairs = np.sort(np.stack([suspects[found], other]), axis=0)
    pairs = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1)
    return pairs[0], pairs[1]


def without_noise(shape: shapely.Geometry, plane: Plane) -> list[shapely.Geometry]:
    """The polygons of a shape that are wider than what rounding makes."""
    parts = np.array(polygons(shape), dtype=object)
    return list(parts[width(plane.metres(parts)) >= NOISE]) if len(parts) else []
