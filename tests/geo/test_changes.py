"""Zones are saved, changed, retired; every process follows at once and the past stays as it was."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from geo.lookup import index
from geo.models import ZoneVersion
from ingest import pipeline
from ingest.message import Message
from tests.small_city import middle, square
from twin.models import AuditRow, JournalRow, User

pytestmark = pytest.mark.usefixtures("city")

Event = Callable[..., Any]
MessageOf = Callable[..., Message]


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(User.objects.get(username="demo-planner"))
    return client


def zone(column: int, row: int, **more: Any) -> dict[str, Any]:
    shape = square(column, row).__geo_interface__
    return {
        "kind": "school",
        "code": "SC777",
        "name_zh": "第七小学",
        "name_en": "Seventh School",
        "geometry": shape,
    } | more


def put(client: Client, body: dict[str, Any]) -> Any:
    return client.put("/api/zones", body, content_type="application/json")


def zones_of_next_case(make_event: Event, message_of: MessageOf, column: int, row: int, client: Client) -> set[str]:
    (result,) = pipeline.process([message_of(make_event(place=middle(column, row)))])
    case = client.get(f"/api/cases/{result.outcome.case_id}").json()  # type: ignore[union-attr]
    return {f"{z['kind']}:{z['code']}" for z in case["zones"]}


def test_a_new_zone_takes_the_next_report(planner: Client, make_event: Event, message_of: MessageOf) -> None:
    assert "school:SC777" not in zones_of_next_case(make_event, message_of, 0, 3, planner)
    assert put(planner, zone(0, 3)).status_code == 200
    assert "school:SC777" in zones_of_next_case(make_event, message_of, 0, 3, planner)


def test_a_change_closes_the_old_version_and_the_past_stays(planner: Client) -> None:
    first = put(planner, zone(0, 3)).json()
    second = put(planner, zone(1, 3, base=1)).json()
    old, new = ZoneVersion.objects.filter(zone=first["id"]).order_by("number")
    assert (second["number"], old.holds_to) == (2, new.holds_from)
    assert old.holds_to is not None
    just_before = old.holds_to - timedelta(microseconds=1)
    assert list(ZoneVersion.objects.holding(just_before).filter(zone=first["id"])) == [old]


def test_the_second_of_two_editors_is_told_of_the_conflict(planner: Client) -> None:
    put(planner, zone(0, 3))
    assert put(planner, zone(1, 3, base=1)).status_code == 200
    answer = put(planner, zone(2, 3, base=1))
    assert answer.status_code == 409
    assert "version 2, you worked on 1" in answer.json()["detail"]


def test_a_code_is_never_used_again(planner: Client) -> None:
    made = put(planner, zone(0, 3)).json()
    assert planner.delete(f"/api/zones/{made['id']}").status_code == 200
    assert put(planner, zone(2, 3)).status_code == 409


def test_a_retired_zone_takes_no_more_reports(planner: Client, make_event: Event, message_of: MessageOf) -> None:
    made = put(planner, zone(0, 3)).json()
    planner.delete(f"/api/zones/{made['id']}")
    assert "school:SC777" not in zones_of_next_case(make_event, message_of, 0, 3, planner)


def test_a_fair_holds_from_friday_to_sunday_and_not_before(planner: Client) -> None:
    now = datetime.now(UTC)
    friday, sunday = now + timedelta(days=3), now + timedelta(days=5)
    fair = zone(0, 3, kind="event", code="EV777", holds_from=friday.isoformat(), holds_to=sunday.isoformat())
    assert put(planner, fair).status_code == 200
    held = [
        any(z.ref == "event:EV777" for z in index.fresh(at).zones)
        for at in (now, friday + timedelta(hours=1), sunday + timedelta(hours=1))
    ]
    assert held == [False, True, False]


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "Self-intersection"),
        ({"type": "Point", "coordinates": [120.3, 31.57]}, "this is a Point"),
        ({"type": "Polygon", "coordinates": [[[5e5, 3e6], [5e5, 4e6], [6e5, 4e6], [5e5, 3e6]]]}, "coordinate system"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Nonsense"}, "GeoJSON"),
    ],
)
def test_a_shape_that_cannot_be_a_zone_is_refused_with_the_reason(planner: Client, geometry: Any, says: str) -> None:
    answer = put(planner, zone(0, 3) | {"geometry": geometry})
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_only_planners_and_administrators_change_zones(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert put(client, zone(0, 3)).status_code == 403


def test_a_change_is_in_the_journal_and_the_audit(planner: Client) -> None:
    made = put(planner, zone(0, 3)).json()
    row = JournalRow.objects.filter(object_type="zone", object_id=str(made["id"])).get()
    assert (row.kind, row.state["code"], row.version) == ("zone.saved", "SC777", 1)
    assert AuditRow.objects.filter(act="zone.saved", object_id="school:SC777").count() == 1
