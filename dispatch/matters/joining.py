"""A new report of a matter that is a case already: it joins the case instead of opening another one."""

import json
from dataclasses import dataclass
from typing import Literal

from dispatch import clocks
from dispatch.intake import NewReport
from dispatch.models import Case, Report, ReportState
from dispatch.state import Seen
from dispatch.verbs.acting import refused
from dispatch.verbs.engine import put_down
from twin.journal import Journal
from twin.models import User
from twin.problems import Problem


@dataclass(frozen=True)
class Registered:
    """What became of it. `again`: this person has sent the same `client_id` before, and nothing new was written."""

    report_id: int
    case_id: int | None  # none: it waits to be located
    became: Literal["filed", "reported", "joined", "to_be_located"]
    again: bool = False


def join(said: Journal, report: NewReport, case_id: int, user: User) -> Registered:
    """Add the report to the case. Others who act on the case meanwhile are told, as by any act.

    Raises Problem: 404 if the person may not see the case, 409 if it has ended (the answer names where it went).
    """
    case = Case.objects.visible_to(user.scope).select_for_update().filter(pk=case_id).first()
    if case is None:
        raise Problem(404, "There is no such case, or it is not yours to see.", detail_zh="案件不存在，或无权查看。")
    if case.closed_at is not None:
        raise Problem(
            409,
            f"{case.number} has ended meanwhile; look for the case that goes on, or register a new one.",
            detail_zh=f"{case.number} 已结束；请选择仍在办理的案件，或另行登记。",
            status_now=case.status,
            merged_into=case.merged_into_id,
        )
    if case.exercise:
        raise refused("A real report does not join an exercise.", "真实上报不能并入演练案件。")
    row = Report.objects.create(
        source_id=report.source_id,
        message_id=report.message_id,
        channel=report.channel,
        state=ReportState.CASE,
        case=case,
        received_at=report.received_at,
        occurred_at=report.occurred_at,
        category=report.category or case.category,
        condition=report.condition or case.condition,
        urgency=report.urgency or case.urgency,
        description=report.description,
        address=report.address,
        crs=report.crs,
        x=report.x,
        y=report.y,
        component=report.component,
        reporter=None if report.reporter is None else json.loads(report.reporter),
    )
    before, urgency = Seen.of(case), case.urgency
    case.version += 1
    clocks.hurry(case, row.urgency, said.at, said.known)
    change = {"reports": [row.pk], "text_zh": "又有上报，并入本案", "text_en": "Reported once more"}
    more = {"urgency": [urgency, case.urgency]} if case.urgency != urgency else {}
    put_down(said, case, "report_joined", user, change | more, before, None)
    return Registered(row.pk, case.pk, "joined")
