"""A case with all that its panel shows, for one person; as many statements however much that is."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dispatch import catalogue, clocks, workflow
from dispatch.explain import explain
from dispatch.matters.family import family, related
from dispatch.models import Attachment, CallBack, Case, FilingCondition, JointTask, Report, Request
from dispatch.state import state_of
from dispatch.timeline import Moment, timeline
from dispatch.verbs import permits
from dispatch.verbs.acting import Act
from dispatch.verbs.engine import tally
from dispatch.verbs.inputs import Inputs
from dispatch.workflow import Verb
from geo.api import ZoneOut
from geo.lookup import index
from twin import clock, revisions
from twin.models import User

COUNTS = ("returns", "extensions", "suspensions", "reworks", "urges", "redos")


def detail(case: Case, user: User) -> dict[str, Any]:
    known = revisions.read()
    edition = catalogue.by_id(case.catalogue_id, known)
    condition = edition.categories[case.category].conditions[case.condition]
    zones = index.fresh(clock.now(known), known).by_id
    past = timeline(case, known)
    members = family(case.pk)
    requests = list(case.requests.select_related("asked_by", "decided_by").order_by("pk"))
    tasks = list(case.joint_tasks.select_related("asked_by", "answered_by").order_by("pk"))
    verbs = possible(case, user, past, known, requests, tasks)
    return state_of(case) | {
        "id": case.pk,
        "version": case.version,
        "place": case.place_zh,
        "condition": condition_out(condition),
        "component": case.component,
        "dispatched_at": case.dispatched_at,
        "handled_at": case.handled_at,
        "closed_at": case.closed_at,
        "suspended_until": case.suspended_until,
        **clocks.shown(case, clock.now(known), known),
        "handler": person_out(case.handler),
        "supervised": case.supervised,
        "exempt": case.exempt,
        "counts": {name: getattr(case, name) for name in COUNTS},
        "zones": [ZoneOut.of(zones[zone]).dict() for zone in case.zones if zone in zones],
        "decision": asdict(explain(case, edition)),
        "reports": [report_out(report) for report in Report.objects.filter(case__in=members).order_by("pk")],
        "timeline": [asdict(moment) for moment in past],
        "joint_tasks": [_joint_task(task) for task in tasks],
        "requests": [_request(request) for request in requests],
        "attachments": [attachment_out(one) for one in case.attachments.order_by("uploaded_at", "pk")],
        "notices": _notices(case),
        "call_backs": _call_backs(members),
        "related": related(case, user, members),
        "verbs": [verb_out(verb) for verb in verbs],
    }


def condition_out(condition: FilingCondition) -> dict[str, Any]:
    return {
        "no": condition.number,
        "text_zh": condition.text_zh,
        "text_en": condition.text_en,
        "closing_zh": condition.closing_zh,
        "closing_en": condition.closing_en,
        "limit_value": condition.limit_value,
        "limit_unit": condition.limit_unit,
    }


def possible(
    case: Case,
    user: User,
    past: Sequence[Moment],
    known: revisions.Revisions,
    requests: Sequence[Request],
    tasks: Sequence[JointTask],
) -> list[Verb]:
    """The verbs that the person may take now, by role, status and limits; those that lead on come first.

    `past`, `requests` and `tasks` are all of the case.
    """
    flow = workflow.current(known)
    count = tally(moment.kind for moment in past)
    asked = Act(case, flow, flow.document.verb[0], user, Inputs(), clock.now(known), known)
    asked.grants = list(user.grants.all())
    asked.pending = next((request for request in requests if request.granted is None), None)
    asked.open_tasks = [task for task in tasks if task.answered_at is None]
    found = []
    for verb in flow.document.verb:
        asked.verb = verb
        if permits.objection(asked, count) is None:
            found.append(verb)
    return sorted(found, key=lambda verb: verb.to is None)


def verb_out(verb: Verb) -> dict[str, Any]:
    """A verb with what a form for it must ask."""
    wanted = [(name, True) for name in verb.needs] + [(name, False) for name in verb.takes]
    return {
        "code": verb.code,
        "name_zh": verb.name_zh,
        "name_en": verb.name_en,
        "axis": verb.axis,
        "to": verb.to,
        "needs_note": verb.needs_note,
        "inputs": [
            {
                "name": name,
                "required": required,
                "choices": [
                    {"code": c.code, "name_zh": c.name_zh, "name_en": c.name_en} for c in verb.choices.get(name, ())
                ],
            }
            for name, required in wanted
        ],
    }


def report_out(report: Report) -> dict[str, Any]:
    """A report without personal data: who reported is read through an audited call of its own."""
    return {
        "id": report.pk,
        "case": report.case_id,
        "channel": report.channel,
        "message_id": report.message_id,
        "received_at": report.received_at,
        "occurred_at": report.occurred_at,
        "description": report.description,
        "location": {"crs": report.crs, "x": report.x, "y": report.y} if report.x is not None else None,
        "address": report.address,
        "device": report.device,
        "has_reporter": report.reporter is not None,
    }


def attachment_out(one: Attachment) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "kind": one.kind,
        "name": one.name,
        "content_type": one.content_type,
        "size": one.size,
        "uploaded_at": one.uploaded_at,
        "url": f"/api/attachments/{one.pk}",
    }


def person_out(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.name or user.username} if user else None


def _joint_task(task: JointTask) -> dict[str, Any]:
    return {
        "department": task.department,
        "asked_by": person_out(task.asked_by),
        "asked_at": task.asked_at,
        "note": task.note,
        "opinion": task.opinion,
        "answered_by": person_out(task.answered_by),
        "answered_at": task.answered_at,
    }


def _request(one: Request) -> dict[str, Any]:
    return {
        "id": one.pk,
        "verb": one.verb,
        "inputs": one.inputs,
        "reason": one.reason,
        "asked_by": person_out(one.asked_by),
        "asked_at": one.asked_at,
        "step": one.step,
        "granted": one.granted,
        "decided_by": person_out(one.decided_by),
        "decided_at": one.decided_at,
        "answer": one.answer,
    }


def _notices(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "at": notice.at,
            "reason": notice.reason,
            "role": notice.role,
            "department": notice.department,
            "user": person_out(notice.user),
            "text_zh": notice.text_zh,
            "text_en": notice.text_en,
        }
        for notice in case.notices.select_related("user").order_by("pk")
    ]


def _call_backs(members: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {
            "report": call.report_id,
            "reached": call.reached,
            "resolved": call.resolved,
            "rating": call.rating,
            "note": call.note,
            "by": person_out(call.by),
            "at": call.at,
        }
        for call in CallBack.objects.filter(case__in=members).select_related("by").order_by("pk")
    ]
