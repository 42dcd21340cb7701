"""Cases that are one matter are merged, taken apart again and split; no report is ever lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.matters import merging
from dispatch.matters.family import family
from dispatch.models import Case, Report
from tests.dispatch.people import as_reported
from tests.dispatch.test_registering import post
from tests.small_city import middle
from tests.twin.verify import verify_action
from twin.models import AuditRow, Role, User
from twin.problems import Problem

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def operator(make_person: Make, client: Client) -> User:
    user: User = make_person(Role.OPERATOR)
    client.force_login(user)
    return user


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def merge(client: Client, case: Case, into: Case, status: int = 200) -> dict[str, Any]:
    body = {"into": into.pk, "version": fresh(case).version, "into_version": fresh(into).version, "note": "同一处"}
    return post(client, f"cases/{case.pk}/merge", body, status)


def unmerge(client: Client, case: Case, status: int = 200) -> dict[str, Any]:
    return post(client, f"cases/{case.pk}/unmerge", {"version": fresh(case).version}, status)


def test_the_merged_case_leaves_the_map_and_the_other_answers_for_all(
    client: Client, operator: User, open_case: Make
) -> None:
    first, second, third = open_case(urgency=3), open_case(), open_case()
    with verify_action() as told:
        merge(client, first, second)
    assert [one.kind for one in told] == ["case.merged", "case.took_in"]
    shown = merge(client, second, third)
    reports = Report.objects.filter(case__in=[first, second, third]).values_list("pk", flat=True)
    assert [report["id"] for report in shown["reports"]] == sorted(reports)
    assert {report["case"] for report in shown["reports"]} == {first.pk, second.pk, third.pk}, "rows of their own"
    assert {one["id"] for one in shown["related"]["merged"]} == {first.pk, second.pk}
    assert (shown["urgency"], fresh(third).due_at) == (3, third.due_at)
    assert shown["timeline"][-1]["text_zh"] == f"并入本案： {second.number}：同一处"
    gone = client.get(f"/api/cases/{first.pk}").json()
    assert (gone["status"], gone["related"]["merged_into"]["id"], gone["verbs"]) != ("dispatched", None, [])
    assert gone["closed_at"] is not None
    history = client.get(f"/api/history/cases/{third.pk}").json()
    assert [report["id"] for report in history["reports"]] == sorted(reports)
    assert set(AuditRow.objects.values_list("act", flat=True)) >= {"case.merged", "case.took_in"}


def test_it_comes_back_as_it_was(client: Client, operator: User, open_case: Make) -> None:
    case, into = as_reported(open_case()), open_case()
    Case.objects.filter(pk=case.pk).update(stage_due_at=case.opened_at + timedelta(minutes=15))
    case.refresh_from_db()
    merge(client, case, into)
    with verify_action() as told:
        shown = unmerge(client, case)
    assert [one.kind for one in told] == ["case.unmerged", "case.gave_back"]
    back = fresh(case)
    for name in (
        "status",
        "due_at",
        "warn_at",
        "stage_due_at",
        "dispatched_at",
        "closed_at",
        "ending",
        "merged_into_id",
    ):
        assert getattr(back, name) == getattr(case, name), name
    assert back.wake_at is not None
    assert shown["related"]["merged_into"] is None
    other = client.get(f"/api/cases/{into.pk}").json()
    assert [report["case"] for report in other["reports"]] == [into.pk]
    history = client.get(f"/api/history/cases/{into.pk}").json()
    assert [report["id"] for report in history["reports"]] == [report["id"] for report in other["reports"]]
    unmerge(client, case, 422)


def test_it_comes_back_from_a_case_that_has_ended(
    client: Client, operator: User, make_person: Make, open_case: Make
) -> None:
    case, into = open_case(), open_case()
    merge(client, case, into)
    client.force_login(make_person(Role.DUTY_CHIEF))
    post(client, f"cases/{into.pk}/actions/force_close", {"version": fresh(into).version, "note": "重复"})
    with verify_action() as told:
        unmerge(client, case)
    assert [(one.kind, one.change["state"] is None) for one in told] == [
        ("case.unmerged", False),
        ("case.gave_back", True),
    ]
    assert (fresh(case).status, fresh(into).status) == ("dispatched", "force_closed")


def test_a_suspended_case_comes_back_suspended(client: Client, operator: User, open_case: Make) -> None:
    case, into = open_case(), open_case()
    until = case.opened_at + timedelta(days=30)
    kept = {"status": "suspended", "suspended_until": until, "remaining": 3600.0, "due_at": None, "warn_at": None}
    Case.objects.filter(pk=case.pk).update(**kept)
    merge(client, case, into)
    assert fresh(case).suspended_until is None
    unmerge(client, case)
    back = fresh(case)
    assert {name: getattr(back, name) for name in kept} == kept
    assert back.wake_at == until


def test_what_cannot_be_merged(client: Client, operator: User, open_case: Make) -> None:
    case, into, ended, exercise = open_case(), open_case(), open_case(), open_case()
    Case.objects.filter(pk=ended.pk).update(status="closed", closed_at=ended.opened_at)
    Case.objects.filter(pk=exercise.pk).update(exercise="drill")
    assert "ended" in merge(client, case, ended, 422)["detail"]
    assert "ended" in merge(client, ended, case, 422)["detail"]
    assert "exercise" in merge(client, case, exercise, 422)["detail"]
    assert "itself" in merge(client, case, case, 422)["detail"]
    merge(client, case, into)
    assert "ended" in merge(client, into, case, 422)["detail"], "no cycles"
    stale = {"into": into.pk, "version": 1, "into_version": 1}
    other = open_case()
    answer = post(client, f"cases/{other.pk}/merge", stale, 409)
    assert (answer["version"], answer["changed"][0]["kind"]) == (2, "case.took_in")


def test_a_department_cannot_merge(client: Client, make_person: Make, open_case: Make) -> None:
    case, into = open_case(), open_case()
    client.force_login(make_person(Role.DEPARTMENT, ["UMB"]))
    merge(client, case, into, 403)
    client.force_login(make_person(Role.DISPATCHER, ["WAT"]))
    merge(client, case, into, 404)


def test_a_request_that_waits_lapses(client: Client, operator: User, make_person: Make, open_case: Make) -> None:
    case, into = open_case(), open_case()
    client.force_login(make_person(Role.DEPARTMENT, ["UMB"]))
    post(client, f"cases/{case.pk}/actions/ask_extension", {"version": 1, "note": "下雨"})
    client.force_login(operator)
    merge(client, case, into)
    assert (fresh(case).asking, case.requests.get().granted) == ("", False)


def test_splitting_opens_cases_that_are_routed_by_themselves(client: Client, operator: User, open_case: Make) -> None:
    case = open_case()
    parts = [
        {"category": "C-01-01", "description": "井盖破损"},
        {"category": "E-01-10", "description": "请自来水公司处理", "department": "WAT"},
    ]
    with verify_action() as told:
        shown = post(client, f"cases/{case.pk}/split", {"version": 1, "parts": parts, "note": "两家的事"})
    assert [one.kind for one in told] == ["case.opened", "case.opened", "case.redirected", "case.split"]
    (cover, water) = shown["related"]["parts"]
    assert cover["department"] == open_case(category="C-01-01").department
    assert (water["department"], water["category"]) == ("WAT", "E-01-10")
    part = client.get(f"/api/cases/{cover['id']}").json()
    assert part["related"]["split_from"]["id"] == case.pk
    assert [report["description"] for report in part["reports"]] == ["井盖破损"]
    assert (shown["status"], len(shown["reports"])) == ("dispatched", 1)
    post(client, f"cases/{case.pk}/split", {"version": 1, "parts": parts}, 409)


def test_many_merged_cases_cost_as_many_statements_as_one(
    client: Client, operator: User, open_case: Make, statements: Make
) -> None:
    into, counts = open_case(caller={"phone": "13900000000"}), []
    for more in (1, 4):
        for _ in range(more):
            merge(client, open_case(caller={"phone": "13900000000"}), into)
        with statements() as sent:
            shown = client.get(f"/api/cases/{into.pk}").json()
            called = client.get(f"/api/cases/{into.pk}/call-backs").json()
        counts.append(len(sent))
    assert (len(shown["reports"]), len(called["waiting"]), counts[0]) == (6, 6, counts[1])


def test_every_reporter_is_called_back(client: Client, make_person: Make, open_case: Make) -> None:
    caller = {"name": "李先生", "phone": "13900000000", "confidential": False}
    case = open_case(caller=caller)
    into = open_case(caller=caller)
    silent = open_case()
    client.force_login(make_person(Role.OPERATOR))
    merge(client, case, into)
    merge(client, silent, into)
    early = client.get(f"/api/cases/{case.pk}").json()
    body = {"version": early["version"], "report": early["reports"][0]["id"], "reached": True, "result": "yes"}
    assert into.number in post(client, f"cases/{case.pk}/actions/call_back", body, 422)["detail"]
    Case.objects.filter(pk=into.pk).update(status="closed", ending="closed", closed_at=into.opened_at)
    address = f"/api/cases/{into.pk}/call-backs"
    asked = client.get(address)
    assert "13900000000" not in asked.content.decode()
    listed = asked.json()
    assert [one["case"]["id"] for one in listed["waiting"]] == [case.pk, into.pk]
    assert listed["called_back"] is False

    def call(report: int, **answer: Any) -> dict[str, Any]:
        body = {"version": fresh(into).version, "report": report} | answer
        post(client, f"cases/{into.pk}/actions/call_back", body)
        return dict(client.get(address).json())

    theirs, own = (one["report"] for one in listed["waiting"])
    assert [one["report"] for one in call(theirs, reached=True, result="yes")["waiting"]] == [own]
    for tried in range(listed["tries"]):
        assert (left := client.get(address).json())["called_back"] is False
        assert left["waiting"][0]["tried"] == tried
        left = call(own, reached=False)
    assert (left["called_back"], left["waiting"]) == (True, [])
    Case.objects.filter(pk=into.pk).update(closed_at=into.opened_at + timedelta(days=1))
    assert len(client.get(address).json()["waiting"]) == 2, "it was done again, so they are called again"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4)), max_size=12))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_report_stays_on_exactly_one_case(
    open_case: Make, make_person: Make, acts: list[tuple[bool, int, int]]
) -> None:
    """Whatever is merged and taken apart: the cases that are merged into none answer for every report, once."""
    user = make_person(Role.OPERATOR)
    cases = [open_case(place=middle(0, 0)) for _ in range(5)]
    ids = [case.pk for case in cases]
    refusals: set[int] = set()
    reports = dict(Report.objects.filter(case__in=ids).values_list("pk", "case"))
    for joins, one, other in acts:
        case, into = fresh(cases[one]), fresh(cases[other])
        try:
            if joins:
                merging.merge(case.pk, into.pk, user, version=case.version, into_version=into.version)
            else:
                merging.unmerge(case.pk, user, version=case.version)
        except Problem as error:
            refusals.add(error.status)
        assert refusals <= {422}
        held = list(Case.objects.filter(pk__in=ids))
        assert all((case.status == "merged") == (case.merged_into_id is not None) for case in held)
        assert all((case.closed_at is None) == (case.merged_into_id is None) for case in held)
        roots = [case.pk for case in held if case.merged_into_id is None]
        answered = sorted(pk for root in roots for pk in family(root))
        assert answered == sorted(ids)
        assert dict(Report.objects.filter(case__in=ids).values_list("pk", "case")) == reports
