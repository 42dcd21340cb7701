"""The page of a zone: figures of today against the week before, devices, and the layers that are kept for everybody."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch import actions
from dispatch.models import Case
from tests.dispatch.zone_changes import cell, change
from tests.small_city import middle
from tests.twin.verify import verify_action
from twin import clock
from twin.models import AuditRow, JournalRow, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # Tuesday, 12:00 in the city
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
IN_PARK = middle(1, 1)


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(User.objects.get(username="demo-planner"))
    return client


@pytest.fixture
def live(open_case: Make, make_person: Make) -> Callable[..., Case]:
    """A case in the park that is opened at a time, and closed at another if one is given."""
    handler = make_person(Role.ADMINISTRATOR)

    def report(opened: datetime, closed: datetime | None = None, place: Any = IN_PARK, **event: Any) -> Case:
        clock.change(opened, 0)
        case: Case = open_case(at=opened, place=place, **event)
        if closed is not None:
            clock.change(closed, 0)
            for version, verb in enumerate(("accept", "complete", "close"), 1):
                case = actions.act(case.pk, verb, handler, version=version, note="好了")
        return case

    return report


def scene(client: Client, zone: int, at: datetime = NOON) -> Any:
    clock.change(at, 0)
    answer = client.get(f"/api/zones/{zone}/scene")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_today_stands_beside_the_same_hour_a_week_before(
    planner: Client, live: Callable[..., Case], zone_id: Callable[[str], int]
) -> None:
    before = NOON - WEEK
    live(before - 3 * HOUR, before - HOUR)  # opened and closed that morning
    live(before - 2 * HOUR, before + HOUR)  # open at this hour, and closed after it
    live(before + 2 * HOUR, before + 3 * HOUR)  # not yet there
    live(before - 50 * HOUR, NOON - 2 * HOUR, category="C-01-01", kind="grid.report", source="grid", worker="w")  # late
    live(NOON - 5 * HOUR, place=middle(0, 0))  # elsewhere
    live(NOON - 4 * HOUR)
    live(NOON - 3 * HOUR, NOON - HOUR)
    shown = scene(planner, zone_id("park:PK001"))
    figures = shown["figures"]
    assert figures.pop("week_before") == {
        "open": 2, "overdue": 1, "opened_today": 2, "closed_today": 1, "late_today": 0, "on_time_rate_today": 1.0
    }  # fmt: skip
    assert figures == {
        "open": 1, "overdue": 0, "opened_today": 2, "closed_today": 2, "late_today": 1, "on_time_rate_today": 0.5
    }  # fmt: skip
    by_hour = {one["hour"][11:13]: one for one in shown["by_hour"]}
    assert len(shown["by_hour"]) == 24
    assert shown["by_hour"][0]["hour"] == "2026-11-23T16:00:00Z", "local midnight"
    assert {h: one["opened"] for h, one in by_hour.items() if one["opened"]} == {"00": 1, "01": 1}
    assert {h: one["closed"] for h, one in by_hour.items() if one["closed"]} == {"02": 1, "03": 1}
    earlier = {h: one["opened_week_before"] for h, one in by_hour.items() if one["opened_week_before"]}
    assert earlier == {"01": 1, "02": 1, "06": 1}
    assert shown["by_category"] == [{"code": "E-01-10", "count": 1}]
    assert shown["by_department"] == [{"code": "UMB.GRN", "count": 1}]


def test_the_scene_of_a_new_zone_is_there_with_its_past_the_moment_it_is_saved(
    planner: Client, live: Callable[..., Case]
) -> None:
    live(NOON - WEEK - HOUR, NOON - WEEK + HOUR, place=middle(0, 3))
    live(NOON - HOUR, place=middle(0, 3))
    clock.change(NOON, 0)
    (zone,) = change(planner, cell(0, 3))["zones"]
    shown = scene(planner, zone["id"])
    assert (shown["zone"]["code"], shown["zone"]["name_zh"]) == ("PK777", "口袋公园")
    assert shown["figures"]["open"] == shown["figures"]["week_before"]["open"] == 1
    assert shown["figures"]["on_time_rate_today"] is None


def test_everybody_gets_the_figures_of_what_they_may_see(
    client: Client, live: Callable[..., Case], make_person: Make, zone_id: Callable[[str], int]
) -> None:
    live(NOON - HOUR)
    for departments, zones, expected in [
        (["UMB"], [], 1),
        (["WAT"], [], 0),
        ([], [zone_id("park:PK001")], 1),
        ([], [zone_id("school:SC001")], 0),
    ]:
        client.force_login(make_person(Role.DEPARTMENT, departments, zones))
        shown = scene(client, zone_id("park:PK001"))
        assert (shown["figures"]["open"], len(shown["by_category"])) == (expected, expected)


def test_devices_are_counted_by_status(planner: Client, zone_id: Callable[[str], int]) -> None:
    street = scene(planner, zone_id("street:990101001"))
    assert street["devices"] == {"online": 1, "alarm": 0, "offline": 0}
    assert street["department"]["code"] == "STR.01"
    assert scene(planner, zone_id("park:PK001"))["devices"] == {"online": 0, "alarm": 0, "offline": 0}


def test_layers_are_kept_for_everybody(client: Client, operator: User, zone_id: Callable[[str], int]) -> None:
    park = zone_id("park:PK001")
    client.force_login(operator)
    usual = scene(client, park)["layers"]
    assert usual == {"cases": True, "devices": True, "labels": True, "buildings": False, "zones": []}
    chosen = usual | {"devices": False, "buildings": True, "zones": ["cell"]}
    with verify_action() as told:
        answer = client.put(f"/api/zones/{park}/scene", {"layers": chosen}, content_type="application/json")
    assert answer.json()["layers"] == chosen
    client.force_login(User.objects.get(username="demo-grid"))
    assert scene(client, park)["layers"] == chosen
    assert scene(client, zone_id("school:SC001"))["layers"] == usual
    assert [(one.kind, one.key) for one in told] == [("scene.saved", ("scene", str(park)))]
    assert AuditRow.objects.get(act="scene.saved").detail["layers"] == chosen
    client.force_login(operator)
    client.put(f"/api/zones/{park}/scene", {"layers": usual}, content_type="application/json")
    assert scene(client, park)["layers"] == usual
    assert JournalRow.objects.filter(kind="scene.saved").latest("seq").version == 2


@pytest.mark.parametrize(
    ("username", "zone", "layers", "status"),
    [
        ("demo-grid", "park:PK001", {}, 403),
        ("demo-operator", "park:PK001", {"zones": ["nonsense"]}, 422),
        ("demo-operator", "park:PK001", {"cases": "perhaps"}, 422),
        ("demo-operator", None, {}, 404),
    ],
)
def test_what_cannot_be_kept_is_refused(
    client: Client, zone_id: Callable[[str], int], username: str, zone: str | None, layers: Any, status: int
) -> None:
    client.force_login(User.objects.get(username=username))
    address = f"/api/zones/{zone_id(zone) if zone else 999_999}/scene"
    assert client.put(address, {"layers": layers}, content_type="application/json").status_code == status
