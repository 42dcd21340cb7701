"""The clock of a case: its limit, its stages, and when it must be looked at next.

An open case is its own timer: `wake_at` says when the clock process must look at it, whatever for, so that no timer
can be lost and none is left over. Every function here changes the case in memory; the caller's transaction saves it
(`FIELDS`). Times are aware; limits walk the working hours of the department that leads, else the city's.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dispatch import catalogue
from dispatch.calendars import CLOCK_UNITS, WorkingTime, hours_of
from dispatch.ladders import Step, ladder_of
from dispatch.models import Case
from dispatch.stages import Stage, stage_of
from twin import revisions

FIELDS = (
    "dispatched_at",
    "handled_at",
    "closed_at",
    "ending",
    "limit_value",
    "limit_unit",
    "warn_at",
    "due_at",
    "stage_due_at",
    "wake_at",
    "told",
    "remaining",
    "suspended_until",
)
WARN_SHARE = 0.8  # of the limit; GB/T 30428 platforms show yellow from there on
REVIEW = timedelta(days=1)  # a case of which nothing more is to be told is still looked at so often


def working_time(case: Case, known: revisions.Revisions) -> WorkingTime:
    """The working hours that a case's limit walks."""
    return hours_of(case.department, known)


def start(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """It is dispatched: the limit begins to run (from dispatch, not from acceptance: that would invite delay).

    The limit is the case's own if it has one, else that of its filing condition. Whatever was told, paused or ended
    before is void: also a case that is dispatched to another department, or taken up again after closing, starts anew.
    """
    if case.limit_value is None:
        condition = catalogue.by_id(case.catalogue_id, known).categories[case.category].conditions[case.condition]
        case.limit_value, case.limit_unit = condition.limit_value, condition.limit_unit
    case.dispatched_at, case.handled_at, case.closed_at, case.ending = at, None, None, ""
    case.remaining = case.suspended_until = None
    case.told = 0
    case.warn_at, case.due_at = limits(working_time(case, known), at, case.limit_value, case.limit_unit)
    wake(case, at, known)


def enter(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """It has come into `case.status`: that stage's own clock starts, or none."""
    if case.status == "handled":
        case.handled_at = at
    case.stage_due_at = _stage_end(stage_of(case.status, known), case.urgency, at, working_time(case, known))
    for number, step in enumerate(ladder_of(case, known).steps):
        if step.after == "stage":
            case.told &= ~(1 << number)
    wake(case, at, known)


def pause(case: Case, at: datetime, until: datetime, known: revisions.Revisions) -> None:
    """It is suspended 挂账: what is left of the limit is kept, and it comes back by itself at `until`.

    What is left is counted in the limit's own kind of time, and is negative for a case that was overdue already.
    """
    case.remaining = None if case.due_at is None else left(case, at, known)
    case.warn_at = case.due_at = case.stage_due_at = None
    case.suspended_until = until
    wake(case, at, known)


def resume(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """It is taken up again: what was left of the limit runs from now. Yellow begins where it would have begun."""
    if case.remaining is not None and case.limit_value is not None:
        hours = working_time(case, known)
        yellow = hours.seconds(case.limit_value, case.limit_unit) * (1 - WARN_SHARE)
        case.due_at = _walk(hours, at, case.remaining, case.limit_unit)
        case.warn_at = min(_walk(hours, at, max(case.remaining - yellow, 0.0), case.limit_unit), case.due_at)
    case.remaining = case.suspended_until = None
    settle(case, at, known)


def extend(case: Case, value: float, unit: str, at: datetime, known: revisions.Revisions) -> None:
    """Its deadline moves by a limit (value and `LimitUnit`), walked from the present deadline.

    The extension has a warning of its own, at four fifths of it. Raises ValueError for a case without a deadline.
    """
    if case.due_at is None:
        raise ValueError("a case that has no deadline cannot get a later one")
    case.warn_at, case.due_at = limits(working_time(case, known), case.due_at, value, unit)
    settle(case, at, known)


def hurry(case: Case, urgency: int, at: datetime, known: revisions.Revisions) -> None:
    """It turns out to be more urgent than it was: its stage ends earlier, its deadline stays.

    A ladder that it climbs only now has told nobody yet, so that steps whose time is past are taken at once.
    """
    if urgency <= case.urgency:
        return
    ladder, case.urgency = ladder_of(case, known), urgency
    if ladder_of(case, known) != ladder:
        case.told = 0
    if case.suspended_until is None:
        sooner = _stage_end(stage_of(case.status, known), urgency, at, working_time(case, known))
        both = [moment for moment in (case.stage_due_at, sooner) if moment is not None]
        case.stage_due_at = min(both, default=None)
    wake(case, at, known)


def stop(case: Case, at: datetime) -> None:
    """It has ended: nothing is due any more. Its deadline stays, for the figures."""
    case.closed_at, case.ending = at, case.status
    case.stage_due_at = case.wake_at = case.remaining = case.suspended_until = None


def limits(hours: WorkingTime, at: datetime, value: float, unit: str) -> tuple[datetime, datetime]:
    """When a limit that starts at `at` turns yellow, and when it ends."""
    return hours.limit(at, value * WARN_SHARE, unit), hours.limit(at, value, unit)


def left(case: Case, at: datetime, known: revisions.Revisions) -> float | None:
    """Seconds that are left of the limit, in its own kind of time; negative when overdue, none without a limit.

    Of a suspended case: what was left when it was suspended. Of one that is handled: what was left at that moment.
    """
    if case.due_at is None:
        return case.remaining
    if case.handled_at is not None and (case.closed_at is not None or stage_of(case.status, known).limit_rests):
        at = case.handled_at
    if case.limit_unit in CLOCK_UNITS:
        return (case.due_at - at).total_seconds()
    return working_time(case, known).between(at, case.due_at)


def shown(case: Case, at: datetime, known: revisions.Revisions) -> dict[str, Any]:
    """What a case's panel says of its limit beside the times that its state has."""
    hours = working_time(case, known)
    return {
        "limit": None if case.limit_value is None else {"value": case.limit_value, "unit": case.limit_unit},
        "remaining_seconds": left(case, at, known),
        "provisional": case.due_at is not None
        and case.limit_unit not in CLOCK_UNITS
        and hours.is_provisional(case.due_at),
    }


def settle(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """After its deadline was moved: what lies ahead again will be told again."""
    _forget_future(case, at, known)
    wake(case, at, known)


def stand(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """On a ladder that was changed under it: what lies behind counts as told."""
    case.told = 0
    for number, _, moment in moments(case, known):
        case.told |= (moment <= at) << number
    wake(case, at, known)


def stage_in_working_time(case: Case, known: revisions.Revisions) -> bool:
    limit = stage_of(case.status, known).limits.get(case.urgency)
    return limit is not None and limit[1] not in CLOCK_UNITS


class Start(NamedTuple):
    """The clock of a case at the moment of its opening."""

    warn_at: datetime | None
    due_at: datetime | None
    stage_due_at: datetime | None
    wake_at: datetime
    columns: tuple[str | None, ...]  # the four as COPY writes them, made once for all that share them


class Starts:
    """The clocks of many cases that come into a status at one moment; each different limit is walked once.

    Not `limited`: they are not dispatched yet, so that only the stage has a clock.
    """

    def __init__(self, status: str, at: datetime, known: revisions.Revisions, *, limited: bool = True) -> None:
        self.at, self.known, self.limited = at, known, limited
        self._stage = stage_of(status, known)
        self._held: dict[tuple[str, float, str, int], Start] = {}
        hours_of("", known)  # loads what `of` needs, as that is asked in the middle of a COPY

    def of(self, department: str, value: float, unit: str, urgency: int) -> Start:
        key = (department, value, unit, urgency)
        held = self._held.get(key)
        if held is None:
            hours = hours_of(department, self.known)
            warn, due = limits(hours, self.at, value, unit) if self.limited else (None, None)
            stage = _stage_end(self._stage, urgency, self.at, hours)
            # No step of any ladder comes before the first of these, so ladders need not be asked here.
            first = min((moment for moment in (warn, stage) if moment is not None), default=self.at + REVIEW)
            moments = (warn, due, stage, first)
            self._held[key] = held = Start(*moments, tuple(None if at is None else at.isoformat() for at in moments))
        return held


def moments(case: Case, known: revisions.Revisions) -> Iterator[tuple[int, Step, datetime]]:
    """The steps of the case's ladder that have a time, taken or not, with their numbers and times."""
    rests = case.suspended_until is not None or stage_of(case.status, known).limit_rests
    anchors = {
        "warn": None if rests else case.warn_at,
        "due": None if rests else case.due_at,
        "stage": case.stage_due_at,
    }
    hours = working_time(case, known)
    for number, step in enumerate(ladder_of(case, known).steps):
        anchor = anchors[step.after]
        if anchor is not None:
            yield number, step, hours.limit(anchor, step.value, step.unit)


def untaken(case: Case, known: revisions.Revisions) -> Iterator[tuple[int, Step, datetime]]:
    return (found for found in moments(case, known) if not case.told >> found[0] & 1)


def _stage_end(stage: Stage, urgency: int, at: datetime, hours: WorkingTime) -> datetime | None:
    limit = stage.limits.get(urgency)
    return None if limit is None else hours.limit(at, *limit)


def _walk(hours: WorkingTime, at: datetime, seconds: float, unit: str) -> datetime:
    return at + timedelta(seconds=seconds) if unit in CLOCK_UNITS else hours.after(at, seconds)


def _forget_future(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """Steps that were taken and lie ahead again will be taken again."""
    for number, _, moment in moments(case, known):
        if moment > at:
            case.told &= ~(1 << number)


def wake(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """Set `wake_at` to when something is to happen next: now, if a step should have been taken already."""
    if case.suspended_until is not None:
        case.wake_at = case.suspended_until
        return
    ahead = [moment for moment in (case.warn_at, case.due_at, case.stage_due_at) if moment is not None and moment > at]
    ahead += [max(moment, at) for _, _, moment in untaken(case, known)]
    case.wake_at = min(ahead, default=at + REVIEW)
