"""Figures of a day, as it stood at a moment of it: of the whole city, of a zone, of whatever cases are asked of.

They are counted from the cases, so that any moment costs the same; a case that was taken up again after its end counts
as if it had never ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncHour

from dispatch.models import Case
from twin.access import Scope

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
# Closed after its deadline; an appeal that was granted forgives it.
LATE = Q(closed_at__gt=F("due_at"), exempt=False)


@dataclass(frozen=True)
class Day:
    """A local day up to a moment of it."""

    begin: datetime
    now: datetime

    @classmethod
    def of(cls, now: datetime) -> "Day":
        local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
        return cls(local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC), now)

    @property
    def end(self) -> datetime:
        # Noon of the next day is on that day whatever the clocks did in the night.
        return Day.of(self.begin + timedelta(hours=36)).begin

    @property
    def hours(self) -> list[datetime]:
        return [self.begin + i * HOUR for i in range(int((self.end - self.begin) / HOUR))]


def day_of_city(now: datetime, scope: Scope) -> dict[str, Any]:
    """The figures of the day up to `now` and of the week before, of all that a person with this scope may see."""
    today, before = Day.of(now), Day.of(now - WEEK)
    seen = Case.objects.visible_to(scope)
    cases = seen.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=before.begin))
    standing = cases.filter(_standing(now))
    figures, week_before = of_days(cases, today, before)
    # What was opened is sought by its time, whatever became of it.
    opened = seen.filter(opened_at__gte=before.begin)
    return {
        "at": now,
        "day": today.begin,
        "figures": figures,
        "week_before": week_before,
        "by_channel": by(standing, "channel"),
        "by_department": by(standing, "department"),
        "by_hour": by_hour(opened, today, before, closings=cases),
    }


def of_days(cases: QuerySet[Case], *days: Day) -> Sequence[dict[str, Any]]:
    """The figures of each day, in one statement."""
    named = {f"d{i}": day for i, day in enumerate(days)}
    counts = cases.aggregate(**{f"{p}_{name}": Count("pk", filter=q) for p, d in named.items() for name, q in _of(d)})
    return [_out(counts, prefix) for prefix in named]


def _standing(at: datetime) -> Q:
    return Q(opened_at__lte=at) & (Q(closed_at__isnull=True) | Q(closed_at__gt=at))


def _of(day: Day) -> list[tuple[str, Q]]:
    """What is counted of a day, as it stood at its moment."""
    standing = _standing(day.now)
    closed = Q(closed_at__gte=day.begin, closed_at__lte=day.now)
    return [
        ("open", standing),
        ("overdue", standing & Q(due_at__lt=day.now)),
        ("opened", Q(opened_at__gte=day.begin, opened_at__lte=day.now)),
        ("closed", closed),
        # What had no deadline was neither on time nor late.
        ("timed", closed & Q(due_at__isnull=False)),
        ("late", closed & LATE),
    ]


def _out(counts: dict[str, int], prefix: str) -> dict[str, Any]:
    timed = counts[f"{prefix}_timed"]
    return {
        "open": counts[f"{prefix}_open"],
        "overdue": counts[f"{prefix}_overdue"],
        "opened_today": counts[f"{prefix}_opened"],
        "closed_today": counts[f"{prefix}_closed"],
        "late_today": counts[f"{prefix}_late"],
        "on_time_rate_today": round(1 - counts[f"{prefix}_late"] / timed, 4) if timed else None,
    }


def by(cases: QuerySet[Case], name: str) -> list[dict[str, Any]]:
    rows = cases.values(code=F(name)).annotate(count=Count("pk")).order_by("-count", "code")
    return [{"code": row["code"], "count": row["count"]} for row in rows]


def by_hour(
    cases: QuerySet[Case], today: Day, before: Day, closings: QuerySet[Case] | None = None
) -> list[dict[str, Any]]:
    """The hours of today; of those to come it is known what was opened a week before.

    What was closed is counted among `closings`, if other cases are to be asked for it.
    """
    opened, closed = (
        _hourly(cases, "opened_at", today),
        _hourly(cases if closings is None else closings, "closed_at", today),
    )
    earlier = _hourly(cases, "opened_at", before)
    return [
        {
            "hour": hour,
            "opened": opened.get(i, 0),
            "closed": closed.get(i, 0),
            "opened_week_before": earlier.get(i, 0),
        }
        for i, hour in enumerate(today.hours)
    ]


def _hourly(cases: QuerySet[Case], name: str, day: Day) -> dict[int, int]:
    """Counts of a day by the number of its hour."""
    within = cases.filter(**{f"{name}__gte": day.begin, f"{name}__lt": day.end})
    rows = within.values(hour=TruncHour(name, tzinfo=UTC)).annotate(count=Count("pk")).values_list("hour", "count")
    return {int((hour - day.begin) / HOUR): count for hour, count in rows}
