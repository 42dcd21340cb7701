"""Positions over HTTP: located, the newest of each, and only from who may report."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pytest
from django.db import connection
from django.test import Client

from geo.coordinates import wgs84_to_gcj02
from simulations.city.seed import demo_token
from tests.small_city import middle
from twin import positions

pytestmark = pytest.mark.usefixtures("city")
AT = datetime.now(UTC)
Post = Callable[..., Any]


@pytest.fixture
def post(client: Client) -> Post:
    def send(*fixes: dict[str, Any], crs: str = "WGS84", token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token or demo_token('urn:yiwang:demo:grid')}"}
        body = orjson.dumps({"crs": crs, "fixes": fixes})
        return client.post("/api/positions", body, "application/json", headers=headers)

    return send


def fix(code: str = "G-1", place: tuple[float, float] = middle(1, 1), after: float = 0, **more: Any) -> dict[str, Any]:
    at = (AT + timedelta(seconds=after)).isoformat()
    return {"type": "person", "id": code, "at": at, "lon": place[0], "lat": place[1]} | more


def held() -> dict[str, tuple[float, float, list[int]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT object_id, lon, lat, zones FROM twin_position")
        return {code: (lon, lat, zones) for code, lon, lat, zones in cursor.fetchall()}


def test_of_each_thing_the_newest_fix_is_kept_with_its_zones(post: Post, zone_id: Callable[[str], int]) -> None:
    answer = post(fix(), fix(place=middle(2, 2), after=-5), fix("V-1", middle(3, 3), type="vehicle", heading=90))
    assert (answer.status_code, answer.json()) == (200, {"taken": 3})
    lon, lat, zones = held()["G-1"]
    assert (lon, lat) == pytest.approx(middle(1, 1))
    assert zone_id("park:PK001") in zones
    post(fix(place=middle(0, 0), after=1))
    assert zone_id("park:PK001") not in held()["G-1"][2]


def test_the_declared_coordinate_system_counts(post: Post) -> None:
    lon, lat = wgs84_to_gcj02(*(np.array([value]) for value in middle(1, 1)))
    assert post(fix(place=(float(lon[0]), float(lat[0]))), crs="GCJ02").status_code == 200
    assert held()["G-1"][:2] == pytest.approx(middle(1, 1), abs=1e-6)
    assert post(fix(), crs="Mars").status_code == 422


def test_a_batch_at_fault_is_refused_whole(post: Post) -> None:
    assert post(fix(), fix("G-2", after=3_600)).json()["fix"] == 1
    assert post(fix(), fix("G-2", type="lamp")).status_code == 422
    assert held() == {}


def test_only_registered_sources_may_report(post: Post) -> None:
    assert post(fix(), token="somebody").status_code == 401


def test_whoever_is_off_duty_leaves_the_map(post: Post) -> None:
    post(fix(), fix("G-2"))
    assert post(fix(after=1, status=positions.OFF)).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT object_id FROM twin_position WHERE status = %s", [positions.OFF])
        assert cursor.fetchall() == [("G-1",)]
