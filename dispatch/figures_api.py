"""Figures of the moment over HTTP: counts that are cheap enough to be asked often, and those of a day."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Router

from dispatch.figures import day_of_city
from dispatch.models import Case, Report, ReportState
from twin import clock, revisions
from twin.problems import Problem
from twin.session import person

router = Router(tags=["dispatch"])


@router.get("/figures")
def figures(request: HttpRequest) -> dict[str, Any]:
    """Counts of the moment, of what the person may see."""
    scope = person(request).scope
    now = clock.now(revisions.read())
    cases = Case.objects.visible_to(scope).aggregate(
        open=Count("pk", filter=Q(closed_at__isnull=True)),
        overdue=Count("pk", filter=Q(closed_at__isnull=True, due_at__lt=now)),
        critical=Count("pk", filter=Q(closed_at__isnull=True, urgency=3)),
    )
    waiting = Report.objects.visible_to(scope).filter(state=ReportState.TO_BE_LOCATED).count()
    return cases | {"to_be_located": waiting, "now": now}


@router.get("/figures/day")
def figures_of_day(request: HttpRequest, at: datetime | None = None) -> dict[str, Any]:
    """The local day up to `at` (else now), hour by hour, beside the same day a week before."""
    if at is not None and at.tzinfo is None:
        raise Problem(422, "Give the time with its zone.", detail_zh="请给出带时区的时间。")
    now = clock.now(revisions.read())
    return day_of_city(min(at or now, now), person(request).scope)
