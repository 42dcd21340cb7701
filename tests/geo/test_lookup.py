"""Which zones contain a point: all of them, in order of precedence, one of each kind that tiles the city."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from geo.lookup import ZoneFacts, ZoneIndex
from tests.small_city import OUTSIDE, SOUTH, STEP, WEST, middle, small_city, square

Zone = tuple[ZoneFacts, Any]
EXCLUSIVE = {"district", "street", "community", "cell"}
PRECEDENCE = {"district": 0, "street": 10, "community": 20, "cell": 30, "park": 60, "school": 70}


def zone(number: int, kind: str, code: str, shape: Any, precedence: int | None = None) -> Zone:
    rank = PRECEDENCE[kind] if precedence is None else precedence
    return ZoneFacts(number, kind, code, code, code, rank, ""), shape


def zones_of_small_city() -> list[Zone]:
    city = small_city()
    frames = {"district": city.boundary, "street": city.streets, "community": city.communities, "cell": city.cells}
    rows = [(kind, row) for kind, frame in frames.items() for row in frame.to_dict("records")]
    rows += [(row["kind"], row) for row in city.zones.to_dict("records")]
    return [zone(number, kind, row["code"], row["geometry"]) for number, (kind, row) in enumerate(rows, 1)]


CITY = zones_of_small_city()


def index_of(zones: Sequence[Zone]) -> ZoneIndex:
    return ZoneIndex([facts for facts, _ in zones], [shape for _, shape in zones], EXCLUSIVE)


def refs(index: ZoneIndex, *points: tuple[float, float]) -> list[list[str]]:
    lon, lat = np.array(points, dtype=np.float64).reshape(-1, 2).T
    located = index.locate(lon, lat)
    return [[index.zones[position].ref for position in located.of(i)] for i in range(len(points))]


def corner(column: float, row: float) -> tuple[float, float]:
    """A point of the city's square grid; whole numbers are corners of cells."""
    return WEST + column * STEP, SOUTH + row * STEP


def test_all_zones_of_a_point_in_order_of_precedence() -> None:
    assert refs(index_of(CITY), middle(1, 1)) == [
        ["park:PK001", "cell:990101001001002", "community:990101001001", "street:990101001", "district:990101"]
    ]


def test_a_park_comes_before_the_street_and_a_school_before_the_park() -> None:
    zones = [*CITY, zone(99, "school", "SC009", square(1, 1))]
    assert [ref.partition(":")[0] for ref in refs(index_of(zones), middle(1, 1))[0]][:3] == ["school", "park", "cell"]


def test_a_zone_may_have_a_precedence_of_its_own() -> None:
    zones = [*CITY, zone(99, "school", "SC009", square(1, 1), precedence=5)]
    assert refs(index_of(zones), middle(1, 1))[0][-2:] == ["school:SC009", "district:990101"]


def test_zones_of_one_precedence_stand_in_a_fixed_order() -> None:
    zones = [
        zone(1, "park", "B", square(0, 0)),
        zone(2, "school", "A", square(0, 0), 60),
        zone(3, "park", "A", square(0, 0)),
    ]
    assert refs(index_of(zones), middle(0, 0)) == [["park:A", "park:B", "school:A"]]


def test_a_point_outside_lies_in_nothing_and_in_no_cell() -> None:
    index = index_of(CITY)
    located = index.locate(*np.array([OUTSIDE, middle(0, 0)]).T)
    assert (len(located.of(0)), located.cells[0]) == (0, -1)
    assert index.zones[located.cells[1]].ref == "cell:990101001001003"


@pytest.mark.parametrize("point", [(np.nan, 31.5), (120.3, np.nan), (np.inf, 31.5), (120.3, -np.inf)])
def test_a_point_that_is_not_finite_lies_nowhere(point: tuple[float, float]) -> None:
    assert refs(index_of(CITY), point, middle(0, 0), point)[0::2] == [[], []]


def test_a_hole_is_not_in_its_zone_and_every_part_is() -> None:
    ring = Polygon(square(0, 0, 3, 3).exterior, [square(1, 1).exterior])
    index = index_of([zone(1, "park", "P", MultiPolygon([ring, square(3, 3)]))])
    assert refs(index, middle(0, 0), middle(1, 1), middle(3, 3)) == [["park:P"], [], ["park:P"]]


def test_no_points_and_no_zones_are_no_fault() -> None:
    assert refs(index_of(CITY)) == []
    located = index_of([]).locate(np.array([120.3]), np.array([31.57]))
    assert (located.of(0).tolist(), located.cells.tolist()) == ([], [-1])


# Borders


@pytest.mark.parametrize("column", [0, 0.5, 1, 2, 4])
@pytest.mark.parametrize("row", [0, 0.5, 2, 3, 4])
def test_on_borders_and_corners_there_is_exactly_one_zone_of_each_kind_that_tiles(column: float, row: float) -> None:
    kinds = [ref.partition(":")[0] for ref in refs(index_of(CITY), corner(column, row))[0]]
    assert {kind: kinds.count(kind) for kind in EXCLUSIVE} == dict.fromkeys(EXCLUSIVE, 1)


def test_a_shared_border_belongs_to_the_zone_whose_code_comes_first() -> None:
    shared = corner(2, 2)
    at_corner = [z.code for z, shape in CITY if z.kind == "cell" and shape.intersects(shapely.Point(shared))]
    assert len(at_corner) == 4
    assert f"cell:{min(at_corner)}" in refs(index_of(CITY), shared)[0]


def test_a_border_that_two_parks_share_belongs_to_both() -> None:
    parks = [zone(1, "park", "A", square(0, 0)), zone(2, "park", "B", square(1, 0))]
    assert refs(index_of(parks), corner(1, 0.5)) == [["park:A", "park:B"]]


# Whatever the order


quarters = st.builds(corner, st.integers(-1, 17).map(lambda n: n / 4), st.integers(-1, 17).map(lambda n: n / 4))
boxes = st.builds(
    lambda x, y, width, height: box(*corner(x / 2, y / 2), *corner(x / 2 + width / 2, y / 2 + height / 2)),
    st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4),
)  # fmt: skip


@given(st.permutations(CITY), st.lists(quarters, min_size=1, max_size=20))
def test_the_answer_does_not_depend_on_the_order_in_which_zones_were_stored(
    shuffled: list[Zone], points: list[tuple[float, float]]
) -> None:
    assert refs(index_of(shuffled), *points) == refs(index_of(CITY), *points)


@given(st.lists(st.tuples(boxes, st.sampled_from(["park", "school"]), st.integers(0, 3)), max_size=8), quarters)
def test_every_zone_that_contains_a_point_is_named_once_and_the_higher_precedence_first(
    drawn: list[tuple[Any, str, int]], point: tuple[float, float]
) -> None:
    zones = [zone(i, kind, f"Z{i}", shape, rank) for i, (shape, kind, rank) in enumerate(drawn)]
    (found,) = refs(index_of(zones), point)
    holding = {facts.ref: facts.precedence for facts, shape in zones if shape.intersects(shapely.Point(point))}
    assert set(found) == set(holding)
    assert len(found) == len(holding)
    assert [holding[ref] for ref in found] == sorted(holding.values(), reverse=True)


@given(st.lists(quarters, min_size=1, max_size=20))
def test_many_points_get_what_each_gets_alone(points: list[tuple[float, float]]) -> None:
    index = index_of(CITY)
    assert refs(index, *points) == [refs(index, point)[0] for point in points]
