"""Coordinate systems of reports. The system is declared by the source and never guessed from the numbers.

Stored are WGS-84 and the raw pair. CGCS2000 differs from WGS-84 by centimetres to decimetres and passes unchanged,
as pyproj has it (EPSG:4490 to 4326 is a no-op). GCJ-02 and BD-09 are the obfuscated systems of Chinese map
providers: GCJ-02 moves a point by 50 to 700 m, which is several unit grid cells. Their published forward formulas
are used; the way back is by iteration until the step is below 1e-9 degrees.

All functions take and give degrees, longitude first, arrays of shape (n,).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
Pair = tuple[Degrees, Degrees]

_AXIS = 6378245.0  # Krasovsky 1940, metres
_ECCENTRICITY = 0.00669342162296594323  # squared
_BAIDU = np.pi * 3000.0 / 180.0
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # outside this box the obfuscation does nothing
_STEP = 1e-9
_MOST_STEPS = 30


def wgs84_to_gcj02(lon: Degrees, lat: Degrees) -> Pair:
    """The forward obfuscation of GCJ-02."""
    west, south, east, north = _CHINA
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    north_metres = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north_metres += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi / 3 * y)) * 2 / 3
    north_metres += (160 * np.sin(np.pi / 12 * y) + 320 * np.sin(np.pi / 30 * y)) * 2 / 3
    east_metres = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east_metres += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi / 3 * x)) * 2 / 3
    east_metres += (150 * np.sin(np.pi / 12 * x) + 300 * np.sin(np.pi / 30 * x)) * 2 / 3
    radians = np.radians(lat)
    magic = 1 - _ECCENTRICITY * np.sin(radians) ** 2
    d_lat = north_metres * 180 / ((_AXIS * (1 - _ECCENTRICITY)) / (magic * np.sqrt(magic)) * np.pi)
    d_lon = east_metres * 180 / (_AXIS / np.sqrt(magic) * np.cos(radians) * np.pi)
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def gcj02_to_bd09(lon: Degrees, lat: Degrees) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def wgs84_to_bd09(lon: Degrees, lat: Degrees) -> Pair:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def gcj02_to_wgs84(lon: Degrees, lat: Degrees) -> Pair:
    return _inverse(wgs84_to_gcj02, lon, lat)


def bd09_to_wgs84(lon: Degrees, lat: Degrees) -> Pair:
    return _inverse(wgs84_to_bd09, lon, lat)


def _inverse(forward: Callable[[Degrees, Degrees], Pair], lon: Degrees, lat: Degrees) -> Pair:
    """Walk back by the error of the forward formula until the step is below _STEP; it shrinks a hundredfold a turn."""
    x, y = lon.astype(np.float64), lat.astype(np.float64)
    for _ in range(_MOST_STEPS):
        there_x, there_y = forward(x, y)
        x, y = x + (lon - there_x), y + (lat - there_y)
        if max(np.max(np.abs(lon - there_x), initial=0), np.max(np.abs(lat - there_y), initial=0)) < _STEP:
            break
    return x, y


def _same(lon: Degrees, lat: Degrees) -> Pair:
    return lon, lat


# What a report may declare. A name that is not here is refused, with this list in the sentence.
TO_WGS84: dict[str, Callable[[Degrees, Degrees], Pair]] = {
    "WGS84": _same,
    "CGCS2000": _same,
    "GCJ02": gcj02_to_wgs84,
    "BD09": bd09_to_wgs84,
}

# The way there, for what leaves the city: exports to the maps of providers that know nothing else.
FROM_WGS84: dict[str, Callable[[Degrees, Degrees], Pair]] = {"GCJ02": wgs84_to_gcj02, "BD09": wgs84_to_bd09}
