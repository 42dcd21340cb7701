"""How calendars and ladders are changed: by administrators, whole, checked, and at once for every process.

Each change says which revision it is based on, so that of two who edit at once the second hears of the first.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from dispatch import catalogue, retiming
from dispatch.calendars import Unfit, WorkingTime, build, calendars
from dispatch.departments import departments
from dispatch.ladders import check_all, check_names
from dispatch.models import Calendar, CalendarDay, Flag, Ladder
from twin import audit, clock, journal, revisions
from twin.models import Role, User
from twin.problems import Problem


class Day(NamedTuple):
    """A day that differs: a holiday, a working day at a weekend 调休, or one that is worked at hours of its own."""

    day: date
    working: bool
    name_zh: str = ""
    name_en: str = ""
    hours: Sequence[Sequence[str]] = ()


class Draft(NamedTuple):
    """A calendar as somebody wants it; hours in local time, weekdays from 1 Monday to 7 Sunday."""

    name_zh: str
    name_en: str
    weekdays: Sequence[int]
    hours: Sequence[Sequence[str]]
    first_day: date
    last_day: date
    days: Sequence[Day]


def save_calendar(
    code: str, draft: Draft, user: User, *, revision: int, request: HttpRequest | None = None
) -> tuple[Calendar, int]:
    """Make or change a calendar; running deadlines move with it. The calendar, and how many deadlines moved.

    Raises Problem: 409 if calendars have changed since `revision`, 422 with a sentence for what cannot be.
    PermissionDenied for others than administrators.
    """
    _may_change(user)
    return _save(code, draft, user, revision, request)


def would_move(code: str, draft: Draft, user: User, *, revision: int) -> int:
    """How many running deadlines saving would move: it is done and taken back. Raises as `save_calendar` does."""
    _may_change(user)
    with transaction.atomic():
        _, moved = _save(code, draft, user, revision, None)
        transaction.set_rollback(True)
    return moved


def _save(code: str, draft: Draft, user: User, revision: int, request: HttpRequest | None) -> tuple[Calendar, int]:
    try:
        checked = _checked(draft)
    except Unfit as error:
        raise Problem(422, f"This calendar cannot be: {error}.", detail_zh=f"日历有误：{error.zh}。") from error
    with journal.writing() as said:
        revisions.claim("calendars", revision)
        before: WorkingTime | None = calendars.fresh(said.known).get(code)
        row, made = Calendar.objects.update_or_create(
            code=code,
            defaults={
                "name_zh": draft.name_zh,
                "name_en": draft.name_en,
                "weekdays": sorted(checked.weekdays),
                "hours": [list(pair) for pair in draft.hours],
                "first_day": draft.first_day,
                "last_day": draft.last_day,
            },
        )
        row.days.all().delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(calendar=row, **day._asdict() | {"hours": [list(pair) for pair in day.hours]})
            for day in draft.days
        )
        revisions.bump("calendars")
        moved = retiming.by_calendar(said, code, before, revisions.read(), f"user:{user.pk}")
        act = "calendar.made" if made else "calendar.changed"
        audit.record(act, user, "calendar", code, request=request, last_day=str(draft.last_day), moved=moved)
    return row, moved


def _checked(draft: Draft) -> WorkingTime:
    first, last = draft.first_day, draft.last_day
    if strange := [day for day in draft.weekdays if not 1 <= day <= 7]:
        raise Unfit(
            f"weekdays go from 1 Monday to 7 Sunday, not {strange[0]}",
            f"星期应为 1（周一）至 7（周日），不是 {strange[0]}",
        )
    if last < first:
        raise Unfit(f"its last day {last} comes before its first, {first}", f"截止日 {last} 早于起始日 {first}")
    seen: set[date] = set()
    for one in draft.days:
        if not first <= one.day <= last:
            raise Unfit(f"{one.day} does not lie between {first} and {last}", f"{one.day} 不在 {first} 至 {last} 之内")
        if one.day in seen:
            raise Unfit(f"{one.day} is given twice", f"{one.day} 重复")
        if one.hours and not one.working:
            raise Unfit(f"{one.day} is free and has working hours", f"{one.day} 为休息日，不应有工作时段")
        seen.add(one.day)
    exceptions = {one.day: one.working for one in draft.days}
    zone, own = ZoneInfo(settings.TIME_ZONE), {one.day: one.hours for one in draft.days}
    return build(set(draft.weekdays), draft.hours, first, last, exceptions, zone, own)


def save_ladders(
    rows: Sequence[Mapping[str, Any]], user: User, *, revision: int, request: HttpRequest | None = None
) -> None:
    """Replace all ladders, in their order. Open cases go on from where they stand: nothing is told twice.

    Raises Problem: 409 if ladders have changed since `revision`, 422 with a sentence. PermissionDenied as above.
    """
    _may_change(user)
    with transaction.atomic():
        revisions.claim("ladders", revision)
        known = revisions.read()
        try:
            flags = set(Flag.objects.values_list("code", flat=True))
            check_names(check_all(rows), catalogue.current(known), departments.fresh(known), flags)
        except ValueError as error:
            raise Problem(422, f"These ladders cannot be: {error}.", detail_zh=f"催办阶梯有误：{error}。") from error
        Ladder.objects.all().delete()
        Ladder.objects.bulk_create(Ladder(order=order, **row) for order, row in enumerate(rows, 1))
        revisions.bump("ladders")
        known = revisions.read()
        retiming.by_ladders(clock.now(known), known)
        audit.record("ladders.changed", user, "ladders", request=request, ladders=[row["name_en"] for row in rows])


def _may_change(user: User) -> None:
    if Role.ADMINISTRATOR not in user.roles():
        raise PermissionDenied("Calendars and ladders are changed by administrators.")
