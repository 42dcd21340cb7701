"""Deadlines in working time.

A calendar is a list of working slots; a limit walks only those. 紧急工作时 and calendar days run day and night;
工作时 walk working time; a 工作日 is one full day's working hours (8 in the usual calendar), as cities compute it.

A calendar ends on the last day for which its holidays were entered. A limit that runs past it goes on by the weekday
pattern alone, so that no report is ever held up by a holiday table: such a deadline is *provisional*
(`WorkingTime.is_provisional`), the auditor names it, and it is walked again when the calendar is carried on.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from django.conf import settings

from dispatch.departments import departments
from dispatch.models import Calendar, Department, LimitUnit
from twin import revisions

HOUR = 3600.0
DAY = 24 * HOUR
CLOCK_UNITS = {LimitUnit.URGENT_HOUR: HOUR, LimitUnit.CALENDAR_DAY: DAY}
CITY = "city"  # the calendar that holds where a department has none of its own
MARGIN = timedelta(days=370)  # how far the weekday pattern is laid out around the days that were entered
FURTHEST = 50  # margins: a limit that is not over after so many years never is

Span = tuple[float, float]  # seconds after local midnight; beyond 86,400 it ends on the next day
Hours = Sequence[Sequence[str]]  # of a working day, as people write them: [["08:00", "12:00"], ["14:00", "18:00"]]


class Unfit(ValueError):
    """A calendar that cannot be, and why, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


def spans_of(hours: Hours) -> list[Span]:
    """The hours of a working day, in order: `[["08:00", "12:00"], ["22:00", "06:00"]]`.

    A span that ends before it begins is a night shift: it belongs to the day on which it begins. Raises Unfit if there
    is none, if one is no time of day, or if two overlap (the next day's first one included).
    """
    spans = sorted(_span(pair) for pair in hours)
    if not spans:
        raise Unfit("a calendar needs working hours, such as 08:00 to 12:00", "日历须有工作时段，如 08:00 至 12:00")
    _keep_apart([*spans, _next_day(spans[0])])
    return spans


def _keep_apart(spans: Sequence[Span], on: date | None = None) -> None:
    """Raises Unfit if one of the spans, in their order, begins before the one ahead of it has ended."""
    for (begin, end), (next_begin, next_end) in pairwise(spans):
        if next_begin < end:
            of_day = ("", "") if on is None else (f" on {on}", f"（{on}）")
            raise Unfit(
                f"working hours overlap{of_day[0]}: {_clock(begin)} to {_clock(end)} and"
                f" {_clock(next_begin)} to {_clock(next_end)}",
                f"工作时段重叠{of_day[1]}：{_clock(begin)}–{_clock(end)} 与 {_clock(next_begin)}–{_clock(next_end)}",
            )


def _next_day(span: Span, days: int = 1) -> Span:
    return span[0] + days * DAY, span[1] + days * DAY


def _span(pair: Sequence[str]) -> Span:
    if len(pair) != 2:
        raise Unfit(
            f"working hours are pairs of begin and end, not {list(pair)}", f"工作时段须有起止两个时间：{list(pair)}"
        )
    begin, end = (_seconds(text) for text in pair)
    if begin in (DAY, end):
        raise Unfit(
            f"working hours from {pair[0]} to {pair[1]} are empty; a whole day is 00:00 to 24:00",
            f"工作时段 {pair[0]} 至 {pair[1]} 为空；全天写作 00:00 至 24:00",
        )
    return (begin, end) if begin < end else (begin, end + DAY)


def _seconds(text: str) -> float:
    if text == "24:00":
        return DAY
    try:
        at = time.fromisoformat(text)
    except (TypeError, ValueError):
        raise Unfit(f"{text!r} is no time of day; write 08:00", f"“{text}”不是时刻，应写作 08:00") from None
    return at.hour * HOUR + at.minute * 60.0 + at.second


def _clock(seconds: float) -> str:
    return f"{int(seconds % DAY // HOUR):02d}:{int(seconds % HOUR // 60):02d}"


@dataclass(frozen=True)
class _Slots:
    """Working slots as seconds since the epoch, ascending, and the working seconds before each."""

    starts: list[float]
    ends: list[float]
    before: list[float]
    last: date  # laid out up to this day


