"""A department's own settings: people, duty roster, hours, channels, responsibility areas."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Router, Schema

from dispatch import keeping, retiming
from dispatch.calendars import code_of
from dispatch.departments import departments
from dispatch.detail import person_out
from dispatch.models import Calendar, Channel, Department, DutyShift
from geo.models import ZoneVersion
from twin import audit, clock, journal, revisions
from twin.models import Grant, Role, User
from twin.problems import Problem
from twin.session import person

router = Router(tags=["departments"])


class Shift(Schema):
    user: int
    starts: datetime = Field(description="with its zone")
    ends: datetime


class DepartmentIn(Schema):
    """What is given is changed; the roster is given whole, from now on: what is past stays."""

    version: int = Field(description="the one that was read")
    name_zh: str | None = Field(None, min_length=1, max_length=120)
    name_en: str | None = Field(None, min_length=1, max_length=120)
    phone: str | None = Field(None, max_length=40)
    calendar: str | None = Field(None, description="code; '' for that of the department above, else the city's")
    roster: list[Shift] | None = Field(None, max_length=2000)


@router.get("/departments/{code}")
def one_department(request: HttpRequest, code: str) -> dict[str, Any]:
    """All of it, for its people and for those who see the whole city."""
    user = person(request)
    department = Department.objects.filter(pk=code).first()
    if department is None or not (user.is_superuser or user.scope.unlimited or _of(user.grants.all(), code)):
        raise Problem(
            404, "There is no such department, or it is not yours to see.", detail_zh="没有这个部门，或无权查看。"
        )
    known = revisions.read()
    now = clock.now(known)
    shifts = list(department.shifts.filter(ends__gt=now).select_related("user").order_by("starts", "pk"))
    # An address may have a key of the receiver in it.
    channels = Channel.objects.filter(department=code).order_by("pk") if _keeps(user, code) else Channel.objects.none()
    areas = ZoneVersion.objects.holding(now).filter(department=code).select_related("zone").order_by("zone")
    return {
        "code": code,
        "version": department.version,
        "parent": department.parent_id,
        "name_zh": department.name_zh,
        "name_en": department.name_en,
        "kind": department.kind,
        "phone": department.phone,
        "calendar": department.calendar_id or "",
        "calendar_in_force": code_of(code, departments.fresh(known)),
        "people": _people(code),
        "roster": [_shift(shift) for shift in shifts],
        "on_duty": [person_out(shift.user) for shift in shifts if shift.starts <= now],
        "channels": list(channels.values("id", "kind", "url", "topic", "enabled")),
        "areas": [
            {"id": z.zone_id, "kind": z.zone.kind_id, "code": z.zone.code, "name_zh": z.name_zh, "name_en": z.name_en}
            | {"bbox": list(z.geom.extent)}
            for z in areas
        ],
        "may": {"keep": _keeps(user, code), "administrate": _keeps(user, code, administrator=True)},
    }


@router.put("/departments/{code}")
def change_department(request: HttpRequest, code: str, body: DepartmentIn) -> dict[str, Any]:
    """Phone and roster by its head or an administrator; names and hours by an administrator.

    With other hours the deadlines that run by them move at once, and `moved` says how many did. 409: somebody else has
    changed it since `version`; `by`, `at` and `changed` say who, when and what.
    """
    user = person(request)
    given = body.dict(exclude_unset=True, exclude={"roster", "version"})
    given = {name: value for name, value in given.items() if value is not None}
    if not _keeps(user, code, administrator=bool(given.keys() - {"phone"})):
        raise PermissionDenied("A department is kept by its head, its names and hours by administrators.")
    moved = 0
    with journal.writing() as said:
        revisions.bump("departments")  # locks the topic: who changes hours finds the tree as it is
        before = Department.objects.in_bulk()
        department = Department.objects.select_for_update().filter(pk=code).first()
        if department is None:
            raise Problem(404, f"There is no department {code}.", detail_zh="没有这个部门。")
        keeping.claim(["department", "roster"], code, department.version, body.version)
        _put_settings(department, given)
        department.version += 1
        department.save(update_fields=["name_zh", "name_en", "phone", "calendar", "version"])
        detail: dict[str, Any] = dict(given)
        if body.roster is not None:
            _put_roster(department, body.roster)
            detail["shifts"] = len(body.roster)
            keeping.say(
                said, "roster.saved", code, department.version, code, user,
                fields=["roster"], shifts=len(body.roster),
            )  # fmt: skip
        if given or body.roster is None:
            keeping.say(said, "department.saved", code, department.version, code, user, fields=sorted(given))
        revisions.bump("departments")  # once more: this transaction may have loaded them as they were
        if "calendar" in given:
            detail["moved"] = moved = retiming.by_department(said, before, revisions.read(), f"user:{user.pk}")
        audit.record("department.changed", user, "department", code, request=request, **detail)
    return one_department(request, code) | {"moved": moved}


def _put_settings(department: Department, given: dict[str, Any]) -> None:
    calendar = given.get("calendar")
    if calendar:
        if not Calendar.objects.filter(pk=calendar).exists():
            raise Problem(422, f"There is no calendar {calendar!r}.", detail_zh="没有这个工作日历。")
        department.calendar_id = calendar
    elif calendar == "":
        department.calendar_id = None
    for name in given.keys() & {"name_zh", "name_en", "phone"}:
        setattr(department, name, given[name])


def _keeps(user: User, code: str, *, administrator: bool = False) -> bool:
    """Whether it is the person's to keep: an administrator's, or its head's unless it needs an administrator."""
    grants = list(user.grants.all())
    if user.is_superuser or any(grant.role == Role.ADMINISTRATOR for grant in grants):
        return True
    return not administrator and _of([grant for grant in grants if grant.role == Role.DEPARTMENT_HEAD], code)


