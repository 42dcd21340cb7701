"""The city's time: the wall clock, unless a drill has said otherwise."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch import actions
from dispatch.models import Case
from ingest.message import Message
from ingest.pipeline import process
from tests.threads import elsewhere
from twin import clock, revisions
from twin.models import ClockSetting, JournalRow, Role, User

NOON = datetime(2027, 5, 6, 12, 0, tzinfo=UTC)


def set_wall_back(seconds: float) -> None:
    """As if the clock had been changed so many seconds ago."""
    ClockSetting.objects.update(wall_anchor=datetime.now(UTC) - timedelta(seconds=seconds))
    revisions.bump("clock")


def test_without_a_setting_it_is_the_wall_clock(city: None) -> None:
    assert abs(clock.now(revisions.read()) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(("rate", "passed"), [(1.0, 10), (60.0, 600), (0.5, 5), (0.0, 0)])
def test_it_runs_at_the_rate_that_was_set(city: None, rate: float, passed: float) -> None:
    clock.change(NOON, rate)
    set_wall_back(10)
    late = clock.now(revisions.read()) - NOON - timedelta(seconds=passed)
    assert timedelta(0) <= late < timedelta(seconds=5 * rate + 0.001)


@pytest.mark.parametrize(("city_time", "rate"), [(NOON.replace(tzinfo=None), 1.0), (NOON, -1.0)])
def test_a_naive_time_and_a_clock_that_runs_back_are_refused(city: None, city_time: datetime, rate: float) -> None:
    with pytest.raises(ValueError, match="zone and a rate"):
        clock.change(city_time, rate)


def test_a_report_is_stamped_with_the_citys_time(
    city: None, make_event: Callable[..., Any], message_of: Callable[..., Message]
) -> None:
    clock.change(NOON, 0)
    process([message_of(make_event() | {"time": NOON.isoformat()})])
    assert Case.objects.get().opened_at == NOON


def test_a_change_by_another_process_holds_for_the_next_act(
    own_city: None, open_case: Callable[..., Case], make_person: Callable[..., User]
) -> None:
    """Also where this process has not looked at the clock since."""
    administrator = make_person(Role.ADMINISTRATOR)
    case = open_case()
    elsewhere(clock.change, NOON, 0.0)
    actions.act(case.pk, "accept", administrator, version=1)
    assert JournalRow.objects.get(kind="case.accepted").at == NOON
