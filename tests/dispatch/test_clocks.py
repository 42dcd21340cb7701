"""A case's clock through dispatch, pause, extension and stages, against a walker that counts minutes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import clocks
from dispatch.calendars import CITY, WorkingTime, build, hours_of
from dispatch.ladders import NO_LADDER
from dispatch.models import Calendar, Case, Department, LimitUnit
from dispatch.stages import NO_STAGE
from tests.dispatch import test_calendars as walking
from tests.dispatch.times import SHANGHAI, city_is_at, local
from twin import revisions

Make = Callable[..., Any]
FIRST, LAST = walking.FIRST, walking.LAST
MIDNIGHT = datetime.combine(FIRST, time(), SHANGHAI)


@contextmanager
def alone(calendar: WorkingTime) -> Iterator[None]:
    """A case and its calendar, without ladders, stages and a database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clocks, "hours_of", lambda department, known: calendar)
        patch.setattr(clocks, "ladder_of", lambda case, known: NO_LADDER)
        patch.setattr(clocks, "stage_of", lambda status, known: NO_STAGE)
        yield


class Walker:
    """The same clock, kept by counting minutes one by one."""

    def __init__(self, at: datetime, minutes: int, works: Callable[[datetime], bool]) -> None:
        self.now, self.left, self.works = at, minutes, works

    def pass_(self, minutes: int, running: bool = True) -> None:
        for _ in range(minutes):
            self.left -= running and self.works(self.now)
            self.now += timedelta(minutes=1)

    def due(self) -> datetime:
        now, left = self.now, self.left
        while left > 0:
            left -= self.works(now)
            now += timedelta(minutes=1)
        return now


@settings(max_examples=40)
@given(
    weekdays=walking.weeks,
    hours=walking.hours_of_a_day,
    exceptions=walking.differing,
    begin=st.integers(0, 20 * 1440),
    days=st.floats(0.5, 3),
    life=st.lists(
        st.tuples(st.sampled_from(["pause", "extend"]), st.integers(1, 900), st.integers(1, 4000)), max_size=3
    ),
    unit=st.sampled_from([LimitUnit.WORKING_HOUR.value, LimitUnit.URGENT_HOUR.value]),
)
def test_a_deadline_is_what_counting_minutes_gives_whatever_happens_to_the_case(
    weekdays: set[int],
    hours: walking.Hours,
    exceptions: dict[date, bool],
    begin: int,
    days: float,
    life: Any,
    unit: str,
) -> None:
    calendar = build(weekdays, hours, FIRST, LAST, exceptions, SHANGHAI)
    walks = unit == LimitUnit.WORKING_HOUR
    minutes = 1 + int(days * calendar.day / 60)
    at = MIDNIGHT + timedelta(minutes=begin)
    case = Case(status="accepted", urgency=1, category="E-01-10", channel="grid", department="X", told=0)
    case.extensions = case.suspensions = 0
    case.limit_value, case.limit_unit = minutes / 60, unit
    walker = Walker(at, minutes, lambda now: not walks or walking.works(now, weekdays, hours, exceptions))
    with alone(calendar):
        clocks.start(case, at, {})
        for what, after, long in life:
            walker.pass_(after)
            if walker.left <= 0:
                assert case.due_at is not None
                assert case.due_at <= walker.now
                return
            if what == "pause":
                clocks.pause(case, walker.now, walker.now + timedelta(minutes=long), {})
                assert case.due_at is None
                walker.pass_(long, running=False)
                clocks.resume(case, walker.now, {})
            else:
                clocks.extend(case, long % 600 / 60, unit, walker.now, {})
                walker.left += long % 600
        assert case.due_at is not None
        assert case.warn_at is not None
        assert abs(case.due_at - walker.due()) < timedelta(seconds=1)
        assert case.warn_at <= case.due_at
        left = clocks.left(case, walker.now, {})
        assert left == pytest.approx(walker.left * 60, abs=1)


# By department


@pytest.fixture
def night_shift(city: None) -> None:
    """Sanitation (UMB.SAN) works from 22:00 to 06:00; what is above and beside it keeps the city's hours."""
    Calendar.objects.create(
        code="night", name_zh="夜班", name_en="Night", weekdays=[1, 2, 3, 4, 5], hours=[["22:00", "06:00"]],
        first_day=date(2026, 1, 1), last_day=date(2027, 12, 31),
    )  # fmt: skip
    Department.objects.filter(pk="UMB.SAN").update(calendar="night")
    revisions.bump("calendars")
    revisions.bump("departments")


@pytest.mark.usefixtures("night_shift")
def test_a_limit_walks_the_hours_of_the_department_that_leads(open_case: Make) -> None:
    case = open_case(at=city_is_at("2026-09-07 09:00"))
    assert (case.department, case.due_at) == ("UMB.SAN", local("2026-09-08 02:00")), "four hours from 22:00 on"


