"""City time for tests: the clock stands where it is put, and moves when it is told to."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dispatch import clocks
from dispatch.models import Case
from twin import clock, revisions

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    """A moment of local time, e.g. `2026-10-09 17:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def city_is_at(moment: str | datetime) -> datetime:
    """Let the city's clock stand there."""
    at = local(moment) if isinstance(moment, str) else moment
    clock.change(at, 0)
    clock.now(revisions.read())
    return at


def keep(case: Case) -> Case:
    """Save what a function of `dispatch.clocks` has changed, as an act would."""
    case.save(update_fields=["status", *clocks.FIELDS])
    return case
