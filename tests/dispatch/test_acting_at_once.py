"""Two people act on one case at the same moment, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dispatch import actions
from dispatch.models import Case, Report
from dispatch.verbs import engine
from ingest.pipeline import process
from tests.small_city import middle
from tests.threads import PATIENCE, at_once, elsewhere, somebody_waits_for_me, wait_for
from twin.models import AuditRow, JournalRow, Role, User
from twin.problems import Problem

pytestmark = pytest.mark.usefixtures("own_city")


def outcomes(*futures: Future[Any]) -> tuple[list[Any], list[Problem]]:
    """What the work gave, and the problems it met; any other error is raised."""
    problems = [error for future in futures if isinstance(error := future.exception(PATIENCE), Problem)]
    return [future.result() for future in futures if not isinstance(future.exception(), Problem)], problems


def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told(
    open_case: Callable[..., Case], make_person: Callable[..., User]
) -> None:
    case, people = open_case(), [make_person(Role.DEPARTMENT, ["UMB"]) for _ in range(2)]
    together = Barrier(2)

    def accept(user: User) -> Case:
        together.wait(PATIENCE)
        return actions.act(case.pk, "accept", user, version=1)

    with at_once() as start:
        won, lost = outcomes(*[start(accept, user) for user in people])
    assert [(c.status, c.version) for c in won] == [("accepted", 2)]
    assert [(p.status, p.extra["version"], p.extra["status_now"]) for p in lost] == [(409, 2, "accepted")]
    assert [moment["kind"] for moment in lost[0].extra["changed"]] == ["case.accepted"]
    assert JournalRow.objects.filter(kind="case.accepted", object_id=case.pk).count() == 1
    assert AuditRow.objects.filter(act="case.accepted", object_id=case.pk).count() == 1


def test_who_comes_second_waits_for_the_first_and_sees_what_it_did(
    open_case: Callable[..., Case], make_person: Callable[..., User]
) -> None:
    """Nobody gets an error of the database, however close they come."""
    case, first, second = open_case(), make_person(Role.ADMINISTRATOR), make_person(Role.ADMINISTRATOR)
    with at_once() as start:
        with transaction.atomic():
            actions.act(case.pk, "accept", first, version=1)
            late = start(lambda: actions.act(case.pk, "accept", second, version=1))
            wait_for(somebody_waits_for_me, "the second waits for the first")
        _, (told,) = outcomes(late)
    assert (told.status, told.extra["status_now"]) == (409, "accepted")


def test_who_waits_too_long_is_told_to_try_again(
    open_case: Callable[..., Case], make_person: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database giving up is no error of the server: nothing was done, and it can be done again."""
    monkeypatch.setattr(engine, "PATIENCE", "50ms")
    case, person = open_case(), make_person(Role.ADMINISTRATOR)
    client = Client()
    client.force_login(person)
    address = f"/api/cases/{case.pk}/actions/accept"
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        answer = elsewhere(client.post, address, {"version": 1}, "application/json")
    assert (answer.status_code, "try again" in answer.json()["detail"]) == (503, True)
    assert client.post(address, {"version": 1}, "application/json").status_code == 200


def test_two_who_lock_each_other_out_get_an_answer(
    open_case: Callable[..., Case], make_person: Callable[..., User]
) -> None:
    """A deadlock: one of them is let through, the other one is told to try again."""
    first, second = open_case(), open_case()
    person = make_person(Role.ADMINISTRATOR)
    together = Barrier(2)

    def take(one: Case, other: Case) -> Case:
        with engine.patient(), transaction.atomic():
            Case.objects.select_for_update().get(pk=one.pk)
            together.wait(PATIENCE)
            return actions.act(other.pk, "accept", person, version=1)

    with at_once() as start:
        won, lost = outcomes(start(take, first, second), start(take, second, first))
    assert (len(won), [problem.status for problem in lost]) == (1, [503])


def test_a_report_that_two_place_at_once_becomes_one_case(
    make_event: Callable[..., Any], message_of: Callable[..., Any], make_person: Callable[..., User]
) -> None:
    process([message_of(make_event(place=None))])
    parked = Report.objects.get(state="to_be_located")
    people = [make_person(Role.OPERATOR) for _ in range(2)]
    together = Barrier(2)

    def locate(user: User, column: int) -> Any:
        together.wait(PATIENCE)
        return actions.locate(parked.pk, *middle(column, 0), user)

    with at_once() as start:
        won, lost = outcomes(*[start(locate, user, column) for column, user in enumerate(people)])
    assert (len(won), [problem.status for problem in lost]) == (1, [404])
    assert Case.objects.get(pk=won[0].case_id).reports.get() == parked
