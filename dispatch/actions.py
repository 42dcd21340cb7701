"""What people do: verbs on cases (`dispatch.verbs`), and giving a report its place.

Each is one transaction: the act, its audit row and its journal row. Nothing else writes to a case after the intake has
opened it.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dispatch.intake import NewReport, Opened, register
from dispatch.models import Report, ReportState
from dispatch.refusals import Refusal
from dispatch.verbs.engine import act
from twin import audit, journal
from twin.journal import Entry
from twin.models import Role, User
from twin.problems import Problem

__all__ = ["act", "locate"]
MAY_LOCATE = {Role.OPERATOR, Role.HOTLINE_AGENT, Role.ADMINISTRATOR}


def locate(report_id: int, lon: float, lat: float, user: User, *, request: HttpRequest | None = None) -> Opened:
    """Give a parked report its place (WGS-84 degrees), which opens its case, and its photos with it.

    Saying where it is takes nothing in 受理: what was registered to be taken in first still waits for that.

    Raises Problem: 404 unknown or already located, 422 outside the city. PermissionDenied without a role for it.
    """
    with journal.writing() as said:
        parked = (
            Report.objects.visible_to(user.scope)
            .select_for_update()
            .filter(pk=report_id, state=ReportState.TO_BE_LOCATED)
            .first()
        )
        if parked is None:
            raise Problem(
                404,
                "This report does not wait to be located; perhaps somebody has just placed it.",
                detail_zh="该上报不在待定位之列，可能刚被他人定位。",
            )
        if user.roles().isdisjoint(MAY_LOCATE):
            raise PermissionDenied("Reports are located by operators, hotline agents and administrators.")
        (outcome,) = register(said, [_again(parked, lon, lat)], f"user:{user.pk}", said.known)
        if isinstance(outcome, Refusal):
            raise Problem(422, outcome.en, code=outcome.code, detail_zh=outcome.zh)
        assert isinstance(outcome, Opened)
        parked.state, parked.case_id = ReportState.CASE, outcome.case_id
        parked.crs, parked.x, parked.y = "WGS84", lon, lat
        parked.save(update_fields=["state", "case", "crs", "x", "y"])
        parked.attachments.update(case=outcome.case_id)
        audit.record("report.located", user, "report", str(report_id), request=request, lon=lon, lat=lat)
        said.say(
            Entry("report.located", "report", str(report_id), 2, f"user:{user.pk}", None, exercise=parked.exercise)
        )
    return outcome


def _again(parked: Report, lon: float, lat: float) -> NewReport:
    return NewReport(
        source_id=parked.source_id,
        message_id=parked.message_id,
        channel=parked.channel,
        received_at=parked.received_at,
        occurred_at=parked.occurred_at,
        category=parked.category,
        condition=parked.condition,
        urgency=parked.urgency,
        description=parked.description,
        address=parked.address,
        crs="WGS84",
        x=lon,
        y=lat,
        component=parked.component,
        device=parked.device,
        exercise=parked.exercise,
        report_id=parked.pk,
        waits=parked.waits,
    )
