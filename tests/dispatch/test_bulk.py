"""One step for many cases: which is possible for all of them, and what became of each."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dispatch import actions
from dispatch.models import Case
from twin.models import Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


def verbs(client: Client, *cases: Case) -> Any:
    return client.post("/api/bulk/verbs", {"cases": [case.pk for case in cases]}, "application/json").json()


def test_only_what_is_possible_for_all_of_them_is_offered(client: Client, open_case: Make, make_person: Make) -> None:
    head = make_person(Role.DEPARTMENT_HEAD, ["UMB"])
    fresh, accepted = open_case(), open_case()
    actions.act(accepted.pk, "accept", head, version=1)
    client.force_login(head)
    each = [{one["code"] for one in verbs(client, case)["items"]} for case in (fresh, accepted)]
    assert "accept" in each[0] - each[1]
    together = verbs(client, fresh, accepted)
    assert {one["code"] for one in together["items"]} == each[0] & each[1]
    assert together["cases"] == 2


def test_what_is_offered_for_one_is_what_its_panel_offers(client: Client, open_case: Make, make_person: Make) -> None:
    case, worker = open_case(), make_person(Role.DEPARTMENT, ["UMB.SAN"])
    actions.act(case.pk, "accept", worker, version=1)
    actions.act(case.pk, "ask_extension", worker, version=2, note="材料未到", value=2, unit="working_day")
    for person in (worker, make_person(Role.DEPARTMENT_HEAD, ["UMB"]), make_person(Role.DISPATCHER)):
        client.force_login(person)
        shown = client.get(f"/api/cases/{case.pk}").json()["verbs"]
        # A photo, a person or a report is of one case.
        of_one = {"photos_before", "photos_after", "documents", "person", "condition", "report", "reached"}
        general = [
            one["code"]
            for one in shown
            if not of_one & {wanted["name"] for wanted in one["inputs"] if wanted["required"]}
        ]
        assert [one["code"] for one in verbs(client, case)["items"]] == general


def test_cases_that_are_not_a_persons_to_see_are_not_counted(
    client: Client, open_case: Make, make_person: Make
) -> None:
    case = open_case()
    client.force_login(make_person(Role.DEPARTMENT, ["WAT"]))
    assert verbs(client, case) == {"items": [], "cases": 0}


def test_many_cost_as_many_statements_as_one(
    client: Client, open_case: Make, make_person: Make, statements: Make
) -> None:
    client.force_login(make_person(Role.DISPATCHER))
    cases = [open_case() for _ in range(8)]
    verbs(client, cases[0])
    counts = []
    for chosen in (cases[:1], cases):
        with statements() as sent:
            verbs(client, *chosen)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_each_of_many_has_its_own_outcome(client: Client, open_case: Make, make_person: Make) -> None:
    cases = [open_case() for _ in range(3)]
    actions.act(cases[1].pk, "urge", make_person(Role.DISPATCHER), version=1)
    client.force_login(make_person(Role.DISPATCHER))
    body = {"verb": "urge", "cases": [{"id": case.pk, "version": 1} for case in cases], "inputs": {"note": "请加快"}}
    answer = client.post("/api/bulk", body, "application/json").json()
    assert [(one["id"], one["done"]) for one in answer["items"]] == [
        (cases[0].pk, True), (cases[1].pk, False), (cases[2].pk, True),
    ]  # fmt: skip
    assert answer["done"] == 2
    assert answer["items"][1]["problem"]["status"] == 409
