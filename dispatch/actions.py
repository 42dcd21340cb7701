"""The verbs by which people change cases. Each is one transaction: the act, its audit row and its journal row.

Nothing else writes to a case after the intake has opened it.
"""

from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dispatch.intake import NewReport, Opened, register
from dispatch.models import Case, Report, ReportState
from dispatch.refusals import Refusal
from dispatch.workflow import VERBS, Verb, is_open
from twin import audit, journal, tiles
from twin.journal import Entry, dump
from twin.models import Role, User
from twin.problems import Problem

MAY_LOCATE = {Role.OPERATOR, Role.HOTLINE_AGENT, Role.ADMINISTRATOR}


def state_of(case: Case) -> dict[str, Any]:
    """A case as the map shows it (docs/protocol.md)."""
    return {
        "number": case.number,
        "category": case.category,
        "urgency": case.urgency,
        "status": case.status,
        "channel": case.channel,
        "lon": round(case.geom.x, 7),
        "lat": round(case.geom.y, 7),
        "department": case.department,
        "zones": case.zones,
        "cell": case.cell,
        "place": case.place_zh,
        "place_en": case.place_en,
        "opened_at": case.opened_at,
        "warn_at": case.warn_at,
        "due_at": case.due_at,
        "stage_due_at": case.stage_due_at,
        "exercise": case.exercise,
    }


def may(verb: Verb, case: Case, roles: set[str]) -> bool:
    return case.status in verb.from_statuses and not roles.isdisjoint(verb.roles)


def act(
    case_id: int, verb_code: str, user: User, *, version: int, note: str = "", request: HttpRequest | None = None
) -> Case:
    """Do one verb of the workflow to a case.

    Raises Problem: 404 if the person may not see the case, 409 if it is no longer at `version` (somebody else acted;
    the answer says what changed), 422 if the verb does not fit or lacks its note. PermissionDenied without the role.
    """
    verb = VERBS.get(verb_code)
    if verb is None:
        raise Problem(404, f"There is no verb {verb_code!r}; verbs are {', '.join(VERBS)}.")
    if verb.needs_note and not note.strip():
        raise Problem(422, f"{verb.name_zh} 需要说明理由。 To {verb.name_en.lower()}, say why.")
    with journal.writing() as said:
        case = Case.objects.visible_to(user.scope).select_for_update().filter(pk=case_id).first()
        if case is None:
            raise Problem(404, "There is no such case, or it is not yours to see.")
        if case.version != version:
            raise _conflict(case, version)
        if user.roles().isdisjoint(verb.roles):
            raise PermissionDenied(f"{verb.name_zh}: your roles do not allow this.")
        if case.status not in verb.from_statuses:
            raise Problem(422, f"A case that is {case.status} cannot be {verb.past}.")
        before = case.status
        case.status = verb.to_status
        case.version += 1
        case.closed_at = None if is_open(case.status) else said.at
        case.save(update_fields=["status", "version", "closed_at"])
        audit.record(
            f"case.{verb.past}", user, "case", str(case.pk), request=request, exercise=case.exercise, note=note
        )
        said.say(_entry(case, f"case.{verb.past}", user, {"status": [before, case.status], "note": note}))
    return case


def locate(report_id: int, lon: float, lat: float, user: User, *, request: HttpRequest | None = None) -> Opened:
    """Give a parked report its place (WGS-84 degrees), which opens its case.

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
            raise Problem(404, "This report does not wait to be located; perhaps somebody has just placed it.")
        if user.roles().isdisjoint(MAY_LOCATE):
            raise PermissionDenied("Reports are located by operators, hotline agents and administrators.")
        (outcome,) = register(said, [_again(parked, lon, lat)], f"user:{user.pk}", said.known)
        if isinstance(outcome, Refusal):
            raise Problem(422, outcome.en, code=outcome.code, detail_zh=outcome.zh)
        assert isinstance(outcome, Opened)
        parked.state, parked.case_id = ReportState.CASE, outcome.case_id
        parked.crs, parked.x, parked.y = "WGS84", lon, lat
        parked.save(update_fields=["state", "case", "crs", "x", "y"])
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
    )


def _entry(case: Case, kind: str, user: User, change: dict[str, Any]) -> Entry:
    return Entry(
        kind,
        "case",
        str(case.pk),
        case.version,
        f"user:{user.pk}",
        dump(state_of(case)) if is_open(case.status) else None,
        zones=case.zones,
        department=case.department,
        shared=case.shared,
        tile=tiles.tile_of(case.geom.x, case.geom.y),
        geom=Point(case.geom.x, case.geom.y, srid=4326).hexewkb.decode(),
        exercise=case.exercise,
        change=dump(change),
    )


def _conflict(case: Case, version: int) -> Problem:
    return Problem(
        409,
        f"This case has changed since you looked at it: it is now {case.status} (version {case.version}, you had"
        f" {version}). Look again and decide.",
        version=case.version,
        status_now=case.status,
    )
