from fractions import Fraction

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.segments import border_segments, sides, touched_pixels

COLUMNS, ROWS = 9, 7
pixels = st.floats(-3, 12, allow_subnormal=False) | st.integers(-3, 12).map(float)
segments = st.tuples(pixels, pixels, pixels, pixels)
degrees = st.floats(120.3, 120.3001, allow_subnormal=False)


@given(st.lists(segments, max_size=8))
def test_every_pixel_that_a_segment_meets_is_touched(some: list[tuple[float, ...]]) -> None:
    touches = touched_pixels(np.array(some).reshape(-1, 4), COLUMNS, ROWS)
    found = set(zip(touches.segment.tolist(), touches.column.tolist(), touches.row.tolist(), strict=True))
    assert len(found) == len(touches.segment)
    for number, (ax, ay, bx, by) in enumerate(some):
        line = shapely.LineString([(ax, ay), (bx, by)])
        for column in range(COLUMNS):
            for row in range(ROWS):
                if line.intersects(shapely.box(column, row, column + 1, row + 1)):
                    assert (number, column, row) in found
                elif (number, column, row) in found:
                    assert line.intersects(shapely.box(column, row, column + 1, row + 1).buffer(1e-5))


def test_a_short_segment_touches_few_pixels() -> None:
    touches = touched_pixels(np.array([[2.2, 3.2, 2.4, 3.9]]), COLUMNS, ROWS)
    assert (touches.column.tolist(), touches.row.tolist()) == ([2], [3])


@given(st.tuples(degrees, degrees, degrees, degrees), st.tuples(degrees, degrees), st.floats(0, 1))
def test_a_side_that_is_certain_is_the_true_one(
    segment: tuple[float, ...], place: tuple[float, float], along: float
) -> None:
    ax, ay, bx, by = segment
    on_it = (ax + (bx - ax) * along, ay + (by - ay) * along)
    for x, y in (place, on_it, (ax, ay), (bx, by)):
        (left,), (certain,) = sides(np.array([segment]), np.array([x]), np.array([y]))
        a, b, c, d, p, q = map(Fraction, (ax, ay, bx, by, x, y))
        true = (a - p) * (d - q) - (b - q) * (c - p)
        if certain:
            assert true != 0
            assert left == (true > 0)
        else:
            assert abs(true) < Fraction(1e-12)


def test_neighbours_share_the_segments_of_their_border() -> None:
    both = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    assert len(border_segments(both)) == 7
    assert [1.0, 0.0, 1.0, 1.0] in border_segments(both).tolist()


def test_holes_parts_and_repeated_corners_are_seen() -> None:
    ring = shapely.Polygon([(0, 0), (4, 0), (4, 0), (4, 4), (0, 4)], holes=[[(1, 1), (2, 1), (2, 2)]])
    parts = shapely.MultiPolygon([ring, shapely.box(9, 9, 10, 10)])
    assert len(border_segments(np.array([parts, shapely.MultiPolygon()]))) == 5 + 3 + 4
