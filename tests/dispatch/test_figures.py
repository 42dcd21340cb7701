"""The figures of a day, now and at a moment of the past, and the lists of cases behind them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch.figures import Day
from dispatch.models import Case
from twin import clock
from twin.models import Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
HOUR = timedelta(hours=1)


@pytest.fixture
def noon() -> datetime:
    """Noon of yesterday: a whole day of hours lies before and after it."""
    return Day.of(clock.now() - timedelta(days=1)).begin + 12 * HOUR


def set_times(case: Case, **times: Any) -> None:
    Case.objects.filter(pk=case.pk).update(**times)


def day(client: Client, user: User, at: datetime) -> Any:
    client.force_login(user)
    return client.get("/api/figures/day", {"at": at.isoformat()}).json()


def test_a_day_is_counted_as_it_stood(client: Client, operator: User, open_case: Make, noon: datetime) -> None:
    begun = noon - 3 * HOUR
    set_times(open_case(), opened_at=begun, due_at=noon - HOUR)
    set_times(open_case(), opened_at=begun, due_at=noon + HOUR, closed_at=noon - HOUR)
    set_times(open_case(), opened_at=begun, due_at=noon - 2 * HOUR, closed_at=noon - HOUR)
    set_times(open_case(), opened_at=begun, due_at=noon + HOUR, closed_at=noon + HOUR)
    set_times(open_case(), opened_at=begun - timedelta(days=7), closed_at=noon - timedelta(days=6))
    told = day(client, operator, noon)
    assert told["figures"] == {
        "open": 2, "overdue": 1, "opened_today": 4, "closed_today": 2, "late_today": 1, "on_time_rate_today": 0.5,
    }  # fmt: skip
    assert told["week_before"]["opened_today"] == 1
    hour = next(one for one in told["by_hour"] if datetime.fromisoformat(one["hour"]) == begun)
    assert (hour["opened"], hour["opened_week_before"]) == (4, 1)
    assert told["by_channel"] == [{"code": "hotline", "count": 2}]
    assert told["by_department"] == [{"code": "UMB.SAN", "count": 2}]


def test_lateness_that_an_appeal_has_forgiven_is_not_counted(
    client: Client, operator: User, open_case: Make, noon: datetime
) -> None:
    set_times(open_case(), opened_at=noon - 3 * HOUR, due_at=noon - 2 * HOUR, closed_at=noon - HOUR, exempt=True)
    assert day(client, operator, noon)["figures"]["on_time_rate_today"] == 1


def test_the_cases_behind_a_figure_are_listed(client: Client, operator: User, open_case: Make, noon: datetime) -> None:
    early, late = open_case(), open_case()
    set_times(early, opened_at=noon - 5 * HOUR, due_at=noon, closed_at=noon - HOUR)
    set_times(late, opened_at=noon - 3 * HOUR, due_at=noon - 2 * HOUR, closed_at=noon - HOUR)
    client.force_login(operator)

    def listed(**asked: Any) -> list[int]:
        return [one["id"] for one in client.get("/api/cases", asked).json()["items"]]

    within = {"closed_from": (noon - 12 * HOUR).isoformat(), "closed_until": noon.isoformat()}
    assert listed(**within, late=True) == [late.pk]
    assert listed(**within, late=False) == [early.pk]
    opened = {"opened_from": (noon - 3 * HOUR).isoformat(), "opened_until": (noon - 2 * HOUR).isoformat()}
    assert listed(**opened) == [late.pk]


def test_nobody_counts_what_they_may_not_see_and_more_cases_cost_no_more_statements(
    client: Client, open_case: Make, make_person: Make, statements: Make
) -> None:
    open_case()
    water = make_person(Role.DEPARTMENT, ["WAT"])
    assert day(client, water, clock.now())["figures"]["open"] == 0
    mine = make_person(Role.DEPARTMENT, ["UMB.SAN"])
    day(client, mine, clock.now())  # what a process keeps it has read then
    counts = []
    for _ in range(2):
        with statements() as sent:
            day(client, mine, clock.now())
        counts.append(len(sent))
        for _ in range(5):
            open_case()
    assert counts[0] == counts[1]
    assert counts[0] < 20
