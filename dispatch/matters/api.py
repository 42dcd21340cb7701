"""Registering, finding the same matter, merging, splitting and calls back over HTTP."""

from typing import Annotated, Any

import numpy as np
from django.http import HttpRequest
from ninja import Query, Router, Status

from dispatch import workflow
from dispatch.detail import detail
from dispatch.matters import given, merging, registering, splitting
from dispatch.matters.calling_back import call_backs
from dispatch.matters.components import Near, components_near
from dispatch.matters.family import family
from dispatch.matters.similar import Asked, defaults, similar, texts_of
from dispatch.matters.waiting import USUAL_DAYS, waiting
from dispatch.models import Case
from dispatch.verbs.people import roles_over
from geo.coordinates import TO_WGS84
from twin import clock, revisions
from twin.problems import Problem
from twin.session import person

router = Router(tags=["matters"])
Answer = dict[str, Any]
MOST_LISTED = 200


def register(request: HttpRequest, body: given.ByHand) -> Status[Answer]:
    """Register a report by hand; 200 if this `client_id` was registered before, with what became of it then."""
    done = registering.register(body, person(request), request=request)
    case = Case.objects.filter(pk=done.case_id).first() if done.case_id else None
    shown = case and {"id": case.pk, "number": case.number, "status": case.status, "department": case.department}
    answer = {"report": {"id": done.report_id}, "became": done.became, "case": shown, "again": done.again}
    return Status(200 if done.again else 201, answer)


@router.get("/matters/similar")
def find_similar(request: HttpRequest, around: Query[given.Around]) -> Answer:
    """Open and recently closed cases that may be the same matter as what is being registered."""
    known = revisions.read()
    wanted = defaults(
        workflow.current(known).document.matters, within_m=around.within_m, hours=around.hours, same=around.same
    )
    lon, lat = (float(one[0]) for one in TO_WGS84[around.crs](np.array([around.lon]), np.array([around.lat])))
    at = around.at or clock.now(known)
    if at.tzinfo is None:
        raise Problem(422, "The time needs its zone: 2026-11-23T08:00:00+08:00.", detail_zh="时间需要带时区。")
    asked = Asked(lon, lat, at, around.category, (around.text,), **wanted)
    return {"items": similar(asked, person(request).scope)} | wanted


@router.get("/cases/{case_id}/similar")
def similar_to_case(request: HttpRequest, case_id: int) -> Answer:
    """Cases that may be the same matter as this one; `may_merge`: the person may join and part this one."""
    case, user = _case(request, case_id), person(request)
    matters = workflow.current(revisions.read()).document.matters
    wanted = defaults(matters)
    may_merge = not roles_over(user.grants.all(), case).isdisjoint(matters.roles)
    asked = Asked(
        case.geom.x, case.geom.y, case.opened_at, case.category, texts_of(case),
        exercise=case.exercise, but=tuple(family(case.pk)), **wanted,
    )  # fmt: skip
    return {"items": similar(asked, user.scope), "may_merge": may_merge} | wanted


@router.post("/cases/{case_id}/merge")
def merge(request: HttpRequest, case_id: int, body: given.Merge) -> Answer:
    """Let this case end in another one, which is answered. 409 says what changed if somebody else was faster."""
    into = merging.merge(case_id, body.into, person(request), request=request, **body.dict(exclude={"into"}))
    return detail(into, person(request))


@router.post("/cases/{case_id}/unmerge")
def unmerge(request: HttpRequest, case_id: int, body: given.Unmerge) -> Answer:
    """Take this case out of the one that it was merged into; it comes back as it was."""
    return detail(merging.unmerge(case_id, person(request), request=request, **body.dict()), person(request))


@router.post("/cases/{case_id}/split")
def split(request: HttpRequest, case_id: int, body: given.Split) -> Answer:
    """Open joint cases for parts of this one; this one, with its parts, is answered."""
    user = person(request)
    splitting.split(case_id, body.parts, user, version=body.version, note=body.note, request=request)
    return detail(_case(request, case_id), user)


@router.get("/cases/{case_id}/call-backs")
def list_call_backs(request: HttpRequest, case_id: int) -> Answer:
    """Who is still to be called back, of this case and of those merged into it; no personal data."""
    return call_backs(_case(request, case_id))


@router.get("/call-backs")
def waiting_for_calls(
    request: HttpRequest,
    days: Annotated[int, Query(ge=1, le=366)] = USUAL_DAYS,
    after: int | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
) -> Answer:
    """Cases that ended within so many days and whose reporters wait for a call, oldest first; no personal data.

    Pass `next` as `after` to get what follows. For the roles that the workflow lets call back.
    """
    return waiting(person(request), clock.now(), days=days, after=after, limit=limit)


@router.get("/components/near")
def near(request: HttpRequest, around: Query[Near]) -> Answer:
    """Components around a place, the nearest first."""
    return {"items": components_near(around)}


def _case(request: HttpRequest, case_id: int) -> Case:
    case = Case.objects.visible_to(person(request).scope).filter(pk=case_id).first()
    if case is None:
        raise Problem(404, "There is no such case, or it is not yours to see.", detail_zh="案件不存在，或无权查看。")
    return case