@pytest.mark.usefixtures("night_shift")
def test_a_department_without_a_calendar_has_its_parents_else_the_citys() -> None:
    known = revisions.read()
    assert hours_of("UMB.GRN", known).day == 8 * 3600
    assert hours_of("UMB.GRN", known) is hours_of("", known)
    Department.objects.filter(pk="UMB").update(calendar="night")
    revisions.bump("departments")
    known = revisions.read()
    assert hours_of("UMB.GRN", known) is hours_of("UMB.SAN", known)
    assert hours_of("WAT", known) is hours_of("nobody", known)


def test_a_city_without_a_calendar_waits_for_one(city: None) -> None:
    Calendar.objects.filter(pk=CITY).delete()
    revisions.bump("calendars")
    with pytest.raises(revisions.NotReady, match="no working calendar 'city'"):
        hours_of("UMB", revisions.read())


# One function at a time


@pytest.fixture
def case(city: None, open_case: Make) -> Case:
    """Four working hours from Monday 9:00: yellow at 14:12, due at 15:00."""
    opened: Case = open_case(at=city_is_at("2026-09-07 09:00"))
    return opened


def test_a_year_without_holidays_entered_still_opens_cases(city: None, open_case: Make) -> None:
    """Friday 31 December 2027 is the calendar's last day; the deadline goes by weekdays and says so."""
    case = open_case(at=city_is_at("2027-12-31 17:00"))
    assert case.due_at == local("2028-01-03 11:00")
    known = revisions.read()
    assert clocks.shown(case, local("2027-12-31 17:00"), known) == {
        "limit": {"value": 4.0, "unit": "working_hour"}, "remaining_seconds": 4 * 3600, "provisional": True
    }  # fmt: skip


def test_another_department_gets_the_whole_limit(case: Case) -> None:
    """From its own dispatch on; the limit that a rule or a person set stays."""
    case.limit_value, case.limit_unit, case.told = 2, "urgent_hour", 7
    clocks.start(case, local("2026-09-07 16:00"), revisions.read())
    assert (case.dispatched_at, case.due_at) == (local("2026-09-07 16:00"), local("2026-09-07 18:00"))
    assert case.told == 0


def test_a_case_filed_by_hand_gets_the_limit_of_its_condition(case: Case) -> None:
    case.limit_value, case.limit_unit, case.due_at = None, "", None
    clocks.start(case, local("2026-09-07 09:00"), revisions.read())
    assert [case.limit_value, case.limit_unit, case.due_at] == [4, "working_hour", local("2026-09-07 15:00")]


def test_an_extension_is_told_of_again(case: Case) -> None:
    """Asked for after the warning, granted for four hours more: a new warning, at four fifths of them."""
    case.told = 0b11  # stage and warning
    clocks.extend(case, 4, "working_hour", local("2026-09-07 14:30"), revisions.read())
    assert (case.due_at, case.warn_at) == (local("2026-09-08 09:00"), local("2026-09-08 08:12"))
    assert case.told == 0b01
    assert case.wake_at == case.warn_at


def test_what_was_overdue_when_it_was_suspended_is_overdue_when_it_comes_back(case: Case) -> None:
    known = revisions.read()
    clocks.pause(case, local("2026-09-07 17:00"), local("2026-10-07 17:00"), known)
    assert case.remaining == -2 * 3600
    clocks.resume(case, local("2026-09-14 11:00"), known)
    assert case.due_at == local("2026-09-14 09:00")
    assert case.wake_at == local("2026-09-14 11:00"), "what should have been told by now is told at once"


def test_a_case_that_was_never_dispatched_can_be_suspended(case: Case) -> None:
    case.due_at = case.warn_at = None
    known = revisions.read()
    clocks.pause(case, local("2026-09-07 10:00"), local("2026-09-09 10:00"), known)
    assert (case.remaining, case.wake_at) == (None, local("2026-09-09 10:00"))
    clocks.resume(case, local("2026-09-09 10:00"), known)
    assert (case.due_at, case.suspended_until) == (None, None)
    assert case.wake_at is not None
    with pytest.raises(ValueError, match="has no deadline"):
        clocks.extend(case, 1, "working_day", local("2026-09-09 10:00"), known)


@pytest.mark.parametrize(
    ("status", "urgency", "until"),
    [
        ("reported", 1, "2026-09-07 20:15"),  # 受理: fifteen minutes, day and night
        ("reported", 3, "2026-09-07 20:01"),  # 1315: one minute to take,
        ("filed", 3, "2026-09-07 20:03"),  # three to send,
        ("dispatched", 3, "2026-09-07 20:15"),  # fifteen to arrive
        ("filed", 1, "2026-09-07 20:15"),  # 派遣
        ("inspecting", 1, "2026-09-07 20:30"),  # 核查
        ("dispatched", 2, "2026-09-07 21:00"),
        ("dispatched", 1, "2026-09-08 10:00"),  # two working hours
        ("accepted", 1, None),
    ],
)
def test_each_stage_has_its_own_clock(case: Case, status: str, urgency: int, until: str | None) -> None:
    case.status, case.urgency = status, urgency
    clocks.enter(case, local("2026-09-07 20:00"), revisions.read())
    assert case.stage_due_at == (local(until) if until else None)
