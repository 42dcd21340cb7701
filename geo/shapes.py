"""Polygons that can be asked for points, exactly; and small helpers for lists of lists in flat arrays."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHUNK = 1 << 14  # points at once: what is found for them then takes some tens of megabytes at most


class Shapes:
    """Polygons and multipolygons in WGS-84 degrees, found by a tree over their boxes. May be asked from any thread."""

    def __init__(self, geometries: Sequence[shapely.Geometry]) -> None:
        self.geometries = np.array(geometries, dtype=object)
        self.bounds: Floats = shapely.bounds(self.geometries).reshape(-1, 4)  # west, south, east, north
        self._tree = shapely.STRtree(self.geometries)
        shapely.prepare(self.geometries)
        # GEOS makes the index of a prepared polygon when it is first asked, and two threads must not do so at once.
        west, south, east, north = self.bounds.T
        shapely.intersects_xy(self.geometries, (west + east) / 2, (south + north) / 2)

    def containing(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """All pairs (point, shape) where the shape contains the point or has it on its border, in this order.

        A point that is not finite lies nowhere.
        """
        finite = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        pairs = [self._containing(finite[i : i + CHUNK], lon, lat) for i in range(0, len(finite), CHUNK)]
        return _joined([points for points, _ in pairs]), _joined([shapes for _, shapes in pairs])

    def _containing(self, some: Ints, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        # Comparing boxes first and then asking prepared polygons is 4 times faster than the tree's own predicate,
        # which prepares the points instead and so walks along the whole border of a district for each.
        found, shapes = self._tree.query(shapely.points(lon[some], lat[some]))
        points = some[found]
        inside = shapely.intersects_xy(self.geometries[shapes], lon[points], lat[points])
        points, shapes = points[inside], shapes[inside]
        order = np.lexsort((shapes, points))
        return points[order], shapes[order]


def _joined(arrays: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])


def ranges(first: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """`lengths[i]` whole numbers from `first[i]` on, for each i in turn; and for each of them its i."""
    which = np.repeat(np.arange(len(first)), lengths)
    begins = np.cumsum(lengths) - lengths
    return which, np.arange(len(which)) + (first - begins)[which]