@dataclass
class WorkingTime:
    """The working hours of one calendar. All times are aware; seconds are working seconds unless it says otherwise."""

    weekdays: frozenset[int]
    spans: Sequence[Span]
    first: date
    last: date
    exceptions: Mapping[date, bool]
    zone: ZoneInfo
    own: Mapping[date, Sequence[Span]] = field(default_factory=dict)  # hours of single days, instead of `spans`
    day: float = field(init=False)  # working seconds of a full day
    entered_until: datetime = field(init=False)  # from here on only the weekday pattern is known

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise Unfit(
                "a calendar needs weekdays on which work is done: 1 Monday to 7 Sunday",
                "日历须有工作的星期：1 为周一，7 为周日",
            )
        for day in self.own:
            self._keep_day_apart(day)
        self.day = sum(end - begin for begin, end in self.spans)
        self.entered_until = datetime.combine(self.last + timedelta(days=1), time(), self.zone).astimezone(UTC)
        self._slots = self._laid_out(self.last + MARGIN)

    def deadlines(self, at: datetime, values: Sequence[float], units: Sequence[str]) -> list[datetime]:
        """When limits that start at `at` end."""
        return [self.limit(at, value, unit) for value, unit in zip(values, units, strict=True)]

    def limit(self, at: datetime, value: float, unit: str) -> datetime:
        """When a limit that starts at `at` ends."""
        seconds = self.seconds(value, unit)
        return at + timedelta(seconds=seconds) if unit in CLOCK_UNITS else self.after(at, seconds)

    def seconds(self, value: float, unit: str) -> float:
        """The length of a limit, in seconds of its own kind of time."""
        per = CLOCK_UNITS.get(LimitUnit(unit)) or (HOUR if unit == LimitUnit.WORKING_HOUR else self.day)
        return value * per

    def after(self, start: datetime, seconds: float) -> datetime:
        """When so many seconds have been worked since `start`; before it, if they are negative."""
        if seconds == 0:
            return start
        moment = self._reach(self._walked(start.timestamp()) + seconds)
        return datetime.fromtimestamp(moment, start.tzinfo)

    def between(self, begin: datetime, end: datetime) -> float:
        """Seconds that are worked from `begin` until `end`; negative if `end` comes first."""
        return self._walked(end.timestamp()) - self._walked(begin.timestamp())

    def is_provisional(self, moment: datetime) -> bool:
        """True where the calendar's holidays are not entered yet, so that a deadline may still move."""
        return moment > self.entered_until

    def is_working(self, at: datetime) -> bool:
        """Whether an aware time lies within a slot."""
        moment = at.timestamp()
        while moment > self._slots.ends[-1]:
            self._grow()
        slot = bisect_right(self._slots.starts, moment) - 1
        return slot >= 0 and moment < self._slots.ends[slot]

    def _walked(self, moment: float) -> float:
        """Working seconds from the first slot until a moment."""
        while moment > self._slots.ends[-1]:
            self._grow()
        slots = self._slots
        slot = bisect_right(slots.starts, moment) - 1
        return 0.0 if slot < 0 else slots.before[slot] + min(moment, slots.ends[slot]) - slots.starts[slot]

    def _reach(self, walked: float) -> float:
        while walked > self._slots.before[-1]:
            self._grow()
        slots = self._slots
        slot = max(bisect_left(slots.before, walked, lo=1) - 1, 0)
        return slots.starts[slot] + max(walked, 0.0) - slots.before[slot]

    def _grow(self) -> None:
        """Lay the pattern out further. Two threads may do it at once: each puts whole, equal lists in place."""
        last = self._slots.last
        if last - self.last > FURTHEST * MARGIN:
            raise ValueError(f"a limit runs more than {FURTHEST} years past the calendar's last day, {self.last}")
        self._slots = self._laid_out(last + MARGIN)

    def _laid_out(self, last: date) -> _Slots:
        slots = list(self._each_slot(last))
        lengths = (end - begin for begin, end in slots)
        starts, ends = [begin for begin, _ in slots], [end for _, end in slots]
        return _Slots(starts, ends, list(accumulate(lengths, initial=0.0)), last)

    def _each_slot(self, last: date) -> Iterator[Span]:
        day = self.first - MARGIN
        while day <= last:
            yield from ((self._moment(day, begin), self._moment(day, end)) for begin, end in self._spans_on(day))
            day += timedelta(days=1)

    def _spans_on(self, day: date) -> Sequence[Span]:
        if not self.exceptions.get(day, day.isoweekday() in self.weekdays):
            return ()
        return self.own.get(day, self.spans)

    def _keep_day_apart(self, day: date) -> None:
        """A night shift of the day before, or this one's, must not reach into other hours: slots never overlap."""
        near = ((shift, self._spans_on(day + timedelta(days=shift))) for shift in (-1, 0, 1))
        _keep_apart([_next_day(span, shift) for shift, spans in near for span in spans], day)

    def _moment(self, day: date, seconds: float) -> float:
        """Local wall time as seconds since the epoch, so that a zone with summer time keeps its office hours."""
        local = datetime.combine(day, time()) + timedelta(seconds=seconds)
        return local.replace(tzinfo=self.zone).timestamp()


def build(
    weekdays: set[int],
    hours: Hours,
    first: date,
    last: date,
    exceptions: Mapping[date, bool],
    zone: ZoneInfo,
    own: Mapping[date, Hours] | None = None,
) -> WorkingTime:
    """Working time by its settings. `exceptions` says of single days whether they are worked, `own` at which hours.

    A 工作日 stays a usual day's hours: a short day does not shorten the limits that are counted in days.
    Raises Unfit if the weekdays or hours cannot be.
    """
    single = {day: sorted(_span(pair) for pair in pairs) for day, pairs in (own or {}).items() if pairs}
    return WorkingTime(frozenset(weekdays), spans_of(hours), first, last, exceptions, zone, single)


def _load() -> dict[str, WorkingTime]:
    return {
        calendar.code: build(
            set(calendar.weekdays),
            calendar.hours,
            calendar.first_day,
            calendar.last_day,
            {day.day: day.working for day in calendar.days.all()},
            ZoneInfo(settings.TIME_ZONE),
            {day.day: day.hours for day in calendar.days.all()},
        )
        for calendar in Calendar.objects.prefetch_related("days")
    }


calendars = revisions.Cached("calendars", _load)


def hours_of(department: str, known: revisions.Revisions) -> WorkingTime:
    """The working time of a department: its own calendar's, else that of the one above it, else the city's.

    Raises NotReady when the city has no calendar yet.
    """
    held = calendars.fresh(known)
    found = held.get(code_of(department, departments.fresh(known)))
    if found is None:
        raise revisions.NotReady(f"there is no working calendar {CITY!r}; load one, or run 'yiwang seed-demo'")
    return found


def code_of(department: str, known: Mapping[str, Department]) -> str:
    """The code of the calendar that holds for a department."""
    at = known.get(department)
    while at is not None:
        if at.calendar_id:
            return str(at.calendar_id)
        at = known.get(at.parent_id or "")
    return CITY
