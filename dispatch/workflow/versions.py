"""The workflow in force, as every process keeps it, and how a new version comes into force."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from dispatch.models import Case, Request, Workflow
from dispatch.workflow.check import check
from dispatch.workflow.document import Flow, decode
from twin import audit, clock, revisions
from twin.models import Role, User
from twin.problems import Problem

TOPIC = "workflow"


def _load() -> list[Flow]:
    return [
        Flow(row.version, row.holds_from, decode(row.document)) for row in Workflow.objects.order_by("holds_from", "pk")
    ]


versions = revisions.Cached(TOPIC, _load)


def current(known: revisions.Revisions | None = None, at: datetime | None = None) -> Flow:
    """The newest version that holds (at a time, or now). Raises NotReady when the city has none."""
    known = revisions.read() if known is None else known
    at = clock.now(known) if at is None else at
    holding = [flow for flow in versions.fresh(known) if flow.holds_from <= at]
    if not holding:
        raise revisions.NotReady("no workflow is in force; load one, or run 'yiwang seed-demo'")
    return holding[-1]


def ever(known: revisions.Revisions) -> list[Flow]:
    """Every version there was or will be, the newest first: to put old journal rows into words."""
    return versions.fresh(known)[::-1]


def save(
    version: str, document: Any, user: User, *, holds_from: datetime | None = None, request: HttpRequest | None = None
) -> Flow:
    """Put a new version into force, now or later.

    Raises Problem: 409 if the version is there already, 422 for a document that cannot work, a time that is past, or a
    status that open cases stand in and the document does not have. PermissionDenied for others than administrators.
    """
    if Role.ADMINISTRATOR not in user.roles():
        raise PermissionDenied("The workflow is changed by administrators.")
    with transaction.atomic():
        known = revisions.read()
        now = clock.now(known)
        if Workflow.objects.filter(version=version).exists():
            raise Problem(
                409,
                f"There is a version {version} already, and what once held is not rewritten.",
                detail_zh=f"已有版本 {version}，用过的版本不可改写。",
            )
        if holds_from is not None and holds_from < now:
            raise Problem(
                422,
                "A workflow holds from now on or from a later time; the past is not rewritten.",
                detail_zh="流程只能自现在或以后起生效，过去不可改写。",
            )
        try:
            read = check(document)
            _check_against_cases(Flow(version, now, read))
        except ValueError as error:
            raise Problem(
                422, f"This workflow cannot work: {error}.", detail_zh=f"该流程无法运行：{error}。"
            ) from error
        row = Workflow.objects.create(version=version, holds_from=holds_from or now, document=document)
        audit.record("workflow.saved", user, "workflow", version, request=request, holds_from=str(row.holds_from))
        revisions.bump(TOPIC)
    return Flow(version, row.holds_from, read)


def _check_against_cases(flow: Flow) -> None:
    """What people are working on must go on."""
    stands = Case.objects.open().exclude(status__in=list(flow.statuses)).values_list("status", flat=True).first()
    if stands is not None:
        raise ValueError(f"there are open cases that are {stands}, which it does not have; lead them on first")
    asks = [verb.code for verb in flow.document.verb if verb.effect == "ask"]
    waits = Request.objects.filter(granted=None).exclude(verb__in=asks).values_list("verb", flat=True).first()
    if waits is not None:
        raise ValueError(f"there are requests {waits} that wait for an answer, and it does not have that verb")
