"""Deadlines over HTTP: notices, calendars, escalation ladders."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema

from dispatch import changing, notices
from dispatch.departments import departments
from dispatch.models import Calendar, Ladder
from twin import revisions
from twin.problems import Problem
from twin.session import person

router = Router(tags=["deadlines"])
MOST_LISTED = 200


class NoticeOut(Schema):
    """What somebody was told. `role` and `department` say in which capacity."""

    id: int
    at: datetime
    reason: str
    role: str
    department: str
    text_zh: str
    text_en: str
    seen: bool
    exercise: str
    case_id: int
    number: str = Field(alias="case.number")
    status: str = Field(alias="case.status")
    urgency: int = Field(alias="case.urgency")
    due_at: datetime | None = Field(alias="case.due_at")
    closed_at: datetime | None = Field(alias="case.closed_at")


class NoticeList(Schema):
    items: list[NoticeOut]
    unseen: int = Field(description="of all that are mine, not of these items alone")


class Seen(Schema):
    ids: list[int] = Field(max_length=1000)


@router.get("/notices", response=NoticeList)
def list_notices(
    request: HttpRequest, page: Annotated[int, Query(ge=1, le=10_000)] = 1, limit: int = 100, unseen: bool = False
) -> dict[str, Any]:
    """What I was told in the last 30 days, by name or by my roles: unseen first, then the newest; pages from 1."""
    me = person(request)
    waiting = notices.unseen(me)
    found = notices.in_order(waiting if unseen else notices.recent(me), me)
    limit = max(1, min(limit, MOST_LISTED))
    return {"items": found[(page - 1) * limit : page * limit], "unseen": waiting.count()}


@router.post("/notices/seen")
def see_notices(request: HttpRequest, which: Seen) -> dict[str, int]:
    """Mark notices of mine as seen; how many were not yet."""
    return {"seen": notices.see(which.ids, person(request), request=request)}


class DayIn(Schema):
    day: date
    working: bool
    name_zh: str = Field("", max_length=80)
    name_en: str = Field("", max_length=80)
    hours: list[list[str]] = Field([], description="of this day alone; empty: the calendar's")


class CalendarIn(Schema):
    """A calendar as a whole. `revision` is the one that was read."""

    revision: int
    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field(min_length=1, max_length=80)
    weekdays: list[int] = Field(description="1 Monday to 7 Sunday")
    hours: list[list[str]] = Field(description='[["08:00", "12:00"], ["22:00", "06:00"]]; the latter is a night shift')
    first_day: date
    last_day: date
    days: list[DayIn] = Field(description="holidays, and make-up working days 调休")


Code = Annotated[str, Path(pattern=r"^[a-z0-9_-]{1,50}$")]


@router.get("/calendars")
def list_calendars(request: HttpRequest) -> dict[str, Any]:
    """All calendars without their days, and which departments name them."""
    known = revisions.read()
    users: dict[str, list[str]] = {}
    for department in departments.fresh(known).values():
        if department.calendar_id:
            users.setdefault(str(department.calendar_id), []).append(department.code)
    rows = Calendar.objects.order_by("code")
    items = [_calendar(row) | {"departments": sorted(users.get(row.code, []))} for row in rows]
    return {"items": items, "revision": known.get("calendars", 0)}


@router.get("/calendars/{code}")
def one_calendar(request: HttpRequest, code: Code) -> dict[str, Any]:
    known = revisions.read()
    row = Calendar.objects.filter(code=code).first()
    if row is None:
        raise Problem(404, f"There is no calendar {code!r}.", detail_zh=f"没有日历“{code}”。")
    return _whole(row) | {"revision": known.get("calendars", 0)}


@router.put("/calendars/{code}")
def put_calendar(request: HttpRequest, code: Code, new: CalendarIn, dry_run: bool = False) -> dict[str, Any]:
    """Make a calendar or change it; deadlines that run by it move at once, and `moved` says how many did.

    With `dry_run` nothing is changed, and `moved` says how many would move.
    """
    draft = changing.Draft(
        new.name_zh,
        new.name_en,
        new.weekdays,
        new.hours,
        new.first_day,
        new.last_day,
        [changing.Day(**day.dict()) for day in new.days],
    )
    if dry_run:
        moved = changing.would_move(code, draft, person(request), revision=new.revision)
        return {"moved": moved, "dry_run": True}
    row, moved = changing.save_calendar(code, draft, person(request), revision=new.revision, request=request)
    return _whole(row) | {"revision": revisions.read().get("calendars", 0), "moved": moved}


def _calendar(row: Calendar) -> dict[str, Any]:
    names = ("code", "name_zh", "name_en", "weekdays", "hours", "first_day", "last_day")
    return {name: getattr(row, name) for name in names}


def _whole(row: Calendar) -> dict[str, Any]:
    days = row.days.order_by("day").values("day", "working", "name_zh", "name_en", "hours")
    return _calendar(row) | {"days": list(days)}


class LadderIn(Schema):
    name_zh: str = Field(min_length=1, max_length=120)
    name_en: str = Field(min_length=1, max_length=120)
    when: dict[str, list[Any]] = Field(description="urgency, category, department, channel; {} fits every case")
    steps: list[dict[str, Any]] = Field(description="after (warn, due, stage), value, unit, tell, supervise")


class LaddersIn(Schema):
    revision: int
    ladders: list[LadderIn]


@router.get("/ladders")
def read_ladders(request: HttpRequest) -> dict[str, Any]:
    """All escalation ladders, in order; the first that fits a case is climbed."""
    known = revisions.read()
    rows = Ladder.objects.order_by("order").values("name_zh", "name_en", "when", "steps")
    return {"ladders": list(rows), "revision": known.get("ladders", 0)}


@router.put("/ladders")
def put_ladders(request: HttpRequest, new: LaddersIn) -> dict[str, Any]:
    """Replace all ladders; 422 says what cannot be. Open cases go on from where they stand."""
    rows = [ladder.dict() for ladder in new.ladders]
    changing.save_ladders(rows, person(request), revision=new.revision, request=request)
    return read_ladders(request)
