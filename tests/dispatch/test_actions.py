"""What people do with cases: the steps of the workflow, who may take them, and that each is whole or not at all."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test import Client

from dispatch import actions, workflow
from dispatch.detail import possible
from dispatch.models import Case, Report
from ingest.pipeline import process
from tests.small_city import OUTSIDE, middle
from twin import revisions
from twin.models import AuditRow, JournalRow, Role, User
from twin.problems import Problem

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def parked(make_event: Make, message_of: Make) -> Report:
    process([message_of(make_event(place=None, address="中路 1 号"))])
    return Report.objects.get(state="to_be_located")


def refused(case: Case, verb: str, user: User, **more: Any) -> Problem:
    given: dict[str, Any] = {"version": case.version, "note": "x"}
    with pytest.raises(Problem) as problem:
        actions.act(case.pk, verb, user, **given | more)
    return problem.value


def history(case: Case) -> list[str]:
    rows = JournalRow.objects.filter(object_type="case", object_id=str(case.pk)).order_by("seq")
    return list(rows.values_list("kind", flat=True))


# Steps


def test_a_case_goes_round_the_loop_and_is_closed(case: Case, make_person: Make) -> None:
    department, operator = make_person(Role.DEPARTMENT, ["UMB"]), make_person(Role.OPERATOR)
    steps = [("accept", department), ("complete", department), ("rework", operator), ("complete", department)]
    for version, (verb, user) in enumerate([*steps, ("close", operator)], 1):
        case = actions.act(case.pk, verb, user, version=version, note="好了")
        assert case.version == version + 1
    assert case.status == "closed"
    assert case.closed_at is not None
    assert history(case) == [
        "case.opened", "case.accepted", "case.handled", "case.reworked", "case.handled", "case.closed"
    ]  # fmt: skip


def test_a_step_is_taken_from_its_own_statuses_alone(case: Case, make_person: Make) -> None:
    administrator, flow = make_person(Role.ADMINISTRATOR), workflow.current()
    for status in flow.statuses:
        Case.objects.filter(pk=case.pk).update(status=status)
        for verb in flow.document.verb:
            if status not in verb.sources and verb.effect != "opine":
                assert refused(case, verb.code, administrator).status == 422
    assert history(case) == ["case.opened"]


def test_a_step_is_offered_to_and_taken_by_its_own_roles_alone(case: Case, make_person: Make) -> None:
    people, flow = {role: make_person(role) for role in Role.values}, workflow.current()
    known = revisions.read()
    simple = [verb for verb in flow.document.verb if verb.effect not in ("approve", "refuse", "opine")]
    for verb in simple:
        Case.objects.filter(pk=case.pk).update(status=verb.sources[0])
        case.refresh_from_db()
        offered = {role for role, user in people.items() if verb in possible(case, user, [], known, [], [])}
        assert offered == set(verb.roles), verb.code
        for role in people.keys() - offered:
            with pytest.raises(PermissionDenied):
                actions.act(case.pk, verb.code, people[role], version=1, note="x")
    assert history(case) == ["case.opened"]


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_step_that_needs_a_reason_is_refused_without_one(case: Case, make_person: Make, note: str) -> None:
    administrator = make_person(Role.ADMINISTRATOR)
    actions.act(case.pk, "accept", administrator, version=1)
    case.refresh_from_db()
    assert refused(case, "complete", administrator, note=note).status == 422


def test_an_unknown_verb_is_not_found_and_the_known_ones_are_named(case: Case, operator: User) -> None:
    problem = refused(case, "paint", operator)
    assert (problem.status, "accept" in problem.detail) == (404, True)


def test_a_case_that_has_changed_is_not_changed_again_unseen(case: Case, make_person: Make) -> None:
    administrator = make_person(Role.ADMINISTRATOR)
    actions.act(case.pk, "accept", administrator, version=1)
    problem = refused(case, "accept", administrator, version=1)
    assert (problem.status, problem.extra["version"], problem.extra["status_now"]) == (409, 2, "accepted")
    assert "it is now accepted (version 2, you had 1)" in problem.detail


def test_who_comes_too_late_is_told_who_did_what_since(case: Case, make_person: Make) -> None:
    first, second = make_person(Role.DEPARTMENT, ["UMB"]), make_person(Role.ADMINISTRATOR)
    User.objects.filter(pk=first.pk).update(name="王建国")
    actions.act(case.pk, "accept", first, version=1)
    actions.act(case.pk, "complete", first, version=2, note="已清运")
    problem = refused(case, "redirect", second, version=1, department="WAT")
    assert [(m["actor"], m["kind"]) for m in problem.extra["changed"]] == [
        ("王建国", "case.accepted"), ("王建国", "case.handled")
    ]  # fmt: skip
    assert "王建国：处置反馈，转为待核查：已清运" in problem.extra["detail_zh"]
    assert "王建国: Report completion; now to be inspected: 已清运" in problem.detail


# Traces


def test_a_step_leaves_an_audit_row_and_a_journal_row(case: Case, make_person: Make, client: Client) -> None:
    user = make_person(Role.ADMINISTRATOR)
    client.force_login(user)
    answer = client.post(f"/api/cases/{case.pk}/actions/accept", {"version": 1, "note": "马上"}, "application/json")
    assert (answer.status_code, answer.json()["status"], answer.json()["version"]) == (200, "accepted", 2)
    audit = AuditRow.objects.get(act="case.accepted")
    assert (audit.user, audit.object_type, audit.object_id, audit.address) == (user, "case", str(case.pk), "127.0.0.1")
    assert audit.detail == {"status": ["dispatched", "accepted"], "note": "马上"}
    row = JournalRow.objects.get(kind="case.accepted")
    assert (row.actor, row.change) == (f"user:{user.pk}", {"status": ["dispatched", "accepted"], "note": "马上"})


@pytest.fixture
def no_audit(city: None) -> None:
    """An audit that cannot be written: the database itself refuses its rows."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE twin_auditrow ADD CHECK (false) NOT VALID")


