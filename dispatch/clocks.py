"""The clock of a case: its limit, its stages, and when it must be looked at next.

An open case is its own timer: `wake_at` says when the clock process must look at it, whatever for, so that no timer
can be lost and none is left over. Every function here changes the case in memory; the caller's transaction saves it
(`FIELDS`). Times are aware; limits walk the working hours of the department that leads, else the city's.
"""

from datetime import datetime

from dispatch.calendars import CITY, WorkingTime, calendars
from dispatch.models import Case
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


def working_time(case: Case, known: revisions.Revisions) -> WorkingTime:
    """The working hours that a case's limit walks."""
    return calendars.fresh(known)[CITY]


def start(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """It is dispatched: the limit begins to run (from dispatch, not from acceptance: that would invite delay)."""
    raise NotImplementedError


def enter(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """It has come into `case.status`: that stage's own clock starts, or none."""
    raise NotImplementedError


def pause(case: Case, at: datetime, until: datetime, known: revisions.Revisions) -> None:
    """It is suspended 挂账: what is left of the limit is kept, and it comes back by itself at `until`."""
    raise NotImplementedError


def resume(case: Case, at: datetime, known: revisions.Revisions) -> None:
    """It is taken up again: what was left of the limit runs from now."""
    raise NotImplementedError


def extend(case: Case, value: float, unit: str, at: datetime, known: revisions.Revisions) -> None:
    """Its deadline moves by a limit (value and `LimitUnit`), walked from the present deadline."""
    raise NotImplementedError


def stop(case: Case, at: datetime) -> None:
    """It has ended: nothing is due any more."""
    raise NotImplementedError
