"""When zones change, open cases and devices follow: at once, for every viewer, and once the time has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch import actions, rezoning
from dispatch.models import Case
from geo import followers, turns
from geo.lookup import index
from geo.models import ZoneVersion
from tests.dispatch.zone_changes import cell, change, saved
from tests.small_city import middle, square
from tests.twin.verify import verify_action
from twin import clock, revisions
from twin.models import AuditRow, Feature, JournalRow, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
HOUR = timedelta(hours=1)
LAMP = {
    "kind": "grid.report",
    "source": "grid",
    "worker": "w",
    "category": "C-01-37",
}  # in PK001: to the parks division


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(User.objects.get(username="demo-planner"))
    return client


def refs(case: Case) -> set[str]:
    known = index.fresh(clock.now(), revisions.read()).by_id
    case.refresh_from_db()
    return {known[zone].ref for zone in case.zones}


def told_of(case: Case) -> JournalRow:
    return JournalRow.objects.filter(object_type="case", object_id=str(case.pk)).latest("seq")


@contextmanager
def unnoticed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Zones change while no follower sees it, as a batch that was under way would not."""
    with monkeypatch.context() as patch:
        patch.setattr(followers.Change, "__call__", lambda *_: None)
        yield


def turn() -> None:
    """What the clock process does every few seconds, in its order."""
    turns.mark_boundaries()
    rezoning.arrive()
    followers.catch_up()


def test_an_open_case_gets_the_zone_that_is_drawn_over_it(planner: Client, open_case: Make) -> None:
    inside, beside = open_case(place=middle(0, 3)), open_case(place=middle(0, 2))
    before = set(inside.zones)
    (zone,) = change(planner, cell(0, 3))["zones"]
    inside.refresh_from_db()
    beside.refresh_from_db()
    assert (set(inside.zones), inside.version) == (before | {zone["id"]}, 2)
    assert beside.version == 1
    row = told_of(inside)
    assert (row.kind, row.change) == ("case.rezoned", {"gained": ["park:PK777"], "lost": []})
    assert set(row.was["zones"]) == before
    assert Feature.objects.get(object_type="case", object_id=str(inside.pk)).state["zones"] == inside.zones


def test_it_loses_the_zone_that_moves_away_and_the_one_that_is_retired(planner: Client, open_case: Make) -> None:
    case = open_case(place=middle(0, 3))
    (zone,) = change(planner, cell(0, 3))["zones"]
    assert "park:PK777" in refs(case)
    change(planner, cell(1, 3, base=1))
    assert "park:PK777" not in refs(case)
    change(planner, cell(0, 3, base=2))
    assert "park:PK777" in refs(case)
    planner.delete(f"/api/zones/{zone['id']}")
    assert "park:PK777" not in refs(case)
    assert told_of(case).change == {"gained": [], "lost": ["park:PK777"]}


def test_a_case_in_a_cell_that_is_cut_anew_stands_in_the_new_cell(
    planner: Client, open_case: Make, zone_id: Callable[[str], int]
) -> None:
    case: Case = open_case(place=middle(0, 0))
    new = saved(square(0, 0), kind="cell", code="990101001001999", name_zh="网格 999")
    change(planner, {"op": "retire", "zone": zone_id(f"cell:{case.cell}")}, new)
    case.refresh_from_db()
    assert case.cell == "990101001001999"
    assert told_of(case).change == {"gained": ["cell:990101001001999"], "lost": ["cell:990101001001003"]}


def test_a_set_of_changes_moves_a_case_once(planner: Client, open_case: Make) -> None:
    case = open_case(place=middle(0, 3))
    change(planner, cell(0, 3), cell(0, 3, code="PK778"))
    assert refs(case) >= {"park:PK777", "park:PK778"}
    assert case.version == 2


def test_a_closed_case_keeps_its_zones(planner: Client, open_case: Make, make_person: Make) -> None:
    case = open_case(place=middle(0, 3))
    for version, verb in enumerate(("accept", "complete", "close"), 1):
        actions.act(case.pk, verb, make_person(Role.ADMINISTRATOR), version=version, note="好了")
    before = told_of(case).seq
    change(planner, cell(0, 3))
    assert told_of(case).seq == before


