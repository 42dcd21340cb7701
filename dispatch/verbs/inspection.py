"""Inspection 核查, and what may follow the end: calls back 回访 and doing it again 重办."""

from dispatch import clocks
from dispatch.matters.family import family, goes_on
from dispatch.models import CallBack, Report
from dispatch.verbs.acting import Act, refused
from twin.models import Role


def rework(act: Act) -> None:
    """Back to the same department 返工; everything so far is kept."""
    act.case.reworks += 1
    act.tell(
        "rework", "核查未通过，请返工", "send back for rework", role=Role.DEPARTMENT, department=act.case.department
    )


def call_back(act: Act) -> None:
    """What one of the reporters said when called, of this case or of one that was merged into it."""
    given, end = act.inputs, goes_on(act.case)
    if end.closed_at is None:
        raise refused(
            f"The matter goes on in {end.number}; its reporters are called back when that has ended.",
            f"事项已并入 {end.number}，尚未办结；请在其结案后回访。",
        )
    report = Report.objects.filter(pk=given.report or 0, case__in=family(act.case.pk)).first()
    if report is None:
        raise refused("This report does not belong to the case.", "该上报不属于此案。")
    if given.reached and not given.result:
        raise refused("Say whether the matter is solved.", "已接通：请填写是否解决。", missing="result")
    CallBack.objects.create(
        case=act.case,
        report=report,
        reached=bool(given.reached),
        resolved=given.result,
        rating=given.rating,
        note=given.note,
        by=act.person,
        at=act.at,
    )
    act.change |= {"report": report.pk, "reached": given.reached, "result": given.result, "rating": given.rating}


def redo(act: Act) -> None:
    """It was not solved after all 重办: the same department, and a new limit."""
    act.case.redos += 1
    clocks.start(act.case, act.at, act.known)
    act.tell("redo", "案件重办", "it is to be done again", role=Role.DEPARTMENT, department=act.case.department)
