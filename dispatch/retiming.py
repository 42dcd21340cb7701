"""Running deadlines move with what they are reckoned by: a calendar that changes, ladders that change."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from dispatch import clocks
from dispatch.calendars import CLOCK_UNITS, WorkingTime, calendars, code_of
from dispatch.departments import departments
from dispatch.models import Case, Department
from dispatch.state import Seen, entry
from twin import revisions
from twin.journal import Journal

CHUNK = 5000


def by_calendar(said: Journal, code: str, before: WorkingTime | None, known: revisions.Revisions, actor: str) -> int:
    """Move the deadlines of open cases after a calendar has changed; how many moved.

    A limit that runs since its dispatch is walked anew, so that a day declared free this morning counts as free. One
    that was paused or extended keeps the working time that was left by the calendar as it was (`before`).
    """
    after = departments.fresh(known)
    why = ("工作日历调整，时限重算", "The calendar has changed; the deadline moved")
    held = ((case, before if code_of(case.department, after) == code else None) for case in _walking())
    return _move(held, said, known, actor, why)


def by_department(said: Journal, before: Mapping[str, Department], known: revisions.Revisions, actor: str) -> int:
    """Move the deadlines of open cases after a department was given another calendar; how many moved.

    `before` are the departments as they were. Those under it that have no hours of their own move with it.
    """
    after, by_code = departments.fresh(known), calendars.fresh(known)
    why = ("部门工作时间调整，时限重算", "The department's hours have changed; the deadline moved")
    held = (
        (case, by_code.get(was))
        for case in _walking()
        if (was := code_of(case.department, before)) != code_of(case.department, after)
    )
    return _move(held, said, known, actor, why)


def _move(
    held: Iterable[tuple[Case, WorkingTime | None]],
    said: Journal,
    known: revisions.Revisions,
    actor: str,
    why: tuple[str, str],
) -> int:
    """Walk cases again, each with the working time that it had if that has changed; those that move are told."""
    moved = []
    for case, before in held:
        was = (case.warn_at, case.due_at, case.stage_due_at)
        _walk_again(case, before, said.at, known)
        if (case.warn_at, case.due_at, case.stage_due_at) != was:
            case.version += 1
            clocks.settle(case, said.at, known)
            change = {"due_at": [was[1], case.due_at], "text_zh": why[0], "text_en": why[1]}
            said.say(entry(case, "case.retimed", actor, change, Seen.of(case)))
            moved.append(case)
    _store(moved)
    return len(moved)


def _walk_again(case: Case, before: WorkingTime | None, at: datetime, known: revisions.Revisions) -> None:
    now = clocks.working_time(case, known)
    if not case.extensions and not case.suspensions and case.dispatched_at and case.limit_value is not None:
        case.warn_at, case.due_at = clocks.limits(now, case.dispatched_at, case.limit_value, case.limit_unit)
    elif before is not None:
        case.warn_at, case.due_at = (_carried(moment, at, before, now) for moment in (case.warn_at, case.due_at))
    if before is not None and clocks.stage_in_working_time(case, known):
        case.stage_due_at = _carried(case.stage_due_at, at, before, now)


def _carried(moment: datetime | None, at: datetime, before: WorkingTime, now: WorkingTime) -> datetime | None:
    return moment if moment is None or moment <= at else now.after(at, before.between(at, moment))


def by_ladders(at: datetime, known: revisions.Revisions) -> int:
    """Stand every open case on its rung of the new ladders: what lies behind counts as told, the rest is to come."""
    cases = list(_open())
    for case in cases:
        clocks.stand(case, at, known)
    _store(cases)
    return len(cases)


def _walking() -> QuerySet[Case]:
    """Open cases whose limit runs in working time."""
    return _open().exclude(limit_unit__in=list(CLOCK_UNITS)).filter(due_at__isnull=False)


def _open() -> QuerySet[Case]:
    return Case.objects.open().order_by("pk").select_for_update()


def _store(cases: Sequence[Case]) -> None:
    fields = {"version": "int", "told": "int", "warn_at": "timestamptz", "due_at": "timestamptz"}
    fields |= {"stage_due_at": "timestamptz", "wake_at": "timestamptz"}
    sets = ", ".join(f"{name} = n.{name}" for name in fields)
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *fields.values()))
    statement = (
        f"UPDATE dispatch_case c SET {sets} FROM unnest({arrays}) AS n (id, {', '.join(fields)}) WHERE c.id = n.id"
    )
    with connection.cursor() as cursor:
        for begin in range(0, len(cases), CHUNK):
            some = cases[begin : begin + CHUNK]
            cursor.execute(statement, [[getattr(case, name) for case in some] for name in ("id", *fields)])
