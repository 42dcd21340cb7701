"""What must hold of zones whatever the points, the cuts and the order in which they were stored."""

from typing import Any

import numpy as np
import pytest
import shapely
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.drawing import operations
from geo.lookup import index
from geo.models import Zone, ZoneVersion
from geo.outlines import loaded, stored
from tests.small_city import SOUTH, STEP, WEST, square
from twin import clock, revisions

pytestmark = pytest.mark.usefixtures("city")
AS_OFTEN_AS_EXAMPLES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(AS_OFTEN_AS_EXAMPLES, max_examples=15)

inside = st.tuples(st.floats(0, 4), st.floats(0, 4)).map(lambda at: (WEST + at[0] * STEP, SOUTH + at[1] * STEP))
outside = st.tuples(st.floats(-1, 5), st.floats(-1, 5)).filter(
    lambda at: not (-1e-9 <= at[0] <= 4 + 1e-9 and -1e-9 <= at[1] <= 4 + 1e-9)
)
corner = st.tuples(st.integers(0, 16), st.integers(0, 16)).map(
    lambda at: (WEST + at[0] * STEP / 4, SOUTH + at[1] * STEP / 4)
)
boxes = (
    st.tuples(corner, corner).map(lambda pair: shapely.box(*shapely.MultiPoint(pair).bounds)).filter(lambda b: b.area)
)


def cells_of(points: list[tuple[float, float]]) -> list[int]:
    """How many cells each point has, among its zones and by itself."""
    zones = index.fresh(clock.now())
    located = zones.locate(*np.array(points, dtype=np.float64).T)
    is_cell = zones.kind_of == zones.kinds["cell"]
    counts = [int(is_cell[located.of(i)].sum()) for i in range(len(points))]
    assert [int(cell >= 0) for cell in located.cells] == counts
    return counts


@given(st.lists(inside, min_size=1, max_size=50))
@AS_OFTEN_AS_EXAMPLES
def test_every_point_in_the_city_has_exactly_one_cell(points: list[tuple[float, float]]) -> None:
    city = shapely.box(WEST, SOUTH, WEST + 4 * STEP, SOUTH + 4 * STEP)
    within = [point for point in points if city.intersects(shapely.Point(point))]
    if within:
        assert cells_of(within) == [1] * len(within)


@given(st.lists(outside, min_size=1, max_size=50))
@AS_OFTEN_AS_EXAMPLES
def test_no_point_outside_has_a_cell(points: list[tuple[float, float]]) -> None:
    assert cells_of([(WEST + x * STEP, SOUTH + y * STEP) for x, y in points]) == [0] * len(points)


@given(st.lists(st.tuples(boxes, st.sampled_from([60, 61])), min_size=2, max_size=6), st.randoms(), corner)
@FEW
def test_the_order_of_zones_never_depends_on_the_order_in_which_they_were_stored(
    drawn: list[tuple[Any, int]], dice: Any, place: tuple[float, float]
) -> None:
    found = []
    for _ in range(2):
        with transaction.atomic():
            names = [(f"P{number}", shape, rank) for number, (shape, rank) in enumerate(drawn)]
            dice.shuffle(names)
            for code, shape, rank in names:
                zone = Zone.objects.create(kind_id="park", code=code)
                ZoneVersion.objects.create(
                    zone=zone, holds_from="2026-01-01T00:00Z", name_zh=code, precedence=rank,
                    geom=stored(shapely.multipolygons([shape])),
                )  # fmt: skip
            revisions.bump("zones")
            zones = index.fresh(clock.now())
            located = zones.locate(np.array([place[0]]), np.array([place[1]]))
            found.append([zones.zones[position].ref for position in located.of(0)])
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert [ref for ref in found[0] if ref.startswith("park:P") and ref != "park:PK001"] == [
        f"park:P{number}"
        for number, (shape, rank) in sorted(enumerate(drawn), key=lambda one: (-one[1][1], f"P{one[0]}"))
        if shape.intersects(shapely.Point(place))
    ]


# Cutting and joining


@given(boxes, st.tuples(corner, corner).filter(lambda ends: ends[0] != ends[1]))
def test_the_pieces_of_a_split_are_the_whole_and_do_not_overlap(whole: Any, ends: Any) -> None:
    pieces = operations.split([whole], shapely.LineString(ends))
    assert shapely.union_all(pieces).symmetric_difference(whole).area < 1e-16
    assert sum(piece.area for piece in pieces) == pytest.approx(whole.area)


def area(shapes: list[Any]) -> float:
    return float(sum(shape.area for shape in shapes))


@given(st.lists(boxes, min_size=1, max_size=5))
def test_union_difference_and_intersection_add_up(drawn: list[Any]) -> None:
    rest = [drawn[0], shapely.union_all(drawn[1:])] if len(drawn) > 1 else [drawn[0], drawn[0]]
    both = area(operations.intersection(rest)) + area(operations.difference(rest))
    assert both == pytest.approx(drawn[0].area)
    assert area(operations.union(drawn)) == pytest.approx(shapely.union_all(drawn).area)


@given(st.integers(0, 2), st.integers(0, 2), st.lists(st.floats(-0.02, 0.02), min_size=8, max_size=8))
@FEW
def test_what_is_drawn_almost_along_cells_is_snapped_onto_them(column: int, row: int, shaken: list[float]) -> None:
    """Two metres off at most; then it is their union, corner by corner."""
    held = ZoneVersion.objects.holding(clock.now()).filter(zone__kind="cell")
    cells = list(loaded(held.order_by("zone__code")))
    whole = square(column, row, 2, 2)
    drawn = shapely.Polygon(np.array(whole.exterior.coords)[:4] + np.array(shaken).reshape(4, 2) * STEP)
    (snapped,) = operations.snap(drawn, cells, 5)
    (union,) = operations.union([cell for cell in cells if whole.covers(shapely.point_on_surface(cell))])
    assert shapely.equals(snapped, union)
    assert {tuple(place) for place in shapely.get_coordinates(snapped)} <= {
        tuple(place) for place in shapely.get_coordinates(cells)
    }


def test_a_shape_may_have_no_area_left() -> None:
    assert operations.difference([square(0, 0), square(0, 0, 2, 2)]) == []
