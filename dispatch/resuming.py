"""A suspended case comes back by itself 挂账到期恢复."""

from dispatch.models import Case, Notice
from dispatch.verbs.engine import by_itself
from twin.journal import Journal
from twin.models import Role


def take_up(said: Journal, case: Case) -> None:
    """The time for which it was suspended is over: what was left of its limit runs on. The case is locked.

    Raises RuntimeError where the workflow in force has no verb for it; the auditor then shows the case.
    """
    status = case.status
    if not by_itself(said, case, "resume"):
        raise RuntimeError(f"the workflow in force has no verb that resumes a case that is {status}")
    Notice.objects.create(
        case=case,
        at=said.at,
        reason="resume",
        role=Role.DEPARTMENT.value,
        department=case.department,
        text_zh=f"{case.number}：挂账到期，已自动恢复处置",
        text_en=f"{case.number}: the time for which it was suspended is over; it is to be handled again",
        exercise=case.exercise,
    )
