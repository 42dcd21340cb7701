"""Whom to call back 回访: every reporter of a case, and of the cases that were merged into it."""

from collections import defaultdict
from typing import Any

from dispatch import workflow
from dispatch.matters.family import family, goes_on
from dispatch.models import CallBack, Case, Report
from twin import revisions


def call_backs(case: Case) -> dict[str, Any]:
    """Each reporter who is to be called, without personal data: the number is read through an audited call.

    A reporter is to be called who left a number and did not ask to be left alone. Somebody counts as called who was
    reached, or was tried as often as the city has it; the case counts as called back when all of them are.
    What was said before the matter last ended does not count: who was called before it was done again is called again.
    """
    tries = workflow.current(revisions.read()).document.matters.tries
    members = family(case.pk)
    reports = Report.objects.filter(case__in=members).exclude(reporter=None).select_related("case").order_by("pk")
    calls: dict[int, list[CallBack]] = defaultdict(list)
    ended = goes_on(case).closed_at
    made = CallBack.objects.filter(report__case__in=members).order_by("pk")
    for call in made.filter(at__gte=ended) if ended else made.none():
        calls[call.report_id].append(call)
    lines = [line(report, calls[report.pk], tries) for report in reports if wants_call(report)]
    waiting = [line for line in lines if not line["done"]]
    return {"tries": tries, "called_back": not waiting, "waiting": waiting, "done": [x for x in lines if x["done"]]}


def wants_call(report: Report) -> bool:
    who = report.reporter or {}
    return bool(who.get("phone")) and who.get("wants_call_back") is not False


def line(report: Report, calls: list[CallBack], tries: int) -> dict[str, Any]:
    reached = any(call.reached for call in calls)
    assert report.case is not None
    return {
        "report": report.pk,
        "case": {"id": report.case.pk, "number": report.case.number},
        "channel": report.channel,
        "received_at": report.received_at,
        "confidential": bool((report.reporter or {}).get("confidential")),
        "tried": len(calls),
        "reached": reached,
        "last_at": calls[-1].at if calls else None,
        "done": reached or len(calls) >= tries,
    }
