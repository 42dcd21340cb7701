"""A suspended case comes back by itself 挂账到期恢复."""

from typing import Any

from dispatch import clocks
from dispatch.models import Case, Notice
from dispatch.stating import entry
from twin import audit
from twin.journal import Journal
from twin.models import Role

TAKEN_UP = "accepted"


def take_up(said: Journal, case: Case) -> None:
    """The time for which it was suspended is over: what was left of its limit runs on. The case is locked."""
    change: dict[str, Any] = {"status": [case.status, TAKEN_UP]}
    change |= {"text_zh": "挂账到期，自动恢复", "text_en": "Taken up again by itself"}
    case.status = TAKEN_UP
    case.version += 1
    clocks.resume(case, said.at, said.known)
    clocks.enter(case, said.at, said.known)
    case.save(update_fields=["status", "version", *clocks.FIELDS])
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
    audit.record("case.resumed", None, "case", str(case.pk), exercise=case.exercise, by="clock", **change)
    said.say(entry(case, "case.resumed", "clock", change))
