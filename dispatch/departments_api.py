"""A department's own settings: people, duty roster, hours, channels, responsibility areas."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Router, Schema

from dispatch.calendars import code_of
from dispatch.departments import departments
from dispatch.detail import person_out
from dispatch.models import Calendar, Channel, Department, DutyShift
from geo.models import ZoneVersion
from twin import audit, clock, revisions
from twin.models import Grant, Role, User
from twin.problems import Problem
from twin.session import person

router = Router(tags=["departments"])
MAY_CHANGE = {Role.ADMINISTRATOR, Role.DEPARTMENT_HEAD}


class Shift(Schema):
    user: int
    starts: datetime = Field(description="with its zone")
    ends: datetime


class DepartmentIn(Schema):
    """What is given is changed; the roster is given whole, from now on: what is past stays."""

    phone: str | None = Field(None, max_length=40)
    calendar: str | None = Field(None, description="code; '' for that of the department above, else the city's")
    roster: list[Shift] | None = Field(None, max_length=2000)


@router.get("/departments/{code}")
def one_department(request: HttpRequest, code: str) -> dict[str, Any]:
    """All of it, for its people and for those who see the whole city."""
    user = person(request)
    department = Department.objects.filter(pk=code).first()
    if department is None or not (user.is_superuser or user.scope.unlimited or _of(user.grants.all(), code)):
        raise Problem(404, "There is no such department, or it is not yours to see.")
    known = revisions.read()
    now = clock.now(known)
    shifts = list(department.shifts.filter(ends__gt=now).select_related("user").order_by("starts", "pk"))
    areas = ZoneVersion.objects.holding(now).filter(department=code).select_related("zone").order_by("zone")
    return {
        "code": code,
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
        "channels": list(
            Channel.objects.filter(department=code).order_by("pk").values("id", "kind", "url", "topic", "enabled")
        ),
        "areas": [
            {"id": z.zone_id, "kind": z.zone.kind_id, "code": z.zone.code, "name_zh": z.name_zh, "name_en": z.name_en}
            for z in areas
        ],
    }


@router.put("/departments/{code}")
def change_department(request: HttpRequest, code: str, body: DepartmentIn) -> dict[str, Any]:
    """Phone and roster by its head or an administrator; its hours by an administrator."""
    user = person(request)
    grants = list(user.grants.all())
    administrator = user.is_superuser or any(grant.role == Role.ADMINISTRATOR for grant in grants)
    heads = [grant for grant in grants if grant.role == Role.DEPARTMENT_HEAD]
    if not administrator and (not _of(heads, code) or body.calendar is not None):
        raise PermissionDenied("A department is kept by its head, its hours by administrators.")
    with transaction.atomic():
        department = Department.objects.select_for_update().filter(pk=code).first()
        if department is None:
            raise Problem(404, f"There is no department {code}.")
        changed = body.dict(exclude_unset=True, exclude={"roster"})
        if body.phone is not None:
            department.phone = body.phone
        if body.calendar is not None:
            if body.calendar and not Calendar.objects.filter(pk=body.calendar).exists():
                raise Problem(422, f"There is no calendar {body.calendar!r}.", detail_zh="没有这个工作日历。")
            department.calendar_id = body.calendar or None
        department.save(update_fields=["phone", "calendar"])
        if body.roster is not None:
            _put_roster(department, body.roster)
            changed["shifts"] = len(body.roster)
        audit.record("department.changed", user, "department", code, request=request, **changed)
        revisions.bump("departments")
    return one_department(request, code)


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
