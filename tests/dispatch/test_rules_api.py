"""Rules over HTTP: saved as a whole or refused with every fault, in force at once, tried without a trace."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Case, Report, RuleSet
from tests.dispatch.rule_world import condition, rule
from tests.small_city import middle
from tests.twin.verify import verify_action
from twin import clock
from twin.models import AuditRow, JournalRow, Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
LAST = {"order": 9999, "name_zh": "默认", "name_en": "Default", "when": [], "department": "UMB"}


@pytest.fixture
def planner(client: Client, make_person: Make) -> Client:
    client.force_login(make_person(Role.PLANNER))
    return client


def put(client: Client, *rules: dict[str, Any], version: str = "2026.2", base: str = "", **more: Any) -> Any:
    body = {"version": version, "base": base or newest(client), "rules": [*rules, LAST]} | more
    return client.put("/api/rules", body, content_type="application/json")


def newest(client: Client) -> str:
    return str(client.get("/api/rules").json()["items"][0]["version"])


def test_a_saved_set_decides_about_the_next_report(planner: Client, open_case: Make) -> None:
    assert open_case().department != "WAT"
    assert put(planner, rule(10, condition("channel", "in", ["hotline"]))).status_code == 200
    assert open_case().department == "WAT"
    assert AuditRow.objects.get(act="rules.saved").detail["rules"] == 2
    listed = planner.get("/api/rules").json()["items"]
    assert [one["version"] for one in listed if one["in_force"]] == ["2026.2"]


def test_a_set_for_later_waits_for_its_time(planner: Client, open_case: Make) -> None:
    later = (clock.now() + timedelta(hours=1)).isoformat()
    assert put(planner, rule(10, condition("channel", "in", ["hotline"])), holds_from=later).status_code == 200
    assert open_case().department != "WAT"


def test_every_fault_is_told_with_its_place_and_nothing_is_saved(planner: Client) -> None:
    before = RuleSet.objects.count()
    answer = put(
        planner,
        rule(10, condition("urgency", "eq", 1), condition("zone", "in", ["park:NOWHERE"])),
        rule(20, condition("urgency", "eq", 1), department="XXX"),
    )
    assert answer.status_code == 422
    assert [(fault["rule"], fault["condition"]) for fault in answer.json()["faults"]] == [(0, 1), (1, None)]
    assert "no zone park:NOWHERE" in answer.json()["detail"]
    assert (
        answer.json()["detail_zh"]
        == answer.json()["faults"][0]["text_zh"]
        == "规则 10（规则10）：所在区域：没有 park:NOWHERE"
    )
    assert RuleSet.objects.count() == before


def test_the_second_of_two_planners_hears_what_the_first_has_saved(planner: Client) -> None:
    base = newest(planner)
    assert put(planner, version="a", base=base).status_code == 200
    answer = put(planner, version="b", base=base)
    assert (answer.status_code, answer.json()["version"]) == (409, "a")


@pytest.mark.parametrize("hours", [-1, -24 * 365])
def test_a_set_cannot_hold_from_the_past(planner: Client, hours: int) -> None:
    begin = (clock.now() + timedelta(hours=hours)).isoformat()
    assert put(planner, holds_from=begin).status_code == 422


def test_rules_are_changed_by_planners_and_administrators_alone(client: Client, make_person: Make) -> None:
    client.force_login(make_person(Role.OPERATOR))
    assert put(client).status_code == 403
    client.force_login(make_person(Role.DEPARTMENT, ["UMB"]))
    assert client.get("/api/rules").status_code == 403


def report(**more: Any) -> dict[str, Any]:
    lon, lat = middle(1, 1)
    return {"category": "E-05-02", "lon": lon, "lat": lat, "channel": "hotline"} | more


def test_a_report_is_tried_without_leaving_a_trace(planner: Client) -> None:
    before = JournalRow.objects.count(), Report.objects.count(), Case.objects.count()
    said = planner.post("/api/rules/try", report(text="燃气味"), content_type="application/json").json()
    assert said["department"] == "GAS"
    assert said["urgency"] == 3
    assert "GAS" in said["department"]
    assert said["decision"]["sentence_zh"].startswith("因为")
    assert {"park", "cell"} <= {zone["kind"] for zone in said["zones"]}
    assert (JournalRow.objects.count(), Report.objects.count(), Case.objects.count()) == before


def test_a_case_is_tried_by_rules_that_are_not_saved(planner: Client, open_case: Make) -> None:
    case = open_case(place=middle(1, 1))
    park = rule(10, condition("zone_kind", "in", ["park"]), department="UMB.GRN", joint=["WAT"], notify=["GAS"])
    body = {"case": case.number, "rules": [park, LAST]}
    said = planner.post("/api/rules/try", body, content_type="application/json").json()
    assert (said["department"], said["joint"], said["notify"]) == ("UMB.GRN", ["WAT"], ["GAS"])
    assert "中央公园" in said["decision"]["sentence_zh"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"category": "E-99-99"}, "no category"),
        ({"condition": 9}, "no filing condition 9"),
        ({"lon": 0.0, "lat": 0.0}, "outside the city"),
        ({"lon": None}, "where it is"),
        ({"rules": []}, "cannot be tried"),
    ],
)
def test_what_cannot_be_tried_is_said(planner: Client, wrong: dict[str, Any], says: str) -> None:
    answer = planner.post("/api/rules/try", report(**wrong), content_type="application/json")
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_what_a_form_offers_is_what_a_set_may_have(planner: Client) -> None:
    said = planner.get("/api/rules/fields").json()
    held = planner.get(f"/api/rules/sets/{newest(planner)}").json()["rules"]
    asked = {(c["field"], c["op"]) for one in held for c in one["when"]}
    assert asked <= {(field["code"], op) for field in said["fields"] for op in field["operators"]}
    assert "wartime" in {flag["code"] for flag in said["flags"]}


def test_a_state_of_the_city_changes_where_the_next_report_goes(
    planner: Client, client: Client, make_person: Make, open_case: Make
) -> None:
    assert put(planner, rule(10, condition("flag", "in", ["wartime"]))).status_code == 200
    client.force_login(make_person(Role.DUTY_CHIEF))
    seen = []
    for raised in (True, True, False):
        body = {"raised": raised, "reason": "台风登陆"}
        with verify_action() as rows:
            assert client.put("/api/flags/wartime", body, content_type="application/json").status_code == 200
        seen.append(([row.kind for row in rows], open_case().department))
    assert seen == [(["flag.raised"], "WAT"), ([], "WAT"), (["flag.lowered"], "UMB")]


def test_a_state_is_raised_with_a_reason_by_those_who_may(client: Client, make_person: Make) -> None:
    client.force_login(make_person(Role.DUTY_CHIEF))
    body = {"raised": True, "reason": " "}
    assert client.put("/api/flags/wartime", body, content_type="application/json").status_code == 422
    assert client.put("/api/flags/peace", body, content_type="application/json").status_code == 404
    client.force_login(make_person(Role.GRID_WORKER))
    assert client.put("/api/flags/wartime", body, content_type="application/json").status_code == 403


def test_the_third_report_of_a_cell_is_counted_over_batches_and_within_one(
    planner: Client, open_case: Make, make_event: Make, message_of: Make
) -> None:
    from ingest.pipeline import process

    third = rule(10, condition("count", "ge", {"reports": 3, "hours": 24, "same": "category"}))
    assert put(planner, third).status_code == 200
    assert open_case().department == "UMB"
    process([message_of(make_event()) for _ in range(3)] + [message_of(make_event(place=middle(3, 3)))])
    assert list(Case.objects.order_by("pk").values_list("department", flat=True))[-4:] == ["UMB", "WAT", "WAT", "UMB"]