@pytest.mark.usefixtures("no_audit")
def test_a_step_whose_audit_row_cannot_be_written_is_not_taken(case: Case, make_person: Make) -> None:
    administrator = make_person(Role.ADMINISTRATOR)
    with pytest.raises(IntegrityError):
        actions.act(case.pk, "accept", administrator, version=1)
    case.refresh_from_db()
    assert (case.status, case.version, history(case)) == ("dispatched", 1, ["case.opened"])


@pytest.mark.usefixtures("no_audit")
def test_a_report_whose_audit_row_cannot_be_written_is_not_located(parked: Report, operator: User) -> None:
    with pytest.raises(IntegrityError):
        actions.locate(parked.pk, *middle(1, 1), operator)
    parked.refresh_from_db()
    assert (parked.state, Case.objects.count()) == ("to_be_located", 0)


# Locating


def test_locating_a_report_opens_its_case(parked: Report, operator: User, zone_id: Make) -> None:
    opened = actions.locate(parked.pk, *middle(1, 1), operator)
    case = Case.objects.get(pk=opened.case_id)
    assert (case.department, case.cell, case.place_zh) == ("UMB.GRN", "990101001001002", "中路 1 号")
    assert case.zones[0] == zone_id("park:PK001")
    parked.refresh_from_db()
    assert (parked.state, parked.case, parked.crs, parked.x, parked.y) == ("case", case, "WGS84", *middle(1, 1))
    assert list(case.reports.all()) == [parked]
    assert AuditRow.objects.get(act="report.located").user == operator


def test_a_report_is_located_once(parked: Report, operator: User) -> None:
    actions.locate(parked.pk, *middle(1, 1), operator)
    with pytest.raises(Problem) as problem:
        actions.locate(parked.pk, *middle(2, 2), operator)
    assert (problem.value.status, Case.objects.count()) == (404, 1)


def test_a_report_cannot_be_located_outside_the_city(parked: Report, operator: User) -> None:
    with pytest.raises(Problem) as problem:
        actions.locate(parked.pk, *OUTSIDE, operator)
    assert (problem.value.status, problem.value.extra["code"]) == (422, "outside_city")
    parked.refresh_from_db()
    assert parked.state == "to_be_located"


def test_a_report_that_waits_is_none_of_a_departments_business(parked: Report, make_person: Make) -> None:
    with pytest.raises(Problem) as problem:
        actions.locate(parked.pk, *middle(1, 1), make_person(Role.DEPARTMENT, ["UMB"]))
    assert problem.value.status == 404
