"""What moves in the demo city: along roads, at its own pace, the same for the same seed."""

from datetime import UTC, datetime
from typing import Any

import pytest
import shapely

from geo.models import BasemapShape
from simulations.traffic import fleet
from simulations.traffic.fleet import Fleet, degrees

pytestmark = pytest.mark.usefixtures("city")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def places(moving: Fleet) -> dict[str, tuple[float, float]]:
    return {one["id"]: (one["lon"], one["lat"]) for one in moving.fixes(NOW)["fixes"]}


def test_vehicles_stay_on_their_roads_and_get_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = Fleet(0, 6, seed=3)
    road = shapely.LineString([degrees(x, y) for x, y in _road()])
    before = places(moving)
    for _ in range(50):
        moving.go(2)
        assert all(road.distance(shapely.Point(at)) < 1e-6 for at in places(moving).values())
    assert all(places(moving)[code] != at for code, at in before.items())


def test_the_same_seed_goes_the_same_ways() -> None:
    one, other = Fleet(0, 4, seed=5), Fleet(0, 4, seed=5)
    one.go(30)
    other.go(30)
    assert places(one) == places(other)


def test_grid_workers_belong_to_the_office_on_whose_ground_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "WALKED", ("arterial",))  # the small city has no other road
    offices = {one["department"] for one in Fleet(8, 0, seed=1).fixes(NOW)["fixes"]}
    assert offices
    assert offices <= {"STR.01", "STR.02"}


def test_a_city_without_roads_has_nobody_under_way() -> None:
    BasemapShape.objects.filter(layer="roads").delete()
    assert len(Fleet(5, 5, seed=1)) == 0


def _road() -> Any:
    return BasemapShape.objects.get(layer="roads").geom.coords
