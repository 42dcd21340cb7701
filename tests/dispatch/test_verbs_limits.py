"""When a step is no longer possible: counted, timed, and while a request waits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from dispatch.models import Case, Request
from dispatch.verbs import engine
from tests.dispatch.people import take
from twin import clock, journal
from twin.models import AuditRow, JournalRow, User
from twin.problems import Problem

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


def refused(case: Case, verb: str, user: User, **inputs: Any) -> Problem:
    with pytest.raises(Problem) as problem:
        take(case, verb, user, **inputs)
    assert problem.value.extra.get("detail_zh"), "said in both languages"
    return problem.value


def test_a_case_is_returned_twice_at_most(case: Case, people: dict[str, User]) -> None:
    for _ in range(2):
        take(case, "return", people["worker"], note="不属本部门")
        take(case, "dispatch", people["dispatcher"])
    problem = refused(case, "return", people["worker"], note="不属本部门")
    assert (problem.status, "2 times" in problem.detail) == (422, True)


def test_a_case_is_returned_soon_after_its_dispatch_or_not_at_all(case: Case, people: dict[str, User]) -> None:
    Case.objects.filter(pk=case.pk).update(dispatched_at=clock.now() - timedelta(days=14))
    assert refused(case, "return", people["worker"], note="x").status == 422


def test_an_extension_is_asked_for_before_the_deadline(case: Case, people: dict[str, User]) -> None:
    Case.objects.filter(pk=case.pk).update(due_at=clock.now() - timedelta(minutes=1))
    assert "before the deadline" in refused(case, "ask_extension", people["worker"], note="x").detail


def test_two_extensions_are_granted_and_refused_ones_do_not_count(case: Case, people: dict[str, User]) -> None:
    due: list[Any] = []
    for verbs in (["refuse"], ["approve", "approve"], ["refuse"], ["approve", "approve"]):
        take(case, "ask_extension", people["worker"], note="材料未到")
        for who, verb in zip(("head", "chief"), verbs, strict=False):
            take(case, verb, people[who], note="x")
        case.refresh_from_db()
        due.append(case.due_at)
    assert due[0] < due[1] == due[2] < due[3]
    assert case.extensions == 2
    assert refused(case, "ask_extension", people["worker"], note="x").status == 422


def test_without_a_length_the_limit_is_given_once_more(case: Case, people: dict[str, User]) -> None:
    take(case, "ask_extension", people["worker"], note="材料未到")
    for who in ("head", "dispatcher"):
        take(case, "approve", people[who])
    row = JournalRow.objects.get(kind="case.extended")
    assert row.change["step"] == 2
    assert Request.objects.get().decided_by == people["dispatcher"]


def test_one_request_at_a_time(case: Case, people: dict[str, User]) -> None:
    take(case, "accept", people["worker"])
    take(case, "ask_extension", people["worker"], note="x")
    until = clock.now() + timedelta(days=9)
    assert refused(case, "ask_suspension", people["worker"], note="x", until=until).status == 422


def test_steps_are_approved_in_turn_and_by_others(case: Case, people: dict[str, User]) -> None:
    take(case, "ask_extension", people["worker"], note="x")
    for who in ("dispatcher", "worker"):
        with pytest.raises(PermissionDenied):
            take(case, "approve", people[who])
    take(case, "approve", people["head"])
    with pytest.raises(PermissionDenied):
        take(case, "approve", people["head"])
    assert take(case, "approve", people["chief"]).extensions == 1


def test_a_head_who_asks_has_taken_the_first_step(case: Case, people: dict[str, User]) -> None:
    take(case, "ask_extension", people["head"], note="x")
    assert take(case, "approve", people["dispatcher"]).extensions == 1


def test_nobody_decides_on_their_own_request(case: Case, people: dict[str, User]) -> None:
    take(case, "ask_extension", people["admin"], note="x")
    with pytest.raises(PermissionDenied, match="yourself"):
        take(case, "approve", people["admin"])


def test_a_request_lapses_when_the_case_goes_on(case: Case, people: dict[str, User]) -> None:
    take(case, "accept", people["worker"])
    take(case, "ask_extension", people["worker"], note="x")
    done = take(case, "complete", people["worker"], note="提前完成")
    request = Request.objects.get()
    assert (request.granted, request.decided_by, done.asking) == (False, None, "")
    assert JournalRow.objects.get(kind="case.handled").change["lapsed"] == request.pk


def test_a_suspension_stops_the_clock_for_a_year_at_most(case: Case, people: dict[str, User]) -> None:
    take(case, "accept", people["worker"])
    far, near = clock.now() + timedelta(days=366), clock.now() + timedelta(days=30)
    assert refused(case, "ask_suspension", people["worker"], note="x", until=far).status == 422
    assert refused(case, "ask_suspension", people["worker"], note="x", until=clock.now()).status == 422
    take(case, "ask_suspension", people["worker"], note="x", until=near)
    for who in ("head", "dispatcher"):
        rests = take(case, "approve", people[who])
    assert (rests.status, rests.due_at, rests.suspended_until, rests.wake_at) == ("suspended", None, near, near)
    again = take(case, "resume", people["worker"])
    assert (again.status, again.suspended_until, again.due_at is not None) == ("accepted", None, True)


def test_the_clock_takes_a_suspended_case_up_again(case: Case, people: dict[str, User]) -> None:
    take(case, "accept", people["worker"])
    take(case, "ask_suspension", people["worker"], note="x", until=clock.now() + timedelta(days=30))
    for who in ("head", "dispatcher"):
        take(case, "approve", people[who])
    with journal.writing() as said:
        rests = Case.objects.select_for_update().get(pk=case.pk)
        assert engine.by_itself(said, rests, "resume")
        assert not engine.by_itself(said, rests, "resume"), "it is taken up already"
    assert (rests.status, rests.suspended_until) == ("accepted", None)
    assert JournalRow.objects.get(kind="case.resumed").actor == "clock"
    assert AuditRow.objects.get(act="case.resumed").user is None


def test_an_appeal_is_made_once_and_keeps_the_fact(case: Case, people: dict[str, User]) -> None:
    Case.objects.filter(pk=case.pk).update(due_at=clock.now() - timedelta(days=1))
    for verb in ("accept", "complete", "close"):
        take(case, verb, people["admin"], note="x")
    take(case, "ask_appeal", people["worker"], note="停电")
    take(case, "refuse", people["head"], note="理由不足")
    assert refused(case, "ask_appeal", people["worker"], note="x").status == 422
    case.refresh_from_db()
    assert not case.exempt
    assert case.due_at is not None
    assert case.closed_at is not None
    assert case.due_at < case.closed_at, "that it was late stays known"
