"""The list of those who wait for a call back, over all cases that have ended."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dispatch.models import CallBack, Case, Report
from tests.dispatch.people import photo
from tests.dispatch.test_merging import fresh, merge
from tests.dispatch.test_registering import post
from twin import clock
from twin.models import Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
CALLER = {"name": "李先生", "phone": "13900000000", "confidential": False}


@pytest.fixture
def agent(make_person: Make, client: Client) -> User:
    user: User = make_person(Role.HOTLINE_AGENT)
    client.force_login(user)
    return user


@pytest.fixture
def ended(open_case: Make) -> Make:
    """A case with a caller that was closed so many hours ago."""

    def make(hours: float = 1, status: str = "closed", caller: Any = CALLER) -> Case:
        case: Case = open_case(caller=caller) if caller else open_case()
        at = clock.now() - timedelta(hours=hours)
        Case.objects.filter(pk=case.pk).update(status=status, ending=status, closed_at=at)
        return fresh(case)

    return make


def waiting(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/call-backs", query)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def ids(listed: dict[str, Any]) -> list[int]:
    return [one["id"] for one in listed["items"]]


def test_who_ended_first_is_called_first_page_by_page(client: Client, agent: User, ended: Make) -> None:
    cases = [ended(hours) for hours in (2, 9, 4)]
    second, first, third = cases[2], cases[1], cases[0]
    page = waiting(client, limit=2)
    assert (ids(page), page["total"], page["reporters"]) == ([first.pk, second.pk], 3, 3)
    assert ids(waiting(client, limit=2, after=page["next"])) == [third.pk]
    assert "13900000000" not in str(page)


def test_only_who_left_a_number_of_what_has_ended_is_listed(
    client: Client, agent: User, ended: Make, open_case: Make
) -> None:
    wanted = ended()
    open_case(caller=CALLER)
    ended(caller=None)
    Report.objects.filter(case=ended()).update(reporter=CALLER | {"wants_call_back": False})
    ended(status="voided")
    ended(hours=24 * 40)
    assert ids(waiting(client)) == [wanted.pk]
    assert len(ids(waiting(client, days=60))) == 2


def test_everybody_of_a_merged_matter_waits_at_the_case_that_went_on(
    client: Client, agent: User, open_case: Make, make_person: Make
) -> None:
    case, into = open_case(caller=CALLER, description="甲"), open_case(caller=CALLER | {"confidential": True})
    client.force_login(make_person(Role.OPERATOR))
    merge(client, case, into)
    client.force_login(agent)
    assert ids(waiting(client)) == [], "the matter goes on"
    Case.objects.filter(pk=into.pk).update(status="closed", ending="closed", closed_at=clock.now())
    (shown,) = waiting(client)["items"]
    assert shown["id"] == into.pk
    assert [one["confidential"] for one in shown["reporters"]] == [False, True]
    assert [one["case"]["id"] for one in shown["reporters"]] == [case.pk, into.pk]


def test_who_was_reached_or_tried_often_enough_is_gone_until_it_is_done_again(
    client: Client, agent: User, ended: Make
) -> None:
    case = ended()
    report = case.reports.get().pk

    def call(**answer: Any) -> list[int]:
        post(client, f"cases/{case.pk}/actions/call_back", {"version": fresh(case).version, "report": report} | answer)
        return ids(waiting(client))

    assert call(reached=False) == [case.pk]
    assert waiting(client)["items"][0]["reporters"][0]["tried"] == 1
    assert call(reached=True, result="yes", rating=3) == []
    Case.objects.filter(pk=case.pk).update(closed_at=CallBack.objects.latest("pk").at + timedelta(seconds=1))
    assert ids(waiting(client)) == [case.pk]
    for _ in range(waiting(client)["tries"]):
        CallBack.objects.create(
            case=case, report_id=report, reached=False, by=agent, at=clock.now() + timedelta(minutes=1)
        )
    assert ids(waiting(client)) == []


def test_what_the_department_did_is_told(
    client: Client, agent: User, open_case: Make, make_person: Make, media: Path
) -> None:
    case = open_case(caller=CALLER)
    worker = make_person(Role.DEPARTMENT, [case.department])
    client.force_login(worker)
    post(client, f"cases/{case.pk}/actions/accept", {"version": 1})
    after = photo(case, worker)
    done = {"version": 2, "note": "已清运", "attachments": [after]}
    post(client, f"cases/{case.pk}/actions/complete", done)
    Case.objects.filter(pk=case.pk).update(status="closed", ending="closed", closed_at=clock.now())
    client.force_login(agent)
    (shown,) = waiting(client)["items"]
    assert (shown["done"], [one["id"] for one in shown["photos"]]) == ("已清运", [after])


def test_only_those_who_call_back_see_the_list_and_only_of_what_they_see(
    client: Client, make_person: Make, ended: Make
) -> None:
    case = ended()
    client.force_login(make_person(Role.DEPARTMENT, [case.department]))
    assert client.get("/api/call-backs").status_code == 403
    client.force_login(make_person(Role.OPERATOR, ["WAT"]))
    assert ids(waiting(client)) == []
    client.force_login(make_person(Role.OPERATOR, [case.department]))
    assert ids(waiting(client)) == [case.pk]


def test_a_long_list_costs_as_many_statements_as_a_short_one(
    client: Client, agent: User, ended: Make, statements: Make
) -> None:
    counts = []
    for more in (1, 4):
        for _ in range(more):
            ended()
        with statements() as sent:
            assert len(waiting(client)["items"]) == (1 if more == 1 else 5)
        counts.append(len(sent))
    assert counts[0] == counts[1]