def _put_roster(department: Department, shifts: list[Shift]) -> None:
    """Shifts that are over are the record of who was there; they are never rewritten."""
    now = clock.now()
    able = {row["id"] for row in _people(department.pk)}
    for shift in shifts:
        if (
            shift.starts.tzinfo is None
            or shift.ends.tzinfo is None
            or not now < shift.ends
            or shift.ends <= shift.starts
        ):
            raise Problem(
                422,
                "A shift needs times with their zone, and ends after it starts and after now.",
                detail_zh="班次时间须带时区，且结束时间晚于开始时间和当前时间。",
            )
        if shift.user not in able:
            raise Problem(422, f"User {shift.user} is not of {department.pk}.", detail_zh="值班人员须为本部门人员。")
    department.shifts.filter(ends__gt=now).delete()
    DutyShift.objects.bulk_create(
        [DutyShift(department=department, **shift.dict(exclude={"user"}), user_id=shift.user) for shift in shifts]
    )


def _of(grants: Any, code: str) -> bool:
    """A grant for a department holds for those under it."""
    return any(
        not grant.departments or any(code == one or code.startswith(one + ".") for one in grant.departments)
        for grant in grants
    )


def _people(code: str) -> list[dict[str, Any]]:
    """Who has a role in it, or in one above it."""
    parts = code.split(".")
    above = [".".join(parts[: end + 1]) for end in range(len(parts))]
    grants = Grant.objects.filter(Q(departments__overlap=above), user__is_active=True).select_related("user")
    roles: dict[int, tuple[User, set[str]]] = {}
    for grant in grants.order_by("user_id"):
        roles.setdefault(grant.user_id, (grant.user, set()))[1].add(grant.role)
    return [(person_out(user) or {}) | {"roles": sorted(held)} for user, held in roles.values()]


def _shift(shift: DutyShift) -> dict[str, Any]:
    return {"user": person_out(shift.user), "starts": shift.starts, "ends": shift.ends}
