"""Shapes over HTTP, as the editor asks for them: nothing of it is saved."""

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from django.test import Client

from geo.models import ZoneVersion
from tests.small_city import SOUTH, STEP, WEST, square
from twin.models import User

pytestmark = pytest.mark.usefixtures("city")

ZoneId = Callable[[str], int]
WEST_CELL, EAST_CELL = "cell:990101001001003", "cell:990101001001004"  # square(0, 0) and square(1, 0)


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(User.objects.get(username="demo-planner"))
    return client


def ask(client: Client, op: str, *drawn: Any, zones: Any = (), **more: Any) -> Any:
    body = {"op": op, "zones": list(zones), "geometries": [shape.__geo_interface__ for shape in drawn]} | more
    return client.post("/api/zones/shapes", body, content_type="application/json")


def shapes(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.content
    assert all(geometry["type"] == "MultiPolygon" for geometry in answer.json()["geometries"])
    return [shapely.geometry.shape(geometry) for geometry in answer.json()["geometries"]]


def test_the_union_of_chosen_cells(editor: Client, zone_id: ZoneId) -> None:
    before = ZoneVersion.objects.count()
    answer = ask(editor, "union", zones=[zone_id(WEST_CELL), zone_id(EAST_CELL)])
    (whole,) = shapes(answer)
    assert whole.equals(square(0, 0, 2, 1))
    assert answer.json()["area_m2"][0] == pytest.approx(2 * 10_524, rel=0.01)
    assert ZoneVersion.objects.count() == before


def test_a_hole_is_cut_and_has_no_area(editor: Client, zone_id: ZoneId) -> None:
    hole = square(0, 0).buffer(-STEP / 4)
    (ring,) = shapes(ask(editor, "difference", hole, zones=[zone_id(WEST_CELL)]))
    assert len(ring.geoms[0].interiors) == 1
    assert shapes(ask(editor, "difference", hole, square(0, 0))) == []
    assert shapes(ask(editor, "intersection", hole, square(3, 3))) == []


def line(*places: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [(WEST + x * STEP, SOUTH + y * STEP) for x, y in places]}


def test_a_line_splits_a_shape_from_the_west_to_the_east(editor: Client) -> None:
    west, east = shapes(ask(editor, "split", square(0, 0, 2, 1), line=line((1, -1), (1, 2))))
    assert west.equals(square(0, 0))
    assert east.equals(square(1, 0))


@pytest.mark.parametrize("places", [((1, 0.2), (1, 0.8)), ((5, 5), (6, 6)), ((1, -1), (1, 0.5))])
def test_a_line_that_cuts_nothing_is_said(editor: Client, places: Any) -> None:
    answer = ask(editor, "split", square(0, 0, 2, 1), line=line(*places))
    assert (answer.status_code, "right across" in answer.json()["detail"]) == (422, True)


def test_what_is_drawn_by_hand_snaps_to_the_grid(editor: Client) -> None:
    drawn = shapely.affinity.translate(square(0, 0, 2, 1), 2e-5, -2e-5)
    (snapped,) = shapes(ask(editor, "snap", drawn, kind="cell", tolerance_m=5))
    assert snapped.equals(square(0, 0, 2, 1))
    (far,) = shapes(ask(editor, "snap", drawn, kind="cell", tolerance_m=1))
    assert far.equals(drawn)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"op": "union", "geometries": [], "zones": []}, "There is no shape"),
        ({"op": "union", "zones": [10**6]}, "No zone 1000000 holds now"),
        ({"op": "union", "geometries": [{"type": "Point", "coordinates": [120.3, 31.5]}]}, "Shape 1: a zone is a poly"),
        ({"op": "explode", "zones": [1]}, "op"),
    ],
)
def test_what_cannot_be_is_said(editor: Client, asked: dict[str, Any], says: str) -> None:
    answer = editor.post("/api/zones/shapes", asked, content_type="application/json")
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_to_split_one_needs_a_line(editor: Client) -> None:
    assert "line" in ask(editor, "split", square(0, 0)).json()["detail"]
    point = {"type": "Point", "coordinates": [120.3, 31.57]}
    assert "LineString" in ask(editor, "split", square(0, 0), line=point).json()["detail"]
