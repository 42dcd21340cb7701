"""How much happened when: the changes by kind that a time bar draws.

A short span is counted in the journal itself; a long one from the tallies that are made with the keyframes, and the
rows since then.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, DateTimeField, DurationField, F, Func, Sum, Value

from twin.access import Scope
from twin.history import keyframes, moments
from twin.history.moments import Reach
from twin.models import JournalRow, Tally

MOST_COUNTED = 200_000  # rows of the journal
QUARTER = 900
STEPS = (1, 5, 10, 30, 60, 300, QUARTER, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800)  # seconds
_Counts = defaultdict[datetime, Counter[str]]


@dataclass(frozen=True)
class Density:
    """Counts by kind for each step that has any; steps begin at whole local hours and days."""

    step: int  # seconds
    counts: dict[datetime, dict[str, int]]


def density(reach: Reach, scope: Scope, begin: datetime, end: datetime, steps: int) -> Density | None:
    """Changes between two moments of the history in at most so many steps.

    None for a span of more than MOST_COUNTED rows and a person who may see some zones only: there are no tallies by
    zone, and to count would take too long.
    """
    before, last = _rows(reach, begin, end)
    few = last - before <= MOST_COUNTED
    if not few and not scope.unlimited and any(limit.zones is not None for limit in scope.limits):
        return None
    step = _step((end - begin).total_seconds(), steps, at_least=1 if few else QUARTER)
    counts: _Counts = defaultdict(Counter)
    if not few:
        keyframe = keyframes.at_or_before(last) or keyframes.NOTHING
        before = max(before, keyframe.seq)
        _add(counts, _tallied(scope, begin, keyframe, step))
    _add(counts, _counted(scope, before, last, step))
    return Density(step, {at: dict(kinds) for at, kinds in sorted(counts.items())})


def _rows(reach: Reach, begin: datetime, end: datetime) -> tuple[int, int]:
    """The row before the span, and its last one."""
    first, last = reach.first, reach.last
    before = first.seq - 1 if begin <= first.at else moments.last_before(begin, first.seq, last.seq)
    if end >= last.at:
        return before, last.seq
    return before, before if end < first.at else moments.last_before(end, first.seq, last.seq)


def _step(seconds: float, steps: int, at_least: int) -> int:
    fitting = (step for step in STEPS if step >= at_least and seconds / step <= steps)
    return next(fitting, STEPS[-1])


def _bin(step: int) -> Func:
    origin = datetime(2000, 1, 1, tzinfo=ZoneInfo(settings.TIME_ZONE))
    return Func(
        Value(timedelta(seconds=step), output_field=DurationField()),
        F("at"),
        Value(origin, output_field=DateTimeField()),
        function="date_bin",
        output_field=DateTimeField(),
    )


_Rows = Iterable[tuple[datetime, str, int]]


def _counted(scope: Scope, after: int, last: int, step: int) -> _Rows:
    rows: Any = JournalRow.objects.visible_to(scope).filter(seq__gt=after, seq__lte=last)
    return rows.annotate(bin=_bin(step)).values("bin", "kind").annotate(n=Count("seq")).values_list("bin", "kind", "n")


def _tallied(scope: Scope, begin: datetime, keyframe: keyframes.Keyframe, step: int) -> _Rows:
    """Up to a keyframe, from the quarter of an hour on in which the span begins."""
    quarter = begin - timedelta(seconds=begin.timestamp() % QUARTER)
    rows: Any = Tally.objects.visible_to(scope).filter(at__gte=quarter, at__lte=keyframe.at)
    return (
        rows.annotate(bin=_bin(step)).values("bin", "kind").annotate(n=Sum("changes")).values_list("bin", "kind", "n")
    )


def _add(counts: _Counts, rows: _Rows) -> None:
    for at, kind, number in rows:
        counts[at][kind] += number
