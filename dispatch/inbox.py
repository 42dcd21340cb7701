"""The inbox of a department's people: what they lead, where their opinion is asked for, what waits for their approval.

One query finds all three; how many statements a page costs does not depend on how many tasks are on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from dispatch import catalogue, workflow
from dispatch.detail import person_out
from dispatch.models import Case, JointTask, Request
from dispatch.outbound.tasks import Words
from dispatch.state import state_of
from dispatch.workflow import Flow
from twin import revisions
from twin.models import Grant, Role, User

OF_DEPARTMENTS = {Role.DEPARTMENT, Role.DEPARTMENT_HEAD}
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Filters:
    """What a person wants to see of their inbox; None and empty: all of it."""

    status: str = ""
    overdue: bool = False
    mine: bool = False
    text: str = ""


def _within(departments: Sequence[str], name: str) -> Q:
    """The department in a column is one of these, or under it. None named: any."""
    if not departments:
        return Q()
    condition = NOTHING
    for code in departments:
        condition |= Q(**{name: code}) | Q(**{f"{name}__startswith": code + "."})
    return condition


def _zones(grant: Grant, name: str = "zones") -> Q:
    return Q(**{f"{name}__overlap": sorted(grant.zones)}) if grant.zones else Q()


def _led(grants: Iterable[Grant]) -> Q:
    found = NOTHING
    for grant in grants:
        if grant.role in OF_DEPARTMENTS:
            found |= _within(grant.departments, "department") & _zones(grant)
    return found


def _joint(grants: Iterable[Grant]) -> Q:
    asked = NOTHING
    for grant in grants:
        if grant.role in OF_DEPARTMENTS:
            asked |= _within(grant.departments, "department") & _zones(grant, "case__zones")
    return Q(Exists(JointTask.objects.filter(asked, case=OuterRef("pk"), answered_at=None)))


def _approvals(grants: Iterable[Grant], user: User, flow: Flow) -> Q:
    """Requests whose next step is decided by a role that the person has over the case; never their own."""
    found = NOTHING
    for grant in grants:
        for verb in flow.document.verb:
            for step, roles in enumerate(verb.approval):
                if grant.role in roles:
                    waits = Request.objects.filter(case=OuterRef("pk"), verb=verb.code, step=step, granted=None)
                    waits = waits.exclude(asked_by=user)
                    found |= (
                        Q(Exists(waits), asking=verb.code) & _within(grant.departments, "department") & _zones(grant)
                    )
    return found


def _wanted(query: QuerySet[Case], wanted: Filters, user: User, now: datetime, known: revisions.Revisions) -> Any:
    if wanted.status:
        query = query.filter(status=wanted.status)
    if wanted.overdue:
        query = query.filter(due_at__lt=now)
    if wanted.mine:
        query = query.filter(handler=user)
    if text := wanted.text.strip():
        named = {
            category.code
            for edition in catalogue.editions.fresh(known)
            for category in edition.categories.values()
            if text in category.name_zh or text.lower() in category.name_en.lower()
        }
        place = Q(place_zh__icontains=text) | Q(place_en__icontains=text)
        query = query.filter(Q(number__contains=text) | place | Q(category__in=sorted(named)))
    return query


def tasks(
    user: User, wanted: Filters, now: datetime, known: revisions.Revisions, *, page: int, limit: int
) -> dict[str, Any]:
    """A page (from 1) of the inbox, the urgent first and then by deadline; and how many tasks there are in all."""
    grants, flow = list(user.grants.all()), workflow.current(known)
    desk = [status.code for status in flow.document.status if status.axis == "department" and status.open]
    led = _led(grants)
    if not wanted.status:  # whoever asks for a status sees it, also while the case lies on somebody else's desk
        led &= Q(status__in=desk)
    joint, approvals = _joint(grants), _approvals(grants, user, flow)
    found = Case.objects.open().filter(led | joint | approvals)
    found = _wanted(found, wanted, user, now, known)
    total = found.count()
    ordered = found.order_by("-urgency", F("due_at").asc(nulls_last=True), "pk").select_related("handler")
    ordered = ordered.annotate(**{
        f"is_{name}": Exists(Case.objects.filter(condition, pk=OuterRef("pk")))
        for name, condition in (("lead", led), ("joint", joint), ("approval", approvals))
    })  # fmt: skip
    open_requests = Request.objects.filter(granted=None).select_related("asked_by")
    shown = ordered.prefetch_related(Prefetch("requests", open_requests, to_attr="waiting"))
    start = (page - 1) * limit
    words = Words(known)
    return {"items": [_task(case, now, words) for case in shown[start : start + limit]], "total": total, "page": page}


def _task(case: Any, now: datetime, words: Words) -> dict[str, Any]:
    state = state_of(case)
    request = next(iter(case.waiting), None)
    return {
        "id": case.pk,
        "version": case.version,
        "why": [name for name in ("lead", "joint", "approval") if getattr(case, f"is_{name}")],
        "overdue": case.due_at is not None and case.due_at < now,
        "handler": person_out(case.handler),
        "request": {
            "verb": request.verb, "reason": request.reason, "step": request.step, "inputs": request.inputs,
            "asked_by": person_out(request.asked_by), "asked_at": request.asked_at,
        } if request else None,
        **state,
        **words.of(state),
    }  # fmt: skip
