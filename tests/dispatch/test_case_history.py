"""A case as it was: its state, timeline, zones and rights of then."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch import actions
from dispatch.models import Case
from geo import changes
from geo.changes import Draft
from tests.small_city import middle, square
from tests.twin.journals import head
from twin import journal
from twin.models import JournalRow, Role, User

Make = Callable[..., Any]


@pytest.fixture
def worked(city: None, make_person: Make, open_case: Make) -> tuple[Case, dict[str, int]]:
    """A case through every status, and the journal's sequence after each step."""
    administrator = make_person(Role.ADMINISTRATOR)
    case: Case = open_case(place=middle(1, 1))
    after = {"open": head()}
    for version, verb in enumerate(["accept", "complete", "close"], 1):
        case = actions.act(case.pk, verb, administrator, version=version, note="看过")
        after[verb] = head()
    return case, after


@pytest.fixture
def past(client: Client) -> Callable[..., Any]:
    def ask(user: User, case: Case, **moment: Any) -> Any:
        client.force_login(user)
        return client.get(f"/api/history/cases/{case.pk}", moment)

    return ask


def test_each_step_is_there_as_it_was(worked: Any, past: Make, operator: User) -> None:
    case, after = worked
    found = {step: past(operator, case, seq=seq).json() for step, seq in after.items()}
    statuses = [found[step]["status"] for step in after]
    assert statuses == ["dispatched", "accepted", "handled", "closed"]
    assert [len(found[step]["timeline"]) for step in after] == [1, 2, 3, 4]
    assert [found[step]["version"] for step in after] == [1, 2, 3, 4]
    assert [found[step]["closed_at"] is None for step in after] == [True, True, True, False]
    assert all(then["verbs"] == [] for then in found.values()), "nothing can be done in the past"


def test_the_last_moment_says_what_the_case_says_now(worked: Any, past: Make, client: Client, operator: User) -> None:
    case, _ = worked
    then = past(operator, case).json()
    now = client.get(f"/api/cases/{case.pk}").json()
    said = then.keys() - {"seq", "at", "verbs"}
    assert {"status", "timeline", "decision", "reports", "zones", "department"} <= said
    assert {name: _whole(then[name]) for name in said} == {name: _whole(now[name]) for name in said}


def _whole(value: Any) -> Any:
    """The journal writes a state's times to the second (docs/protocol.md), the case itself keeps them finer."""
    return re.sub(r"\.\d+Z$", "Z", value) if isinstance(value, str) else value


def test_a_case_is_not_there_before_it_was_opened(worked: Any, past: Make, operator: User) -> None:
    case, after = worked
    answer = past(operator, case, seq=after["open"] - 1)
    assert answer.status_code == 404
    row = JournalRow.objects.get(seq=after["open"])
    assert past(operator, case, at=(row.at + timedelta(milliseconds=1)).isoformat()).status_code == 200


def test_who_may_see_it_goes_by_the_department_of_then(worked: Any, past: Make, make_person: Make) -> None:
    case, after = worked
    mine = make_person(Role.DEPARTMENT, departments=[case.department])
    Case.objects.filter(pk=case.pk).update(department="WAT")  # it was handed over later
    assert past(mine, case, seq=after["accept"]).status_code == 200
    assert past(make_person(Role.DEPARTMENT, departments=["WAT"]), case, seq=after["accept"]).status_code == 404


def test_zones_have_the_names_of_then(worked: Any, past: Make, operator: User, make_person: Make) -> None:
    case, after = worked
    with journal.writing() as said:
        draft = Draft("park", "PK001", "人民公园", square(1, 1, 2, 2))
        changes.save(said, draft, make_person(Role.PLANNER), base=1)
    names = {zone["name_zh"] for zone in past(operator, case, seq=after["open"]).json()["zones"]}
    assert "中央公园" in names
    assert "人民公园" not in names
    assert "人民公园" in {zone["name_zh"] for zone in past(operator, case).json()["zones"]}
