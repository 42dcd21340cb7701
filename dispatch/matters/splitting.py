"""Splitting a case into joint cases 拆案: for what belongs to another department, beside what goes on as it is."""

from collections.abc import Sequence

from django.http import HttpRequest

from dispatch import intake, workflow
from dispatch.intake import NewReport, Opened
from dispatch.matters.desks import desk
from dispatch.matters.given import Part
from dispatch.matters.merging import locked
from dispatch.models import Case
from dispatch.refusals import Refusal
from dispatch.state import Seen
from dispatch.verbs import permits
from dispatch.verbs.acting import Act, refused
from dispatch.verbs.engine import acting, conflict, perform, put_down
from dispatch.verbs.inputs import Inputs, check
from twin.journal import Journal
from twin.models import User
from twin.problems import Problem


def split(
    case_id: int, parts: Sequence[Part], user: User, *, version: int, note: str = "", request: HttpRequest | None = None
) -> list[Opened]:
    """Open a case for each part at the same place, routed by the rules; the case goes on and keeps its reports.

    Each part has a report of its own, by the person who splits: no case is without one. A part whose department is
    given is redirected there, which is in its history. Raises Problem: 404, 409 as every act, 422 if the case has ended
    or a part cannot be understood. PermissionDenied without a role for it.
    """
    with acting() as said:
        (case,) = locked(said, user, [case_id])
        if case.version != version:
            raise conflict(case, version, said)
        if case.closed_at is not None:
            raise refused(f"{case.number} has ended; only open cases are split.", f"{case.number} 已结束，不能拆分。")
        before = Seen.of(case)
        reports = [_report(said, case, part, number) for number, part in enumerate(parts, 1)]
        opened = [_opened(one) for one in intake.register(said, reports, f"user:{user.pk}", said.known)]
        Case.objects.filter(pk__in=[one.case_id for one in opened]).update(split_from=case)
        for one, part in zip(opened, parts, strict=True):
            if part.department and part.department != one.department:
                _redirect(said, one, part.department, user, note, request)
        case.version += 1
        numbers = [one.number for one in opened]
        change = {
            "parts": [one.case_id for one in opened],
            "text_zh": f"拆分出 {'、'.join(numbers)}",
            "text_en": f"Split off {', '.join(numbers)}",
        }
        put_down(said, case, "split", user, change | ({"note": note} if note else {}), before, request)
    return opened


def _report(said: Journal, case: Case, part: Part, number: int) -> NewReport:
    return NewReport(
        source_id=desk(case.channel, said.known),
        message_id=f"split:{case.pk}:{case.version}:{number}",
        channel=case.channel,
        received_at=said.at,
        occurred_at=case.opened_at,
        category=part.category,
        condition=part.condition,
        urgency=case.urgency,
        description=part.description,
        address=case.place_zh,
        crs="WGS84",
        x=case.geom.x,
        y=case.geom.y,
        component=case.component if part.category == case.category else "",
        exercise=case.exercise,
    )


def _opened(outcome: intake.Outcome) -> Opened:
    if isinstance(outcome, Refusal):
        raise Problem(422, outcome.en, code=outcome.code, detail_zh=outcome.zh)
    assert isinstance(outcome, Opened), "a case has a place"
    return outcome


def _redirect(
    said: Journal, opened: Opened, department: str, user: User, note: str, request: HttpRequest | None
) -> None:
    """The rules chose another department; the person says better, by the verb that the city has for it."""
    case = Case.objects.select_for_update().get(pk=opened.case_id)
    flow = workflow.current(said.known, said.at)
    verb = flow.by_effect("redirect", case.status)
    if verb is None:
        raise refused("The workflow has no verb to redirect a case.", "现行流程没有改派动作。")
    inputs = Inputs(department=department, note=note or "拆案指定 Chosen when split")
    doing = Act(case, flow, verb, user, inputs, said.at, said.known, grants=list(user.grants.all()))
    against = permits.objection(doing, lambda past: 0)
    if against is not None:
        raise against
    check(verb, inputs, [])
    perform(said, doing, request)
