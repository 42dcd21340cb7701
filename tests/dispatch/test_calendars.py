"""Deadlines in working time: against a walker that counts minutes, and against worked examples of 2026."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.calendars import CITY, WorkingTime, build, calendars
from dispatch.models import CalendarDay
from twin import revisions

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 9, 21), date(2026, 10, 18)  # four weeks over the National Day
Hours = list[tuple[str, str]]


def local(text: str) -> datetime:
    """A moment of local time, e.g. `2026-10-09 17:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


# Against a walker that knows nothing of slots


def walk(at: datetime, minutes: int, weekdays: set[int], hours: Hours, exceptions: dict[date, bool]) -> datetime | None:
    """When so many working minutes have passed, minute by minute; None if the calendar ends before."""
    spans = [(time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in hours]
    now = at.astimezone(SHANGHAI)
    while minutes:
        if now.date() > LAST:
            return None
        works = exceptions.get(now.date(), now.isoweekday() in weekdays)
        if works and any(begin <= now.time() < end for begin, end in spans):
            minutes -= 1
        now += timedelta(minutes=1)
    return now.astimezone(UTC)


def spans_of(marks: list[int]) -> Hours:
    """Working hours from an even number of ascending quarter hours of the day."""
    texts = [f"{mark // 4:02d}:{mark % 4 * 15:02d}" for mark in sorted(marks)]
    return list(zip(texts[::2], texts[1::2], strict=True))


days = st.dates(FIRST, LAST)
hours_of_a_day = st.one_of(
    st.lists(st.integers(0, 95), min_size=2, max_size=2, unique=True),
    st.lists(st.integers(0, 95), min_size=4, max_size=4, unique=True),
).map(spans_of)


@settings(max_examples=80)
@given(
    weekdays=st.sets(st.integers(1, 7), min_size=1),
    hours=hours_of_a_day,
    exceptions=st.dictionaries(days, st.booleans(), max_size=6),
    begin=st.integers(0, 20 * 1440),
    minutes=st.integers(1, 40 * 60),
)
def test_slots_give_what_counting_minutes_gives(
    weekdays: set[int], hours: Hours, exceptions: dict[date, bool], begin: int, minutes: int
) -> None:
    calendar = build(weekdays, hours, FIRST, LAST, exceptions, SHANGHAI)
    at = datetime.combine(FIRST, time(), SHANGHAI).astimezone(UTC) + timedelta(minutes=begin)
    expected = walk(at, minutes, weekdays, hours, exceptions)
    if expected is None:
        with pytest.raises(ValueError, match="past the calendar's last day"):
            calendar.deadlines(at, [minutes / 60], ["working_hour"])
    else:
        (due,) = calendar.deadlines(at, [minutes / 60], ["working_hour"])
        assert abs(due - expected) < timedelta(seconds=1)


# Worked examples: Monday to Friday, 08:00-12:00 and 14:00-18:00, with the days of the State Council's notice.
# National Day 2026 is free from Thursday 1 to Wednesday 7 October; Sunday 20 September and Saturday 10 October are
# worked. The Spring Festival is free from Sunday 15 to Monday 23 February; Saturdays 14 and 28 February are worked.


@pytest.fixture
def city_calendar(city: None) -> WorkingTime:
    return calendars.fresh()[CITY]


@pytest.mark.parametrize(
    ("at", "value", "unit", "due"),
    [
        # Within a day, over noon, over night, over a usual weekend.
        ("2026-09-07 09:00", 2, "working_hour", "2026-09-07 11:00"),
        ("2026-09-07 11:00", 2, "working_hour", "2026-09-07 15:00"),
        ("2026-09-07 17:00", 2, "working_hour", "2026-09-08 09:00"),
        ("2026-09-11 17:00", 2, "working_hour", "2026-09-14 09:00"),
        ("2026-09-07 13:00", 4, "working_hour", "2026-09-07 18:00"),  # ends with the day, not with the next one's begin
        ("2026-09-07 00:30", 1, "working_day", "2026-09-07 18:00"),
        ("2026-09-07 10:00", 1, "working_day", "2026-09-08 10:00"),
        # Into the National Day: Wednesday 30 September is followed by Thursday 8 October.
        ("2026-09-30 16:00", 1, "working_day", "2026-10-08 16:00"),
        ("2026-10-01 10:00", 1, "working_hour", "2026-10-08 09:00"),
        # The make-up Saturday counts, the Sunday after it does not.
        ("2026-10-09 17:00", 1, "working_day", "2026-10-10 17:00"),
        ("2026-10-10 17:00", 2, "working_hour", "2026-10-12 09:00"),
        ("2026-09-20 08:00", 4, "working_hour", "2026-09-20 12:00"),  # a Sunday that is worked
        # Friday 13 February, then the make-up Saturday, then nine free days until Tuesday 24 February.
        ("2026-02-13 09:00", 3, "working_day", "2026-02-25 09:00"),
        ("2026-02-14 18:00", 1, "working_hour", "2026-02-24 09:00"),
        ("2026-02-28 10:00", 1, "working_day", "2026-03-02 10:00"),
        # Urgent hours and calendar days run through nights and holidays.
        ("2026-09-30 23:00", 2, "urgent_hour", "2026-10-01 01:00"),
        ("2026-10-01 08:00", 7, "calendar_day", "2026-10-08 08:00"),
        ("2026-09-07 09:00", 0.5, "working_hour", "2026-09-07 09:30"),
    ],
)
def test_worked_examples_of_2026(city_calendar: WorkingTime, at: str, value: float, unit: str, due: str) -> None:
    assert city_calendar.deadlines(local(at), [value], [unit]) == [local(due)]


def test_a_batch_gets_one_deadline_for_each_limit(city_calendar: WorkingTime) -> None:
    due = city_calendar.deadlines(local("2026-09-30 17:00"), [2, 2, 1], ["urgent_hour", "working_hour", "calendar_day"])
    assert due == [local("2026-09-30 19:00"), local("2026-10-08 09:00"), local("2026-10-01 17:00")]


def test_a_limit_that_runs_past_the_calendar_is_refused_with_what_to_do(city_calendar: WorkingTime) -> None:
    with pytest.raises(ValueError, match="add the coming year's holidays first"):
        city_calendar.deadlines(local("2027-12-31 10:00"), [1], ["working_day"])


def test_a_day_that_is_declared_free_moves_deadlines_of_the_next_batch(city: None) -> None:
    at, limit = local("2026-09-07 10:00"), ([1.0], ["working_day"])
    assert calendars.fresh()[CITY].deadlines(at, *limit) == [local("2026-09-08 10:00")]
    CalendarDay.objects.create(calendar_id=CITY, day=date(2026, 9, 8), working=False, name_zh="台风停工")
    revisions.bump("calendars")
    assert calendars.fresh()[CITY].deadlines(at, *limit) == [local("2026-09-09 10:00")]
