"""A case as it was at a moment of the past, read from the journal alone: what it became later is not looked at."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from dispatch import catalogue
from dispatch.detail import condition_out, report_out
from dispatch.explain import explain
from dispatch.models import Case, Report
from dispatch.timeline import moments as in_words
from dispatch.timeline import rows_of
from geo.api import ZoneOut
from geo.lookup import ZoneFacts
from geo.models import ZoneVersion
from twin import revisions
from twin.history import moments
from twin.history.moments import Moment
from twin.models import JournalRow
from twin.problems import Problem
from twin.session import person

router = Router(tags=["history"])


@router.get("/history/cases/{case_id}")
def one_case(request: HttpRequest, case_id: int, seq: int | None = None, at: datetime | None = None) -> dict[str, Any]:
    """A case as it was, in the form of `/api/cases/{id}`, with its timeline up to then; nothing can be done to it.

    404 if it was not opened yet, or was not the person's to see: its department and zones of then decide.
    """
    moment = moments.find(moments.reach(), at=at, seq=seq)
    rows = list(rows_of(case_id).filter(seq__lte=moment.seq))
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not rows or not _saw(request, rows[-1]):
        raise Problem(
            404, "There was no such case then, or it was not yours to see.", detail_zh="当时没有该案卷，或无权查看。"
        )
    return detail(case, rows, moment)


def _saw(request: HttpRequest, row: JournalRow) -> bool:
    return person(request).scope.allows(row.department, row.zones, row.shared)


def detail(case: Case, rows: list[JournalRow], moment: Moment) -> dict[str, Any]:
    """`rows` are the journal's on this case up to the moment, at least one."""
    known = revisions.read()
    edition = catalogue.by_id(case.catalogue_id, known)
    state = state_then(rows)
    if rows[-1].state is None:
        state["stage_due_at"] = None  # nothing is due any more of a case that has ended
    return state | {
        "id": case.pk,
        "version": rows[-1].version,
        "condition": condition_out(edition.categories[case.category].conditions[case.condition]),
        "component": case.component,
        "opened_at": case.opened_at,
        "closed_at": rows[-1].at if rows[-1].state is None else None,
        "zones": _zones(state["zones"], moment.at),
        "decision": asdict(explain(case, edition)),
        "reports": [report_out(report) for report in Report.objects.filter(pk__in=reported(rows)).order_by("pk")],
        "timeline": [asdict(one) for one in in_words(rows, known)],
        "verbs": [],
        **moment.out(),
    }


def state_then(rows: list[JournalRow]) -> dict[str, Any]:
    """The state after the last row. One that left the map has no state in its row, but says what it changed."""
    state: dict[str, Any] = {}
    for row in rows:
        if row.state is not None:
            state = dict(row.state)
        else:
            changed = {name: pair for name, pair in row.change.items() if name in state and isinstance(pair, list)}
            state |= {name: after for name, (_, after) in changed.items()}
    return state


def reported(rows: list[JournalRow]) -> set[int]:
    """The reports that stood behind the case after the last row: its own, and those of cases merged into it."""
    found: set[int] = set()
    for row in rows:
        found |= set(row.change.get("reports", ()))
        found -= set(row.change.get("reports_gone", ()))
    return found


def _zones(ids: list[int], at: datetime) -> list[dict[str, Any]]:
    """The zones of then under their names of then, the first in order of precedence first."""
    held = ZoneVersion.objects.holding(at).filter(zone__in=ids).select_related("zone")
    return [
        ZoneOut.of(
            ZoneFacts(v.zone_id, v.zone.kind_id, v.zone.code, v.name_zh, v.name_en, v.precedence, v.department)
        ).dict()
        for v in sorted(held, key=lambda v: ids.index(v.zone_id))
    ]
