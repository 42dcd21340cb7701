"""Polygons and points that lie badly: on each other's borders, corners and on the lines between pixels."""

from typing import Any

import numpy as np
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.raster import Frame

WEST, SOUTH, STEP = 120.3, 31.57, 1e-4  # a lattice that many corners share
SIDE = 40  # steps

Floats = NDArray[np.float64]

on_lattice = st.tuples(st.integers(0, SIDE), st.integers(0, SIDE)).map(
    lambda place: (WEST + place[0] * STEP, SOUTH + place[1] * STEP)
)
anywhere = st.tuples(st.floats(WEST, WEST + SIDE * STEP, allow_subnormal=False), st.floats(SOUTH, SOUTH + SIDE * STEP))
corner = on_lattice | anywhere


@st.composite
def boxes(draw: Any) -> shapely.Geometry:
    (west, south), (east, north) = draw(corner), draw(corner)
    return shapely.box(min(west, east), min(south, north), max(west, east), max(south, north))


@st.composite
def rings(draw: Any) -> shapely.Geometry:
    """Polygons of any outline; where it crosses itself they come in parts, with holes."""
    return shapely.make_valid(shapely.Polygon(draw(st.lists(corner, min_size=3, max_size=12))))


@st.composite
def shapes(draw: Any) -> shapely.Geometry:
    """A multipolygon: one outline, or two joined, or one cut out of the other."""
    outline = boxes() | rings()
    a, b = draw(outline), draw(outline)
    whole = draw(st.sampled_from([lambda: a, lambda: shapely.union(a, b), lambda: shapely.difference(a, b)]))()
    return shapely.MultiPolygon([part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"])


def bad_places(drawn: list[shapely.Geometry], frame: Frame, seed: int) -> tuple[Floats, Floats]:
    """Corners, points on and beside borders, corners and lines of pixels, places outside, and what is no place."""
    rng = np.random.default_rng(seed)
    corners = shapely.get_coordinates(drawn)
    if not len(corners):
        corners = np.array([[WEST, SOUTH]])
    some = corners[rng.integers(0, len(corners), 200)]
    between = corners[:-1] + (corners[1:] - corners[:-1]) * rng.uniform(0, 1, (len(corners) - 1, 1))
    inside = rng.uniform([WEST, SOUTH], [WEST + SIDE * STEP, SOUTH + SIDE * STEP], (400, 2))
    pixels = rng.integers(0, frame.rows * frame.columns, 200)
    grid = np.column_stack(frame.points_of(pixels, 0, 0))
    odd = [[np.nan, SOUTH], [WEST, np.inf], [-np.inf, -np.inf], [1e308, SOUTH], [WEST, -1e308], [0, 0], [-0.0, 90]]
    near = [some + rng.normal(0, size, some.shape) for size in (1e-15, 1e-13, 1e-10, 1e-7)]
    lines = [np.column_stack([grid[:, 0], inside[:200, 1]]), np.column_stack([inside[:200, 0], grid[:, 1]])]
    outside = rng.uniform([WEST - 1, SOUTH - 1], [WEST + 1, SOUTH + 1], (100, 2))
    places = [corners, between, *near, inside, grid, np.nextafter(grid, -np.inf), *lines, outside, np.array(odd)]
    lon, lat = np.concatenate(places).T
    return np.ascontiguousarray(lon), np.ascontiguousarray(lat)
