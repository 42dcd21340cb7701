"""Deadlines in working time: against a walker that counts minutes, and against worked examples of 2026."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.calendars import CITY, WorkingTime, build, calendars
from dispatch.models import CalendarDay
from twin import revisions

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 9, 21), date(2026, 10, 18)  # four weeks over the National Day
MIDNIGHT = datetime.combine(FIRST, time(), SHANGHAI).astimezone(UTC)
Hours = list[tuple[str, str]]


def local(text: str) -> datetime:
    """A moment of local time, e.g. `2026-10-09 17:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


# Against a walker that knows nothing of slots


def walk(at: datetime, minutes: int, weekdays: set[int], hours: Hours, exceptions: dict[date, bool]) -> datetime:
    """When so many working minutes have passed, minute by minute; a shift over midnight belongs to its first day."""
    now = at.astimezone(SHANGHAI)
    while minutes:
        minutes -= works(now, weekdays, hours, exceptions)
        now += timedelta(minutes=1)
    return now.astimezone(UTC)


def works(now: datetime, weekdays: set[int], hours: Hours, exceptions: dict[date, bool]) -> bool:
    def worked(day: date) -> bool:
        return exceptions.get(day, day.isoweekday() in weekdays)

    today, yesterday, clock = worked(now.date()), worked(now.date() - timedelta(days=1)), f"{now:%H:%M}"
    return any(
        (today and begin <= clock < end) if begin < end else (today and clock >= begin) or (yesterday and clock < end)
        for begin, end in hours
    )


def pairs_of(marks: list[int], night: bool) -> Hours:
    """Working hours from an even number of quarter hours of the day; with a night shift, the last is over midnight."""
    texts = [f"{mark // 4:02d}:{mark % 4 * 15:02d}" for mark in sorted(marks)]
    if night:
        texts = texts[1:] + texts[:1]
    return list(zip(texts[::2], texts[1::2], strict=True))


days = st.dates(FIRST, LAST)
marks = st.one_of(*(st.lists(st.integers(0, 95), min_size=n, max_size=n, unique=True) for n in (2, 4)))
weeks = st.sets(st.integers(1, 7), min_size=3)
hours_of_a_day = st.builds(pairs_of, marks, st.booleans())
differing = st.dictionaries(days, st.booleans(), max_size=6)
begins = st.integers(0, 30 * 1440).map(lambda minutes: MIDNIGHT + timedelta(minutes=minutes))  # some past the last day


@settings(max_examples=80)
@given(weeks, hours_of_a_day, differing, begins, st.floats(0, 6))
def test_slots_give_what_counting_minutes_gives(
    weekdays: set[int], hours: Hours, exceptions: dict[date, bool], at: datetime, working_days: float
) -> None:
    calendar = build(weekdays, hours, FIRST, LAST, exceptions, SHANGHAI)
    minutes = 1 + int(working_days * calendar.day / 60)
    (due,) = calendar.deadlines(at, [minutes / 60], ["working_hour"])
    assert abs(due - walk(at, minutes, weekdays, hours, exceptions)) < timedelta(seconds=1)
    assert calendar.between(at, due) == pytest.approx(minutes * 60)
    assert calendar.between(due, at) == pytest.approx(-minutes * 60)
    assert calendar.between(calendar.after(due, -minutes * 60), due) == pytest.approx(minutes * 60)


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
        # 2025: the Spring Festival is free from Tuesday 28 January to Tuesday 4 February; Sunday 26 January and
        # Saturday 8 February are worked.
        ("2025-01-24 17:00", 2, "working_hour", "2025-01-26 09:00"),
        ("2025-01-27 10:00", 1, "working_day", "2025-02-05 10:00"),
        ("2025-01-26 08:00", 5, "working_day", "2025-02-07 18:00"),
        ("2025-02-07 17:00", 1, "working_day", "2025-02-08 17:00"),
        ("2025-02-08 17:00", 2, "working_hour", "2025-02-10 09:00"),
        # National Day and Mid-Autumn 2025: free from Wednesday 1 to Wednesday 8 October; Sunday 28 September and
        # Saturday 11 October are worked.
        ("2025-09-28 10:00", 3, "working_day", "2025-10-09 10:00"),
        ("2025-09-30 17:30", 1, "working_hour", "2025-10-09 08:30"),
        ("2025-10-10 18:00", 1, "working_day", "2025-10-11 18:00"),
        ("2025-10-11 16:00", 4, "working_hour", "2025-10-13 10:00"),
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


def test_a_limit_that_runs_past_the_calendar_goes_by_weekdays_and_is_marked(city_calendar: WorkingTime) -> None:
    """31 December 2027 is a Friday and the last day for which holidays are known: nobody waits for the next table."""
    (due,) = city_calendar.deadlines(local("2027-12-31 10:00"), [1], ["working_day"])
    assert due == local("2028-01-03 10:00")
    assert city_calendar.is_provisional(due)
    assert not city_calendar.is_provisional(local("2027-12-31 18:00"))
    assert city_calendar.deadlines(local("2041-01-01 10:00"), [1], ["working_day"]) == [local("2041-01-02 10:00")]


@pytest.mark.parametrize(
    ("weekdays", "hours", "sentence"),
    [
        ({1}, [("08:00", "12:00"), ("11:30", "18:00")], "08:00 to 12:00 and 11:30 to 18:00"),
        ({1}, [("14:00", "18:00"), ("08:00", "14:30")], "overlap"),
        ({1}, [("08:00", "12:00"), ("22:00", "08:30")], "22:00 to 08:30 and 08:00 to 12:00"),
        ({1}, [("08:00", "08:00")], "a whole day is 00:00 to 24:00"),
        ({1}, [("8", "12:00")], "'8' is no time of day; write 08:00"),
        ({1}, [("08:00",)], "pairs of begin and end"),
        ({1}, [], "needs working hours"),
        (set(), [("08:00", "12:00")], "needs weekdays"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_a_sentence(weekdays: set[int], hours: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        build(weekdays, hours, FIRST, LAST, {}, SHANGHAI)


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    """Free on Tuesday the 22nd: the shift from Monday night still ends on Tuesday morning."""
    night = build({1, 2, 3, 4, 5}, [("22:00", "06:00")], FIRST, LAST, {date(2026, 9, 22): False}, SHANGHAI)
    assert night.limit(local("2026-09-21 20:00"), 8, "working_hour") == local("2026-09-22 06:00")
    assert night.limit(local("2026-09-21 20:00"), 9, "working_hour") == local("2026-09-23 23:00")
    assert night.limit(local("2026-09-21 20:00"), 1, "working_day") == local("2026-09-22 06:00")


def test_a_zone_with_summer_time_keeps_its_office_hours() -> None:
    """In Berlin 25 October 2026 has 25 hours; work begins at eight by the clock on the wall, before and after."""
    berlin = build({1, 2, 3, 4, 5}, [("08:00", "12:00")], FIRST, date(2026, 12, 31), {}, ZoneInfo("Europe/Berlin"))
    friday = datetime(2026, 10, 23, 11, tzinfo=ZoneInfo("Europe/Berlin"))
    assert f"{berlin.limit(friday, 2, 'working_hour'):%m-%d %H:%M}" == "10-26 09:00"


def test_a_day_that_is_declared_free_moves_deadlines_of_the_next_batch(city: None) -> None:
    at, limit = local("2026-09-07 10:00"), ([1.0], ["working_day"])
    assert calendars.fresh()[CITY].deadlines(at, *limit) == [local("2026-09-08 10:00")]
    CalendarDay.objects.create(calendar_id=CITY, day=date(2026, 9, 8), working=False, name_zh="台风停工")
    revisions.bump("calendars")
    assert calendars.fresh()[CITY].deadlines(at, *limit) == [local("2026-09-09 10:00")]
