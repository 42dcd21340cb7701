"""Who waits for a call back 回访, of all cases that have ended: the list that a hotline agent works through."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection

from dispatch import workflow
from dispatch.detail import attachment_out
from dispatch.matters.calling_back import line
from dispatch.models import Attachment, CallBack, Case, Report
from dispatch.models.work import AttachmentKind
from dispatch.workflow import Flow, Verb
from twin import revisions
from twin.access import Scope
from twin.models import JournalRow, User

USUAL_DAYS = 30
# `called` is what counts: said after the matter last ended. A reporter is done who was reached, or tried often enough.
# The reports of a case are those of its family, as `dispatch.matters.family` has it.
_WAITING = """
WITH RECURSIVE ended (id, closed_at) AS ({ended}),
family (root, closed_at, id) AS (
    SELECT id, closed_at, id FROM ended
    UNION ALL SELECT f.root, f.closed_at, c.id FROM dispatch_case c JOIN family f ON c.merged_into_id = f.id
),
waiting (root, closed_at, reports) AS (
    SELECT f.root, f.closed_at, array_agg(r.id ORDER BY r.id)
    FROM family f JOIN dispatch_report r ON r.case_id = f.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS tried, coalesce(bool_or(b.reached), false) AS reached
        FROM dispatch_callback b WHERE b.report_id = r.id AND b.at >= f.closed_at
    ) called
    WHERE coalesce(r.reporter ->> 'phone', '') <> ''
        AND r.reporter -> 'wants_call_back' IS DISTINCT FROM 'false'::jsonb
        AND NOT called.reached AND called.tried < %s
    GROUP BY f.root, f.closed_at
)
SELECT root, reports, (SELECT count(*) FROM waiting), (SELECT sum(cardinality(reports)) FROM waiting)
FROM waiting WHERE (closed_at, root) > (%s, %s) ORDER BY closed_at, root LIMIT %s
"""


def waiting(user: User, now: datetime, *, days: int, after: int | None, limit: int) -> dict[str, Any]:
    """Cases that ended within so many days and whose reporters wait, those that ended first before the others.

    `after` is the id of the last case of the page before. As many statements for a long page as for a short one. No
    personal data: the name and number are read through `GET /reports/{id}/reporter`, which leaves an audit row.
    PermissionDenied without a role that calls back.
    """
    known = revisions.read()
    flow = workflow.current(known)
    verbs = [verb for verb in flow.document.verb if verb.effect == "call_back"]
    ended = Case.objects.visible_to(_scope(user, verbs)).filter(
        status__in={status for verb in verbs for status in verb.sources},
        closed_at__gte=now - timedelta(days=days),
        merged_into=None,  # the one that goes on answers for it
    )
    tries = flow.document.matters.tries
    page = _page(ended, tries, now - timedelta(days=days), after, limit)
    shown = page[:limit]
    return {
        "items": _cases({root: reports for root, reports, *_ in shown}, tries, flow),
        "next": shown[-1][0] if len(page) > limit else None,
        "total": page[0][2] if page else 0,
        "reporters": page[0][3] if page else 0,
        "tries": tries,
    }


def _scope(user: User, verbs: Iterable[Verb]) -> Scope:
    able = {role for verb in verbs for role in verb.roles}
    grants = [grant for grant in user.grants.all() if grant.role in able]
    if not grants:
        raise PermissionDenied("回访: your roles do not call reporters back.")
    return Scope.union(grant.scope for grant in grants)


def _page(ended: Any, tries: int, since: datetime, after: int | None, limit: int) -> list[Any]:
    begin = Case.objects.filter(pk=after).values_list("closed_at", flat=True).first() if after else None
    sql, params = ended.values_list("id", "closed_at").order_by().query.sql_with_params()
    begins = [begin, after] if begin else [since, 0]
    with connection.cursor() as cursor:
        cursor.execute(_WAITING.replace("{ended}", sql), [*params, tries, *begins, limit + 1])
        return list(cursor.fetchall())


def _cases(waits: dict[int, list[int]], tries: int, flow: Flow) -> list[dict[str, Any]]:
    cases = Case.objects.in_bulk(list(waits))
    reports = Report.objects.select_related("case").in_bulk([pk for some in waits.values() for pk in some])
    calls: dict[int, list[CallBack]] = defaultdict(list)
    for call in CallBack.objects.filter(report__in=list(reports)).order_by("pk"):
        calls[call.report_id].append(call)
    photos: dict[int, list[Attachment]] = defaultdict(list)
    for photo in Attachment.objects.filter(case__in=list(waits), kind=AttachmentKind.AFTER).order_by("uploaded_at"):
        photos[photo.case_id or 0].append(photo)
    done = _done(list(waits), flow)

    def said(root: int, report: int) -> list[CallBack]:
        ended = cases[root].closed_at
        return [call for call in calls[report] if ended is not None and call.at >= ended]

    return [
        _case(cases[root])
        | {
            "done": done.get(root, ""),
            "photos": [attachment_out(one) for one in photos[root]],
            "reporters": [
                line(reports[pk], said(root, pk), tries) | {"description": reports[pk].description} for pk in some
            ],
        }
        for root, some in waits.items()
    ]


def _done(cases: list[int], flow: Flow) -> dict[int, str]:
    """What was last said of each when its department was done, or when somebody ended it."""
    ends = {status.code for status in flow.document.status if not status.open}
    kinds = [f"case.{verb.past}" for verb in flow.document.verb if verb.effect == "complete" or verb.to in ends]
    rows = JournalRow.objects.filter(object_type="case", object_id__in=[str(pk) for pk in cases], kind__in=kinds)
    return {int(row.object_id): row.change["note"] for row in rows.order_by("seq") if row.change.get("note")}


def _case(case: Case) -> dict[str, Any]:
    return {
        "id": case.pk,
        "number": case.number,
        "version": case.version,
        "status": case.status,
        "category": case.category,
        "department": case.department,
        "place_zh": case.place_zh,
        "place_en": case.place_en,
        "opened_at": case.opened_at,
        "handled_at": case.handled_at,
        "closed_at": case.closed_at,
        "redos": case.redos,
    }
