"""Map tiles as whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import tiles

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
inland = st.tuples(st.floats(73, 135), st.floats(3, 54))


def xy(tile: int) -> tuple[int, int]:
    return tile >> tiles.ZOOM, tile & tiles.SIDE - 1


# Tile names of zoom 14 as every slippy map has them (x = floor((lon+180)/360*2^z), y by Web-Mercator), e.g. the
# Greenwich meridian on the equator begins tile 8192/8192; 116.391 E 39.907 N (Tian'anmen) lies in 13489/6208.
@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (0.0, 0.0, (8192, 8192)),
        (-180.0, 85.06, (0, 0)),
        (180.0, -85.06, (16383, 16383)),
        (-0.001, 0.001, (8191, 8191)),
        (116.391, 39.907, (13489, 6208)),
        (121.4737, 31.2304, (13720, 6694)),
    ],
)
def test_points_lie_in_the_tiles_that_every_web_map_names(lon: float, lat: float, name: tuple[int, int]) -> None:
    assert xy(tiles.tile_of(lon, lat)) == name


@given(st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=20))
def test_many_points_get_what_each_gets_alone(points: list[tuple[float, float]]) -> None:
    lon, lat = np.array(points).T
    assert tiles.tiles_of(lon, lat).tolist() == [tiles.tile_of(*point) for point in points]


@given(longitudes, latitudes)
def test_every_point_of_the_globe_has_a_tile(lon: float, lat: float) -> None:
    x, y = xy(tiles.tile_of(lon, lat))
    assert 0 <= x < tiles.SIDE
    assert 0 <= y < tiles.SIDE


@given(inland, st.floats(0, 0.3), st.floats(0, 0.3), st.floats(0, 1), st.floats(0, 1))
def test_a_box_is_covered_wherever_one_looks_in_it(
    corner: tuple[float, float], width: float, height: float, right: float, up: float
) -> None:
    west, south = corner
    covered = tiles.cover(west, south, west + width, south + height, ring=0)
    assert tiles.tile_of(west + width * right, south + height * up) in covered


@given(inland, st.floats(0, 0.3), st.floats(0, 0.3))
def test_a_ring_goes_one_tile_further_on_every_side(corner: tuple[float, float], width: float, height: float) -> None:
    box = (*corner, corner[0] + width, corner[1] + height)
    bare, ringed = tiles.cover(*box, ring=0), tiles.cover(*box, ring=1)
    beside = {(x + i) << tiles.ZOOM | (y + j) for x, y in map(xy, bare) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    assert ringed == beside


def test_a_box_at_the_edge_of_the_world_stays_on_it() -> None:
    assert {xy(tile) for tile in tiles.cover(-180, 86, -180, 86)} == {(0, 0), (1, 0), (0, 1), (1, 1)}


@pytest.mark.parametrize(
    "box",
    [(2, 0, 1, 1), (0, 2, 1, 1), (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1)],
    ids=["west of east", "south of north", "not a number", "endless"],
)
def test_what_is_no_box_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="west <= east"):
        tiles.cover(*box)


def test_a_box_with_too_many_tiles_is_refused_with_a_way_out() -> None:
    with pytest.raises(ValueError, match="without a bbox"):
        tiles.cover(73, 3, 135, 54)
