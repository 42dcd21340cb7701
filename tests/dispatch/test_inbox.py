"""What waits for a department's people, and one step for many cases; and the department's own settings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch import actions
from dispatch.models import Case
from twin import clock
from twin.models import Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


def do(case: Case, verb: str, user: User, **inputs: Any) -> None:
    case.refresh_from_db()
    actions.act(case.pk, verb, user, version=case.version, **inputs)


def inbox(client: Client, user: User, **asked: Any) -> Any:
    client.force_login(user)
    return client.get("/api/inbox", asked).json()


@pytest.fixture
def worker(make_person: Make) -> User:
    person: User = make_person(Role.DEPARTMENT, ["UMB.SAN"])
    return person


def test_urgent_tasks_come_first_and_each_says_why_it_is_there(
    client: Client, worker: User, open_case: Make, make_person: Make
) -> None:
    dispatcher, head = make_person(Role.DISPATCHER), make_person(Role.DEPARTMENT_HEAD, ["UMB"])
    calm, urgent = open_case(), open_case(urgency=3)
    do(calm, "accept", worker)
    do(calm, "invite", dispatcher, departments=["WAT"], note="请配合")
    do(calm, "ask_extension", worker, note="材料未到", value=2, unit="working_day")
    assert [one["id"] for one in inbox(client, worker)["items"]] == [urgent.pk, calm.pk]
    (joint,) = inbox(client, make_person(Role.DEPARTMENT, ["WAT"]))["items"]
    assert (joint["id"], joint["why"]) == (calm.pk, ["joint"])
    asked = {one["id"]: one for one in inbox(client, head)["items"]}[calm.pk]
    assert "approval" in asked["why"]
    assert asked["request"]["reason"] == "材料未到"
    assert inbox(client, dispatcher)["items"] == [], "the second step is not yet"
    do(calm, "approve", head)
    assert [one["why"] for one in inbox(client, dispatcher)["items"]] == [["approval"]]


def test_what_lies_on_other_desks_is_not_in_it_unless_asked_for(client: Client, worker: User, open_case: Make) -> None:
    case = open_case()
    do(case, "accept", worker)
    do(case, "complete", worker, note="已清运")
    assert inbox(client, worker)["items"] == []
    assert [one["id"] for one in inbox(client, worker, status="handled")["items"]] == [case.pk]


def test_it_is_searched_filtered_and_paged(client: Client, worker: User, open_case: Make) -> None:
    cases = [open_case() for _ in range(5)]
    Case.objects.filter(pk=cases[0].pk).update(due_at=clock.now() - timedelta(hours=1), handler=worker)
    first = cases[0].pk
    assert [one["id"] for one in inbox(client, worker, overdue=True)["items"]] == [first]
    assert [one["id"] for one in inbox(client, worker, mine=True)["items"]] == [first]
    assert [one["id"] for one in inbox(client, worker, text=cases[2].number)["items"]] == [cases[2].pk]
    name = inbox(client, worker)["items"][0]["category_zh"]
    assert inbox(client, worker, text=name)["total"] == 5
    pages = [inbox(client, worker, page=page, limit=2) for page in (1, 2, 3)]
    assert [one["id"] for page in pages for one in page["items"]] == [first] + [case.pk for case in cases[1:]]


def test_many_tasks_cost_as_many_statements_as_one(
    client: Client, worker: User, open_case: Make, statements: Make
) -> None:
    open_case()
    inbox(client, worker)
    counts = []
    for _ in range(2):
        with statements() as sent:
            client.get("/api/inbox")
        counts.append(len(sent))
        for _ in range(12):
            open_case()
    assert counts[0] == counts[1]


def test_one_that_fails_stops_none_of_the_others(client: Client, worker: User, open_case: Make) -> None:
    cases = [open_case() for _ in range(3)]
    do(cases[1], "accept", worker)
    client.force_login(worker)
    chosen = [{"id": case.pk, "version": 1} for case in cases]
    answer = client.post("/api/inbox/bulk", {"verb": "accept", "cases": chosen}, "application/json").json()
    assert [one["done"] for one in answer["items"]] == [True, False, True]
    assert answer["items"][1]["problem"]["status"] == 409
    assert set(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("status", flat=True)) == {"accepted"}


def test_a_head_keeps_the_roster_and_everybody_sees_who_is_on_duty(
    client: Client, worker: User, make_person: Make
) -> None:
    now = clock.now()
    shift = {"user": worker.pk, "starts": (now - timedelta(hours=1)).isoformat()}
    shift["ends"] = (now + timedelta(hours=1)).isoformat()
    client.force_login(make_person(Role.DEPARTMENT_HEAD, ["UMB"]))
    body = {"version": 1, "phone": "0510-12345", "roster": [shift]}
    changed = client.put("/api/departments/UMB.SAN", body, "application/json").json()
    assert [one["id"] for one in changed["on_duty"]] == [worker.pk]
    assert changed["phone"] == "0510-12345"
    stranger = make_person(Role.DEPARTMENT, ["WAT"])
    wrong = {"version": 2, "roster": [shift | {"user": stranger.pk}]}
    assert client.put("/api/departments/UMB.SAN", wrong, "application/json").status_code == 422
    client.force_login(stranger)
    assert client.get("/api/departments/UMB.SAN").status_code == 404
    assert client.put("/api/departments/UMB.SAN", {"version": 2, "phone": "1"}, "application/json").status_code == 403
