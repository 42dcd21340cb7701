"""The departments and who is on duty for them, as every process keeps them."""

from datetime import datetime, timedelta

from dispatch.models import Department, DutyShift
from twin import clock, revisions

departments: revisions.Cached[dict[str, Department]] = revisions.Cached(
    "departments", lambda: Department.objects.in_bulk()
)

Shift = tuple[datetime, datetime, int]  # from, to, id of the person
BEFORE = timedelta(days=7)  # so far back shifts are kept, for a clock that was away


def _load() -> dict[str, list[Shift]]:
    found: dict[str, list[Shift]] = {}
    shifts = DutyShift.objects.filter(ends__gt=clock.now() - BEFORE, user__is_active=True).order_by("starts", "pk")
    for code, starts, ends, user in shifts.values_list("department_id", "starts", "ends", "user_id"):
        found.setdefault(code, []).append((starts, ends, user))
    return found


roster: revisions.Cached[dict[str, list[Shift]]] = revisions.Cached("departments", _load)


def on_duty(code: str, at: datetime, known: revisions.Revisions) -> list[int]:
    """Ids of those on duty 值班 for a department at a time; where it has nobody, of the next department above it."""
    shifts = roster.fresh(known)
    while code:
        if found := [user for starts, ends, user in shifts.get(code, ()) if starts <= at < ends]:
            return list(dict.fromkeys(found))
        code = code.rpartition(".")[0]
    return []
