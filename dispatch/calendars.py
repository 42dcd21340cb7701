"""Deadlines in working time.

A calendar is a list of working slots; a limit walks only those. 紧急工作时 and calendar days run day and night;
工作时 walk working time; a 工作日 is one full day's working hours (8 in the usual calendar), as cities compute it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from dispatch.models import Calendar, LimitUnit
from twin import revisions

HOUR = 3600.0
DAY = 24 * HOUR
CLOCK_UNITS = {LimitUnit.URGENT_HOUR: HOUR, LimitUnit.CALENDAR_DAY: DAY}


@dataclass(frozen=True)
class WorkingTime:
    """Working slots as seconds since the epoch, ascending, and the working seconds before each."""

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    day: float  # working seconds of a full day

    def __post_init__(self) -> None:
        object.__setattr__(self, "_before", np.concatenate(([0.0], np.cumsum(self.ends - self.starts))))

    def deadlines(self, at: datetime, values: Sequence[float], units: Sequence[str]) -> list[datetime]:
        """When limits that start at `at` (aware) end, in UTC.

        Raises ValueError if a limit runs past the calendar's last day: the calendar must be carried on first.
        """
        start = at.timestamp()
        walked = self._walked(start)
        ends = []
        for value, unit in zip(values, units, strict=True):
            per = CLOCK_UNITS.get(LimitUnit(unit))
            if per is None:
                per = HOUR if unit == LimitUnit.WORKING_HOUR else self.day
                ends.append(self._reach(walked + value * per))
            else:
                ends.append(start + value * per)
        return [datetime.fromtimestamp(end, at.tzinfo) for end in ends]

    def is_working(self, at: datetime) -> bool:
        """Whether an aware time lies within a slot."""
        moment = at.timestamp()
        slot = int(np.searchsorted(self.starts, moment, side="right")) - 1
        return slot >= 0 and bool(moment < self.ends[slot])

    def _walked(self, moment: float) -> float:
        """Working seconds from the first slot until a moment."""
        slot = int(np.searchsorted(self.starts, moment, side="right")) - 1
        if slot < 0:
            return 0.0
        return float(self._before[slot] + min(moment, self.ends[slot]) - self.starts[slot])  # type: ignore[attr-defined]

    def _reach(self, walked: float) -> float:
        before: NDArray[np.float64] = self._before  # type: ignore[attr-defined]
        slot = int(np.searchsorted(before[1:], walked, side="left"))
        if slot == len(self.starts):
            raise ValueError("the limit runs past the calendar's last day; add the coming year's holidays first")
        return float(self.starts[slot] + walked - before[slot])


def build(
    weekdays: set[int],
    hours: Sequence[tuple[str, str]],
    first: date,
    last: date,
    exceptions: dict[date, bool],
    zone: ZoneInfo,
) -> WorkingTime:
    """Slots from `first` to `last` day, local to `zone`. `exceptions` says of single days whether they are worked."""
    slots: list[tuple[float, float]] = []
    spans = [(time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in hours]
    day = first
    while day <= last:
        if exceptions.get(day, day.isoweekday() in weekdays):
            slots += [
                (datetime.combine(day, begin, zone).timestamp(), datetime.combine(day, end, zone).timestamp())
                for begin, end in spans
            ]
        day += timedelta(days=1)
    starts, ends = np.array(slots, dtype=np.float64).reshape(-1, 2).T
    full_day = sum(
        (datetime.combine(first, end) - datetime.combine(first, begin)).total_seconds() for begin, end in spans
    )
    return WorkingTime(starts, ends, full_day)


def _load() -> dict[str, WorkingTime]:
    return {
        calendar.code: build(
            set(calendar.weekdays),
            calendar.hours,
            calendar.first_day,
            calendar.last_day,
            {day.day: day.working for day in calendar.days.all()},
            ZoneInfo(settings.TIME_ZONE),
        )
        for calendar in Calendar.objects.prefetch_related("days")
    }


calendars = revisions.Cached("calendars", _load)
CITY = "city"  # the calendar that holds where a department has none of its own
