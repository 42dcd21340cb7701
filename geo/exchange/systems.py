"""Brings a file's shapes to WGS-84 degrees, longitude first. The system is the file's own or declared, never guessed.

x is east and y is north, whatever order of axes a system has by its definition: so files have it, and so pyogrio and
pyproj (`always_xy`) give it. A file that has it otherwise lies outside the area its system is made for.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.coordinates import FROM_WGS84, TO_WGS84
from geo.exchange.faults import FileError

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # what GCJ-02 and BD-09 are made for
_BEYOND = 1.5  # degrees: a city on the border of two 3-degree zones is kept in one of them
_GEOCENTRIC = 6378137.0  # metres: the axis of CGCS2000, WGS-84 and GRS 1980, whose datums differ by decimetres


@dataclass(frozen=True)
class System:
    """A coordinate system: what it is called, how it gets to WGS-84, and where it may be used, if that is known."""

    name: str
    to_wgs84: Callable[[Floats, Floats], tuple[Floats, Floats]]
    area: tuple[float, float, float, float] | None  # west, south, east, north
    exact: bool  # False: nobody has said how its datum lies to WGS-84


def offset_name(text: str) -> str | None:
    """`GCJ02` or `BD09` if that is meant, however it is written: the systems that no file's own mark can name."""
    name = text.strip().upper().replace("-", "")
    return name if name in FROM_WGS84 else None


def system_of(declared: str | None, own: str | None) -> System:
    """The declared system, or else the file's own. Raises FileError if there is neither, or it is not known."""
    text = declared or own
    if not text:
        raise FileError(
            "no_crs",
            "文件没有坐标系；请用 --crs 声明，例如 EPSG:4549、GCJ02、BD09 或 PROJ 字符串。",
            "The file has no coordinate system; declare it with --crs: EPSG:4549, GCJ02, BD09, a PROJ string ...",
        )
    offset = text.upper().replace("-", "")
    if offset in TO_WGS84:
        return System(offset, TO_WGS84[offset], CHINA if offset in ("GCJ02", "BD09") else None, True)
    try:
        crs = CRS.from_user_input(text)
        transformer = Transformer.from_crs(crs, 4326, always_xy=True)
    except CRSError as error:
        raise FileError(
            "unknown_crs",
            f"无法识别坐标系 {text!r}：{error}",
            f"The coordinate system {text!r} is not known: {error}",
        ) from error
    return System(_name(crs), transformer.transform, _area(crs), _exact(crs, transformer))


def to_wgs84(shapes: Shapes, system: System) -> tuple[Shapes, frozenset[int]]:
    """The shapes in WGS-84, and which of them lie where the system is not made for.

    Raises FileError if all do: then the numbers are not what they are said to be, or the axes are swapped.
    """
    there = moved(shapes, system.to_wgs84)
    fits = _fits(there, system)
    if fits.any():
        return there, frozenset(np.flatnonzero(~fits).tolist())
    west, south, east, north = shapely.total_bounds(shapes)
    numbers = f"x {west:.6g} … {east:.6g}, y {south:.6g} … {north:.6g}"
    if _fits(moved(shapes, lambda x, y: system.to_wgs84(y, x)), system).all():
        raise FileError(
            "axes_swapped",
            f"坐标（{numbers}）不在 {system.name} 的适用范围内，交换 x 与 y 后才在其中：文件很可能把北坐标放在了前面。"
            "系统不会自行猜测，请按 x 为东、y 为北重新导出。",
            f"The coordinates ({numbers}) lie outside the area of use of {system.name}, and inside it with x and y"
            " swapped: the file most likely has north first. Axes are not guessed here; export it again with x east"
            " and y north.",
        )
    raise FileError(
        "outside_crs",
        f"坐标（{numbers}）不在 {system.name} 的适用范围内；请用 --crs 声明正确的坐标系。",
        f"The coordinates ({numbers}) lie outside the area of use of {system.name}; declare the right system with"
        " --crs.",
    )


def moved(shapes: Shapes, move: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> Shapes:
    """The shapes with every point moved: `move` takes and gives arrays of x and of y."""

    def columns(points: Floats) -> Floats:
        return np.column_stack(move(points[:, 0], points[:, 1]))

    return shapely.transform(shapes, columns)


def _fits(shapes: Shapes, system: System) -> NDArray[np.bool_]:
    """Which shapes lie in degrees, and where the system may be used. One without a place is not held against it."""
    west, south, east, north = system.area or (-180.0, -90.0, 180.0, 90.0)
    if system.area is not None:
        west, south, east, north = west - _BEYOND, south - _BEYOND, east + _BEYOND, north + _BEYOND
    w, s, e, n = shapely.bounds(shapes).T
    return np.isnan(w) | ((west <= w) & (e <= east) & (south <= s) & (n <= north))


def _name(crs: CRS) -> str:
    authority = crs.to_authority()
    return f"{':'.join(authority)} {crs.name}" if authority else crs.name


def _area(crs: CRS) -> tuple[float, float, float, float] | None:
    # A .prj has no area of use; the system that it describes may be in the register.
    known = crs if crs.area_of_use else CRS.from_epsg(code) if (code := crs.to_epsg()) else crs
    return known.area_of_use.bounds if known.area_of_use else None


def _exact(crs: CRS, transformer: Transformer) -> bool:
    axis = crs.ellipsoid.semi_major_metre if crs.ellipsoid else 0.0
    return axis == _GEOCENTRIC or "Ballpark" not in transformer.description
