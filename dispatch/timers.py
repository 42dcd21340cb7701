"""The turn of the clock process: what falls due is done, once, by whichever process comes first.

Timers are the open cases themselves (`Case.wake_at`). A turn claims a bounded batch with FOR UPDATE SKIP LOCKED and
acts on it in one transaction with audit and journal, so any number of processes may run, and one that is killed leaves
either nothing or everything. What fails is logged, set back and shown by the auditor; it holds up nobody else.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Min

from dispatch.escalation import Escalated, climb
from dispatch.models import Case, Notice
from dispatch.resuming import take_up
from dispatch.state import Seen, entry
from twin import clock, journal
from twin.journal import Journal
from twin.models import AuditRow

log = logging.getLogger(__name__)
ACTOR = "clock"
BATCH = 200
SOON, LATEST = 0.05, 1.0  # seconds between turns; a case that is opened meanwhile may be due within a minute
POSTPONED = timedelta(minutes=10)  # city time until a case that failed is tried again


def turn() -> float:
    """Do what is due now; in how many seconds to come again."""
    for pk in _ids(suspended=True):
        _alone(pk, take_up)
    try:
        full = _batch() == BATCH
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a batch of due cases failed; each is now tried by itself")
        due = _ids(suspended=False)
        for pk in due:
            _alone(pk, _climb_alone)
        full = len(due) == BATCH
    return 0.0 if full else _pause()


def _pause() -> float:
    """Seconds until the next case is due, within limits. Without the lower one, a case that is held would spin us."""
    first = Case.objects.open().aggregate(at=Min("wake_at"))["at"]
    return LATEST if first is None else min(max(clock.seconds_until(first), SOON), LATEST)


def _batch() -> int:
    """Climb for all that is due, in one transaction; its statements do not grow with the number of cases."""
    with journal.writing() as said:
        due = Case.objects.open().filter(wake_at__lte=said.at, suspended_until__isnull=True)
        cases = list(due.order_by("wake_at").select_for_update(skip_locked=True)[:BATCH])
        climbed = [escalated for case in cases if (escalated := _climb(said, case))]
        _store(said, cases, climbed)
    return len(cases)


def _climb(said: Journal, case: Case) -> Escalated | None:
    """Changes the case in memory only, so that a failure of one leaves the others as they are."""
    version = case.told, case.supervised
    try:
        return climb(case, said.at, said.known)
    except Exception:
        log.exception("the clock could not act on case %s; it is tried again later", case.number)
        (case.told, case.supervised), case.wake_at = version, said.at + POSTPONED
        return None


def _store(said: Journal, cases: Sequence[Case], climbed: Sequence[Escalated]) -> None:
    for escalated in climbed:
        escalated.case.version += 1
        case = escalated.case
        said.say(entry(case, "case.escalated", ACTOR, escalated.change, Seen.of(case)))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch_case c SET version = n.version, told = n.told, supervised = n.supervised,"
            " wake_at = n.wake_at"
            " FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[], %s::timestamptz[])"
            " AS n (id, version, told, supervised, wake_at) WHERE c.id = n.id",
            [
                [case.pk for case in cases],
                [case.version for case in cases],
                [case.told for case in cases],
                [case.supervised for case in cases],
                [case.wake_at for case in cases],
            ],
        )
    Notice.objects.bulk_create([notice for escalated in climbed for notice in escalated.notices])
    AuditRow.objects.bulk_create(_audit_row(said.at, escalated) for escalated in climbed)


def _audit_row(at: datetime, escalated: Escalated) -> AuditRow:
    case = escalated.case
    return AuditRow(
        at=at,
        act="case.escalated",
        object_type="case",
        object_id=str(case.pk),
        detail=escalated.change,
        exercise=case.exercise,
    )


def _climb_alone(said: Journal, case: Case) -> None:
    escalated = climb(case, said.at, said.known)
    _store(said, [case], [escalated] if escalated else [])


def _ids(*, suspended: bool) -> list[int]:
    due = Case.objects.open().filter(wake_at__lte=clock.now(), suspended_until__isnull=not suspended)
    return list(due.order_by("wake_at").values_list("pk", flat=True)[:BATCH])


def _alone(pk: int, act: Callable[[Journal, Case], None]) -> None:
    """One case in a transaction of its own; if that fails, it is set back."""
    try:
        with journal.writing() as said:
            due = Case.objects.open().filter(pk=pk, wake_at__lte=said.at)
            case = due.select_for_update(skip_locked=True).first()
            if case is not None:
                act(said, case)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("the clock could not act on case id %s; it is tried again later", pk)
        Case.objects.open().filter(pk=pk).update(wake_at=clock.now() + POSTPONED)