def test_devices_follow_too(planner: Client) -> None:
    before = Feature.objects.get(object_type="device", object_id="WL-0001")
    (zone,) = change(planner, cell(2, 0))["zones"]
    after = Feature.objects.get(object_type="device", object_id="WL-0001")
    assert set(after.zones) - set(before.zones) == {zone["id"]}
    assert (after.state, after.version) == (before.state | {"zones": after.zones}, before.version + 1)
    row = JournalRow.objects.get(kind="device.rezoned")
    assert (row.object_id, row.change) == ("WL-0001", {"gained": ["park:PK777"], "lost": []})


def test_whoever_may_see_a_zone_sees_cases_and_devices_come_into_it_and_leave_it(
    planner: Client, open_case: Make
) -> None:
    """Rights hang on zones: the park's keeper gets what comes into the park, and loses what leaves it, live."""
    for column in range(4):
        open_case(place=middle(column, 1))
    park = {"code": "PK001", "name_zh": "中央公园", "name_en": "Central Park"}
    with verify_action() as told:
        change(planner, saved(square(0, 0, 2, 2), base=1, **park))
    assert sorted(one.kind for one in told) == ["case.rezoned", "case.rezoned", "device.rezoned", "zone.saved"]


def test_cases_follow_an_import(planner: Client, open_case: Make, tmp_path: Any) -> None:
    from tests.small_city import frame

    case = open_case(place=middle(0, 3))
    path = tmp_path / "parks.geojson"
    frame([{"code": "PK800", "name_zh": "新园", "geometry": square(0, 3)}]).to_file(path)
    with path.open("rb") as file:
        answer = planner.post("/api/zones/import", {"file": file, "kind": "park", "apply": "true"})
    assert answer.status_code == 200, answer.content
    assert "park:PK800" in refs(case)


def test_a_zone_that_is_saved_for_later_takes_cases_and_gives_them_back_when_its_time_has_come(
    planner: Client, open_case: Make
) -> None:
    case = open_case(place=middle(0, 3))
    begin = datetime.now(UTC) + HOUR
    fair = cell(0, 3, kind="event", code="FAIR", holds_to=(begin + HOUR).isoformat())
    change(planner, fair, at=begin.isoformat())
    turn()
    assert case.version == 1
    for at, inside in [(begin, True), (begin + HOUR, False)]:
        clock.change(at, 0)
        turn()
        assert ("event:FAIR" in refs(case)) == inside
        assert (told_of(case).kind, told_of(case).actor) == ("case.rezoned", "clock")


