"""Registering by hand 登记: what a caller says, what a grid worker or an operator sees. The same path as all others."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest

from dispatch import intake
from dispatch.intake import NewReport, Opened, Parked
from dispatch.matters.desks import desk, desks
from dispatch.matters.given import ByHand
from dispatch.matters.joining import Registered, join
from dispatch.models import Attachment, Report
from dispatch.refusals import Refusal
from dispatch.verbs.acting import refused
from dispatch.verbs.engine import patient
from twin import audit, journal, revisions
from twin.journal import Journal, dump
from twin.models import Role, User
from twin.problems import Problem

MAY_REGISTER = {Role.HOTLINE_AGENT, Role.OPERATOR, Role.GRID_WORKER, Role.DUTY_CHIEF, Role.ADMINISTRATOR}
EARLY = timedelta(minutes=5)  # so far may the clock of a phone be ahead


def register(given: ByHand, user: User, *, request: HttpRequest | None = None) -> Registered:
    """Write what a person registers, once for each `client_id` of theirs.

    Raises Problem: 404, 409 or 422 if it cannot be joined to the case it names, 422 for what cannot be understood or
    lies outside the city. PermissionDenied without a role for it.
    """
    if user.roles().isdisjoint(MAY_REGISTER):
        raise PermissionDenied("登记: reports are registered by the hotline, the centre and grid workers.")
    try:
        return _register(given, user, request)
    except IntegrityError:  # the same was sent twice at once, and the other one is in by now
        before = _before(_name(given, user), revisions.read())
        if before is None:
            raise
        return before


def _register(given: ByHand, user: User, request: HttpRequest | None) -> Registered:
    with patient(), journal.writing() as said:
        before = _before(_name(given, user), said.known)
        if before is not None:
            return before
        if given.occurred_at is not None and given.occurred_at > said.at + EARLY:
            raise refused("It cannot have happened in the future.", "发生时间不能晚于现在。")
        report = _report(given, user, said)
        done = _open(said, report, given, user) if given.join is None else join(said, report, given.join, user)
        _attach(done, given, user)
        audit.record(
            "report.registered",
            user,
            "report",
            str(done.report_id),
            request=request,
            case=done.case_id,
            mode=done.became,
        )
    return done


def _name(given: ByHand, user: User) -> str:
    return f"{user.pk}:{given.client_id}"


def _before(name: str, known: revisions.Revisions) -> Registered | None:
    """What the same registration has become already."""
    row = (
        Report.objects.filter(source_id__in=list(desks.fresh(known).values()), message_id=name)
        .select_related("case")
        .first()
    )
    if row is None:
        return None
    if row.case is None:
        return Registered(row.pk, None, "to_be_located", again=True)
    opened_it = not Report.objects.filter(case=row.case, pk__lt=row.pk).exists()
    became: Any = "joined" if not opened_it else "reported" if row.case.dispatched_at is None else "filed"
    return Registered(row.pk, row.case_id, became, again=True)


def _report(given: ByHand, user: User, said: Journal) -> NewReport:
    return NewReport(
        source_id=desk(given.channel, said.known),
        message_id=_name(given, user),
        channel=given.channel,
        received_at=said.at,
        occurred_at=given.occurred_at or said.at,
        category=given.category,
        condition=given.condition,
        urgency=given.urgency,
        description=given.description,
        address=given.address,
        crs=given.crs if given.lon is not None else "",
        x=given.lon,
        y=given.lat,
        component=given.component,
        reporter=dump(given.reporter.dict()) if given.reporter else None,
        waits=given.mode == "report",
    )


def _open(said: Journal, report: NewReport, given: ByHand, user: User) -> Registered:
    if not given.category:
        raise refused(
            "Choose a category; only what is joined to a case needs none.", "请选择事项类别。", missing="category"
        )
    (outcome,) = intake.register(said, [report], f"user:{user.pk}", said.known)
    if isinstance(outcome, Refusal):
        raise Problem(422, outcome.en, code=outcome.code, detail_zh=outcome.zh)
    if isinstance(outcome, Parked):
        return Registered(outcome.report_id, None, "to_be_located")
    assert isinstance(outcome, Opened)
    return Registered(outcome.report_id, outcome.case_id, "reported" if report.waits else "filed")


def _attach(done: Registered, given: ByHand, user: User) -> None:
    """Photos that the person has uploaded for it."""
    wanted = set(given.attachments)
    if not wanted:
        return
    mine = Attachment.objects.filter(pk__in=wanted, case=None, report=None, uploaded_by=user)
    if mine.update(case=done.case_id, report=done.report_id) != len(wanted):
        raise refused("An attachment is not there, or belongs to something else.", "附件不存在，或已属于其他案件。")
