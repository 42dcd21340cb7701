"""Map tiles as whole numbers: the cells in which the live view is cut and its viewers subscribe.

Web-Mercator tiles at zoom 14, about 2 km wide at the latitude of Shanghai. A tile is one integer, `x << 14 | y`,
so that it indexes well in PostgreSQL and hashes well in the hub.
"""

import math

import numpy as np
from numpy.typing import NDArray

ZOOM = 14
SIDE = 1 << ZOOM
MAX_LATITUDE = 85.0511287798066  # where the square of Web-Mercator ends


def tiles_of(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Tiles of points, WGS-84 degrees, shape (n,) in and out."""
    x = np.floor((lon + 180.0) / 360.0 * SIDE)
    sine = np.sin(np.radians(np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE)))
    y = np.floor((0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * SIDE)
    last = SIDE - 1
    column, row = np.clip(x, 0, last).astype(np.int64), np.clip(y, 0, last).astype(np.int64)
    return np.asarray(column << ZOOM | row, dtype=np.int64)


def tile_of(lon: float, lat: float) -> int:
    """The tile of one point, WGS-84 degrees."""
    return int(tiles_of(np.array([lon]), np.array([lat]))[0])


def cover(west: float, south: float, east: float, north: float, ring: int = 1, at_most: int = 4096) -> frozenset[int]:
    """The tiles under a bounding box in WGS-84 degrees, widened by `ring` tiles on each side.

    Raises ValueError if the box is no box, or needs more than `at_most` tiles.
    """
    if not all(map(math.isfinite, (west, south, east, north))) or west > east or south > north:
        raise ValueError("bbox must be [west, south, east, north] in degrees, west <= east and south <= north")
    corner, opposite = tile_of(west, north), tile_of(east, south)
    left, top = max((corner >> ZOOM) - ring, 0), max((corner & SIDE - 1) - ring, 0)
    right, bottom = min((opposite >> ZOOM) + ring, SIDE - 1), min((opposite & SIDE - 1) + ring, SIDE - 1)
    if (right - left + 1) * (bottom - top + 1) > at_most:
        raise ValueError(f"bbox covers more than {at_most} tiles of zoom {ZOOM}; subscribe without a bbox instead")
    return frozenset(x << ZOOM | y for x in range(left, right + 1) for y in range(top, bottom + 1))