def test_a_case_of_a_batch_that_was_under_way_gets_its_zones_with_the_next_turn_of_the_clock(
    planner: Client, open_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_case(place=middle(0, 3))
    with unnoticed(monkeypatch):
        change(planner, cell(0, 3))
    assert "park:PK777" not in refs(case)
    turn()
    assert "park:PK777" in refs(case)


def test_the_clock_looks_twice_after_a_change_and_then_rests(planner: Client, statements: Callable[..., Any]) -> None:
    change(planner, cell(0, 3))
    for _ in range(3):
        turn()
    with statements() as sent:
        followers.catch_up()
    assert len(sent) == 1, "the revisions, and nothing else"


# Dispatched anew


def test_a_case_that_nobody_has_accepted_is_dispatched_anew_if_that_is_wanted(planner: Client, open_case: Make) -> None:
    case: Case = open_case(**LAMP, place=middle(0, 3))
    park = {"code": "PK001", "name_zh": "中央公园", "name_en": "Central Park"}
    change(planner, saved(square(0, 3), base=1, **park), reroute=True)
    before, after = case, Case.objects.get(pk=case.pk)
    assert (before.department, after.department, after.status) == ("UMB.LGT", "UMB.GRN", "dispatched")
    assert after.due_at == before.due_at
    assert after.decision["department"] == "UMB.GRN"
    assert after.decision["zones"] > before.decision["zones"]
    row = told_of(case)
    assert (row.kind, row.version, row.department) == ("case.rerouted", 2, "UMB.GRN")
    assert row.change == {"gained": ["park:PK001"], "lost": [], "department": ["UMB.LGT", "UMB.GRN"]}
    assert row.was["department"] == "UMB.LGT"
    assert AuditRow.objects.get(act="cases.rerouted").detail == {"count": 1}
    shown = planner.get(f"/api/cases/{case.pk}").json()
    assert "Central Park" in shown["decision"]["sentence_en"]
    assert shown["timeline"][-1]["text_en"].startswith("Dispatched anew to")


def test_otherwise_it_stays_where_it_is(planner: Client, open_case: Make, make_person: Make) -> None:
    """Without the wish; once accepted; and where the rules do not send it elsewhere."""
    accepted: Case = open_case(**LAMP, place=middle(0, 3))
    actions.act(accepted.pk, "accept", make_person(Role.ADMINISTRATOR), version=1)
    other: Case = open_case(category="E-05-05", place=middle(0, 3))
    park = {"code": "PK001", "name_zh": "中央公园"}
    change(planner, saved(square(0, 3), base=1, **park), reroute=True)
    dispatched: Case = open_case(**LAMP, place=middle(1, 1))
    change(planner, saved(square(1, 1), base=2, **park))
    for case, department in [(accepted, "UMB.LGT"), (other, other.department), (dispatched, dispatched.department)]:
        case.refresh_from_db()
        assert (case.department, told_of(case).kind) == (department, "case.rezoned")


def test_a_zones_new_department_sends_its_cases_there_though_no_zone_has_moved(
    planner: Client, open_case: Make
) -> None:
    """The default rule asks the street."""
    case: Case = open_case(category="E-04-98", place=middle(0, 0))
    assert case.department == "STR.01"
    street = {"kind": "street", "code": "990101001", "name_zh": "东风街道", "department": "STR.02"}
    change(planner, saved(square(0, 0, 2, 4), base=1, **street), reroute=True)
    case.refresh_from_db()
    assert case.department == "STR.02"
    assert told_of(case).change == {"gained": [], "lost": [], "department": ["STR.01", "STR.02"]}


def test_an_urgency_that_a_rule_had_raised_is_not_taken_for_the_reporters(planner: Client, open_case: Make) -> None:
    """A school's rule made it urgent; without the school it is what it was."""
    monday = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)  # 8:30 in the city
    clock.change(monday, 0)
    case: Case = open_case(at=monday, category="E-04-98", place=middle(3, 3))
    assert (case.department, case.urgency) == ("UMB.ENF", 2)
    school = ZoneVersion.objects.get(zone__code="SC001").zone_id
    clock.change(monday + timedelta(minutes=1), 0)
    change(planner, {"op": "retire", "zone": school}, reroute=True)
    case.refresh_from_db()
    assert (case.department, case.urgency) == ("STR.02", 1)


def test_a_change_for_later_dispatches_anew_when_its_time_has_come(planner: Client, open_case: Make) -> None:
    case: Case = open_case(**LAMP, place=middle(0, 3))
    begin = datetime.now(UTC) + HOUR
    park = {"code": "PK001", "name_zh": "中央公园"}
    change(planner, saved(square(0, 3), base=1, **park), at=begin.isoformat(), reroute=True)
    turn()
    case.refresh_from_db()
    assert case.version == 1
    clock.change(begin + timedelta(seconds=5), 0)
    turn()
    case.refresh_from_db()
    assert (case.department, case.version) == ("UMB.GRN", 2)
    assert told_of(case).actor.startswith("user:")


@pytest.mark.parametrize("reroute", [False, True])
def test_every_screen_follows(planner: Client, open_case: Make, reroute: bool) -> None:
    for column in range(4):
        open_case(**LAMP, place=middle(column, 1))
    with verify_action():
        change(
            planner,
            saved(square(0, 0, 2, 2), base=1, code="PK001", name_zh="中央公园"),
            cell(3, 1),
            reroute=reroute,
        )
