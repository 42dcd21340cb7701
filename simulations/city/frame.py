"""The metre frame in which the city is drawn, and its way to longitude and latitude.

Local coordinates are metres, x east and y north, from ORIGIN; they are EPSG:4549 (CGCS2000, 3-degree zone,
central meridian 120 E) less a constant. Public results are EPSG:4326, longitude first.
"""

from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Geometries = NDArray[Any]

ORIGIN = (120.30, 31.57)
# One step of the coordinate lattice: 1e-7 degrees is about a centimetre.
GRID = 1e-7


@cache
def _projection() -> tuple[Transformer, float, float]:
    transformer = Transformer.from_crs(4326, 4549, always_xy=True)
    east, north = transformer.transform(*ORIGIN)
    return transformer, east, north


def to_lonlat(geometries: Geometries) -> Geometries:
    """Local metres to degrees, each vertex rounded to the lattice."""
    transformer, east, north = _projection()

    def convert(coords: Floats) -> Floats:
        lon, lat = transformer.transform(coords[:, 0] + east, coords[:, 1] + north, direction="INVERSE")
        return np.round(np.column_stack([lon, lat]), 7)

    result: Geometries = shapely.transform(geometries, convert)
    return result


def to_metres(geometries: Geometries) -> Geometries:
    """Degrees to local metres."""
    transformer, east, north = _projection()

    def convert(coords: Floats) -> Floats:
        x, y = transformer.transform(coords[:, 0], coords[:, 1])
        return np.column_stack([x - east, y - north])

    result: Geometries = shapely.transform(geometries, convert)
    return result
