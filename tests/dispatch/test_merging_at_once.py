"""Two people register or merge the same at the same moment."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.test import Client

from dispatch import actions
from dispatch.matters import merging
from dispatch.models import Case, Report
from tests.dispatch.test_acting_at_once import outcomes
from tests.dispatch.test_registering import form
from tests.threads import PATIENCE, at_once
from twin.models import JournalRow, Role, User

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]


@pytest.mark.parametrize("time", range(5))
def test_crosswise_one_wins_and_the_other_is_told(open_case: Make, make_person: Make, time: int) -> None:
    one, other = open_case(), open_case()
    people, together = [make_person(Role.OPERATOR) for _ in range(2)], Barrier(2)

    def merge(user: User, case: Case, into: Case) -> Case:
        together.wait(PATIENCE)
        return merging.merge(case.pk, into.pk, user, version=1, into_version=1)

    with at_once() as start:
        won, lost = outcomes(start(merge, people[0], one, other), start(merge, people[1], other, one))
    assert [problem.status for problem in lost] == [409]
    (case,) = won
    gone = other if case.pk == one.pk else one
    assert Case.objects.get(pk=gone.pk).merged_into_id == case.pk
    kinds = JournalRow.objects.filter(object_id__in=[one.pk, other.pk]).exclude(kind="case.opened")
    assert sorted(kinds.values_list("kind", flat=True)) == ["case.merged", "case.took_in"]


def test_merged_while_somebody_accepts(open_case: Make, make_person: Make) -> None:
    case, into = open_case(), open_case()
    operator, worker, together = make_person(Role.OPERATOR), make_person(Role.DEPARTMENT, ["UMB"]), Barrier(2)

    def merge() -> Case:
        together.wait(PATIENCE)
        return merging.merge(case.pk, into.pk, operator, version=1, into_version=1)

    def accept() -> Case:
        together.wait(PATIENCE)
        return actions.act(into.pk, "accept", worker, version=1)

    with at_once() as start:
        won, lost = outcomes(start(merge), start(accept))
    assert (len(won), [problem.status for problem in lost]) == (1, [409])
    assert (Case.objects.get(pk=case.pk).merged_into_id is None) == (won[0].status == "accepted")


def test_the_same_form_sent_twice_at_once_is_one_report(make_person: Make) -> None:
    user, body, together, clients = make_person(Role.HOTLINE_AGENT), form(), Barrier(2), [Client(), Client()]
    for client in clients:
        client.force_login(user)

    def send(client: Client) -> dict[str, Any]:
        together.wait(PATIENCE)
        return dict(client.post("/api/reports", body, "application/json").json())

    with at_once() as start:
        answers = [one.result(PATIENCE) for one in [start(send, client) for client in clients]]
    assert sorted(answer["again"] for answer in answers) == [False, True]
    assert answers[0]["case"]["id"] == answers[1]["case"]["id"]
    assert Report.objects.filter(message_id=f"{user.pk}:{body['client_id']}").count() == 1
