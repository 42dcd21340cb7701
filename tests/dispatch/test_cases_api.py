"""Cases over HTTP: lists that cost the same however long, and each person's own part of the city."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import Client

from dispatch import actions
from dispatch.models import Case, Report
from ingest.pipeline import process
from tests.dispatch.people import LONG, everybody, steps
from tests.small_city import middle
from tests.twin.screens import subscription
from tests.twin.verify import load_world
from twin.models import AuditRow, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def log_in(client: Client) -> Callable[[User], Client]:
    def as_user(user: User) -> Client:
        client.force_login(user)
        return client

    return as_user


def listed(client: Client, query: str = "") -> list[int]:
    return [case["id"] for case in client.get(f"/api/cases{query}").json()["items"]]


# What a list costs and gives


def test_a_list_of_a_hundred_costs_as_many_statements_as_a_list_of_one(
    log_in: Make, operator: User, make_event: Make, message_of: Make, statements: Make
) -> None:
    client = log_in(operator)
    counts = []
    for more in (1, 99):
        process([message_of(make_event()) for _ in range(more)])
        with statements() as sent:
            assert len(listed(client)) == Case.objects.count()
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 6, sent


@pytest.mark.usefixtures("media")
def test_a_detail_costs_the_same_however_much_happened(
    client: Client, open_case: Make, make_person: Make, statements: Make
) -> None:
    people = everybody(make_person)
    case, eventful = open_case(), open_case()
    for one, walk in ((case, LONG[7:8]), (eventful, LONG[7:17])):
        for step in steps(walk, one, people):
            one.refresh_from_db()
            actions.act(one.pk, step.verb, people[step.who], version=one.version, **step.inputs)
    client.force_login(people["operator"])
    counts = []
    for pk in (case.pk, eventful.pk):
        client.get(f"/api/cases/{pk}")
        with statements() as sent:
            shown = client.get(f"/api/cases/{pk}").json()
        counts.append(len(sent))
    assert len(shown["timeline"]) > 10
    assert len(shown["joint_tasks"]) == 1
    assert counts[0] == counts[1], sent


def test_the_newest_come_first_and_pages_follow_each_other(log_in: Make, operator: User, open_case: Make) -> None:
    opened = [open_case().pk for _ in range(5)]
    client = log_in(operator)
    pages, before = [], ""
    while page := client.get(f"/api/cases?limit=2{before}").json():
        pages.append([case["id"] for case in page["items"]])
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert pages == [opened[4:2:-1], opened[2:0:-1], opened[:1]]


def test_a_list_can_be_narrowed(log_in: Make, operator: User, open_case: Make) -> None:
    street, park = open_case(place=middle(0, 0)), open_case(place=middle(1, 1))
    water = open_case(category="E-05-06")
    Case.objects.filter(pk=street.pk).update(closed_at=street.opened_at)
    client = log_in(operator)
    assert listed(client, "?open=true") == [water.pk, park.pk]
    assert listed(client, "?open=false") == [street.pk]
    assert listed(client, "?department=UMB.GRN") == [park.pk]
    assert listed(client, "?category=E-05-06") == [water.pk]
    assert listed(client, f"?number={park.number}") == [park.pk]


def test_a_detail_has_all_that_the_panel_shows(log_in: Make, make_person: Make, open_case: Make) -> None:
    case = open_case(place=middle(1, 1), caller={"name": "王", "phone": "13800000000"})
    shown = log_in(make_person(Role.DEPARTMENT, ["UMB"])).get(f"/api/cases/{case.pk}").json()
    assert [zone["kind"] for zone in shown["zones"]] == ["park", "cell", "community", "street", "district"]
    assert [verb["code"] for verb in shown["verbs"]] == ["accept", "return", "hand_over", "ask_extension"]
    assert shown["verbs"][0] == {
        "code": "accept", "name_zh": "签收", "name_en": "Accept", "axis": "department", "to": "accepted",
        "needs_note": False, "inputs": [{"name": "note", "required": False, "choices": []}],
    }  # fmt: skip
    assert [moment["kind"] for moment in shown["timeline"]] == ["case.opened"]
    assert shown["timeline"][0]["text_zh"] == "立案并派遣至园林绿化管理处"
    (report,) = shown["reports"]
    assert report["has_reporter"]
    assert "13800000000" not in str(shown), "who called is read through a call of its own"


# Who sees what


@pytest.fixture
def cases(open_case: Make) -> dict[str, Case]:
    """Cases of two bureaus in two streets, one of them in the park."""
    return {
        "sanitation": open_case(place=middle(0, 0)),
        "park": open_case(place=middle(1, 1)),
        "water": open_case(place=middle(3, 0), category="E-05-06"),
        "east": open_case(place=middle(3, 3)),
    }


GRANTS = [
    ("the whole city", [], [], ["sanitation", "park", "water", "east"]),
    ("a bureau with its parts", ["UMB"], [], ["sanitation", "park", "east"]),
    ("one part of it", ["UMB.GRN"], [], ["park"]),
    ("another bureau", ["WAT"], [], ["water"]),
    ("a street", [], ["street:990101002"], ["water", "east"]),
    ("the park", [], ["park:PK001"], ["park"]),
    ("a bureau within a street", ["UMB"], ["street:990101002"], ["east"]),
    ("a department without cases", ["GAS"], [], []),
]


@pytest.mark.parametrize(("departments", "zones", "seen"), [g[1:] for g in GRANTS], ids=[g[0] for g in GRANTS])
def test_everybody_sees_their_part_in_list_detail_figures_snapshot_and_actions_alike(
    log_in: Make, make_person: Make, zone_id: Make, cases: dict[str, Case], departments: Any, zones: Any, seen: Any
) -> None:
    user = make_person(Role.ADMINISTRATOR, departments, [zone_id(ref) for ref in zones])
    client = log_in(user)
    expected = {cases[name].pk for name in seen}
    assert set(listed(client)) == expected
    assert {int(orjson.loads(one)["id"]) for one in load_world().visible(subscription("case"), user.scope)} == expected
    assert client.get("/api/figures").json()["open"] == len(expected)
    for case in cases.values():
        found = case.pk in expected
        assert client.get(f"/api/cases/{case.pk}").status_code == (200 if found else 404)
        answer = client.post(f"/api/cases/{case.pk}/actions/accept", {"version": 1}, "application/json")
        assert answer.status_code == (200 if found else 404)


def test_the_demos_department_and_grid_worker_have_their_own_part(log_in: Make, cases: dict[str, Case]) -> None:
    client = log_in(User.objects.get(username="demo-department"))
    assert set(listed(client)) == {cases[name].pk for name in ("sanitation", "park", "east")}
    client.force_login(User.objects.get(username="demo-grid"))
    assert set(listed(client)) == {cases[name].pk for name in ("sanitation", "park")}


def test_somebody_without_a_grant_sees_nothing(log_in: Make, make_person: Make, cases: dict[str, Case]) -> None:
    user = make_person()
    user.grants.all().delete()
    assert listed(log_in(user)) == []


# Reports that wait, and who reported


def test_reports_that_wait_are_listed_for_the_centre_alone(
    log_in: Make, operator: User, make_person: Make, make_event: Make, message_of: Make
) -> None:
    process([message_of(make_event(place=None, address=f"中路 {number} 号")) for number in (1, 2)])
    waiting = log_in(operator).get("/api/reports").json()
    assert ([report["address"] for report in waiting["items"]], waiting["total"]) == (["中路 1 号", "中路 2 号"], 2)
    assert log_in(make_person(Role.DEPARTMENT, ["UMB"])).get("/api/reports").json()["total"] == 0


def test_reports_that_wait_come_in_pages(
    log_in: Make, operator: User, make_event: Make, message_of: Make, statements: Make
) -> None:
    process([message_of(make_event(place=None)) for _ in range(5)])
    client, ids, after, counts = log_in(operator), [], 0, []
    while after is not None:
        with statements() as sent:
            page = client.get(f"/api/reports?limit=2&after={after}").json()
        ids.append([one["id"] for one in page["items"]])
        after = page["next"]
        counts.append(len(sent))
    assert [len(one) for one in ids] == [2, 2, 1]
    assert [one for page in ids for one in page] == list(Report.objects.order_by("pk").values_list("pk", flat=True))
    assert len(set(counts)) == 1


def test_a_report_is_located_over_http(log_in: Make, operator: User, make_event: Make, message_of: Make) -> None:
    process([message_of(make_event(place=None))])
    report = Report.objects.get()
    lon, lat = middle(1, 1)
    client = log_in(operator)
    answer = client.post(f"/api/reports/{report.pk}/locate", {"lon": lon, "lat": lat}, "application/json")
    assert (answer.status_code, answer.json()["case"]["department"]) == (200, "UMB.GRN")
    wrong = client.post(f"/api/reports/{report.pk}/locate", {"lon": 400, "lat": lat}, "application/json")
    assert wrong.status_code == 422


def test_each_look_at_who_reported_leaves_an_audit_row(log_in: Make, operator: User, open_case: Make) -> None:
    case = open_case(caller={"name": "王", "phone": "13800000000"})
    client = log_in(operator)
    report = case.reports.get()
    for looks in (1, 2):
        shown = client.get(f"/api/reports/{report.pk}/reporter").json()
        assert shown["reporter"]["phone"] == "13800000000"
        rows = AuditRow.objects.filter(act="reporter.viewed", object_id=report.pk, user=operator)
        assert rows.count() == looks


def test_who_reported_is_shown_to_nobody_who_may_not_see_the_case(
    log_in: Make, make_person: Make, open_case: Make
) -> None:
    report = open_case(caller={"name": "王"}).reports.get()
    client = log_in(make_person(Role.DEPARTMENT, ["WAT"]))
    assert client.get(f"/api/reports/{report.pk}/reporter").status_code == 404
    assert not AuditRow.objects.filter(act="reporter.viewed").exists()
