"""What happens on a rung of the ladder: who is told, in words, and what is written on the case.

Nothing here writes; `dispatch.timers` does, for many cases at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from dispatch import catalogue, clocks
from dispatch.departments import on_duty
from dispatch.ladders import HANDLER, JOINT, ON_DUTY, WHOSE_TURN, Step
from dispatch.models import Case, Notice
from dispatch.stages import stage_of
from twin import revisions
from twin.models import Role

UNITS = {
    "urgent_hour": ("小时", "hour"),
    "working_hour": ("工作时", "working hour"),
    "working_day": ("工作日", "working day"),
    "calendar_day": ("天", "day"),
}
# Of each anchor: what a step says that comes with it, and one that comes later.
SAID = {
    "warn": (
        ("时限已用去五分之四", "four fifths of the time limit are used up"),
        ("时限已用去五分之四，至今又过 {zh}", "four fifths of the time limit were used up {en} ago"),
    ),
    "due": (
        ("已超过处置时限", "it is past its deadline"),
        ("已超过处置时限 {zh}", "it is past its deadline by {en}"),
    ),
    "stage": (
        ("当前环节已超过时限", "the present stage takes longer than it should"),
        ("当前环节已超过时限 {zh}", "the present stage takes {en} longer than it should"),
    ),
}
OF_DEPARTMENT = (Role.DEPARTMENT.value, Role.DEPARTMENT_HEAD.value)


class Whom(NamedTuple):
    """Everybody with a role (of a department, where one is named), or one person."""

    role: str
    department: str = ""
    user: int | None = None


@dataclass
class Escalated:
    """A case on whose ladder at least one step was taken. `change` is what the journal row says."""

    case: Case
    notices: list[Notice]
    change: dict[str, Any] = field(default_factory=dict)


def climb(case: Case, at: datetime, known: revisions.Revisions) -> Escalated | None:
    """Take all steps whose time has come; changes the case in memory. None if there was none."""
    taken = [(number, step) for number, step, moment in clocks.untaken(case, known) if moment <= at]
    before, told = case.supervised, dict[Whom, Step]()
    for number, step in taken:
        case.told |= 1 << number
        case.supervised = case.supervised or step.supervise
        # Of several steps at once, as after a night without a clock, everybody hears the last that concerns them.
        told |= {whom: step for name in step.tell for whom in _whom(name, case, at, known)}
    clocks.wake(case, at, known)
    if not taken:
        return None
    change: dict[str, Any] = {"told": [_as_data(whom, step) for whom, step in told.items()]}
    change |= _in_words([step for _, step in taken], told)
    if case.supervised != before:
        change["supervised"] = [before, case.supervised]
    return Escalated(case, [_notice(case, whom, step, at, known) for whom, step in told.items()], change)


def _notice(case: Case, whom: Whom, step: Step, at: datetime, known: revisions.Revisions) -> Notice:
    zh, en = sentence(step)
    what = catalogue.by_id(case.catalogue_id, known).categories[case.category]
    if case.due_at is not None and step.after != "stage":
        due = f"{case.due_at.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}"
        zh, en = f"{zh}（时限 {due}）", f"{en} (due {due})"
    return Notice(
        case=case,
        at=at,
        reason=_reason(step),
        role=whom.role,
        department=whom.department,
        user_id=whom.user,
        text_zh=f"{case.number}：{what.name_zh}，{case.place_zh}：{zh}",
        text_en=f"{case.number}: {what.name_en}, {case.place_en}: {en}",
        exercise=case.exercise,
    )


def _reason(step: Step) -> str:
    return "supervise" if step.supervise else step.after


def _whom(name: str, case: Case, at: datetime, known: revisions.Revisions) -> Iterable[Whom]:
    if name == WHOSE_TURN:
        waits_for = stage_of(case.status, known).tell or (Role.OPERATOR.value,)
        return [whom for role in waits_for if role != WHOSE_TURN for whom in _whom(role, case, at, known)]
    if name == HANDLER:
        return [Whom("", case.department, case.handler_id)] if case.handler_id else []
    if name == ON_DUTY:
        people = [Whom("", case.department, user) for user in on_duty(case.department, at, known)]
        return people or [Whom(Role.DEPARTMENT.value, case.department)]
    if name == JOINT:
        return [Whom(Role.DEPARTMENT.value, department) for department in case.joint]
    return [Whom(name, case.department if name in OF_DEPARTMENT else "")]


def sentence(step: Step) -> tuple[str, str]:
    """What a step says."""
    unit_zh, unit_en = UNITS[step.unit]
    later_zh, later_en = f"{step.value:g} {unit_zh}", f"{step.value:g} {unit_en}{'' if step.value == 1 else 's'}"
    zh, en = SAID[step.after][step.value > 0]
    zh, en = zh.format(zh=later_zh), en.format(en=later_en)
    return (f"{zh}，转超期督办", f"{en}; it is supervised from now on") if step.supervise else (zh, en)


def _in_words(taken: Iterable[Step], told: Iterable[Whom]) -> dict[str, str]:
    """For the timeline, which shows `text_zh` and `text_en` of a change as they are."""
    both = [sentence(step) for step in taken]
    labels = [Role(role).label.split(" ", 1) for role in dict.fromkeys(whom.role for whom in told if whom.role)]
    zh, en = "；".join(zh for zh, _ in both), "; ".join(en for _, en in both)
    zh, en = (
        f"{zh}。告知{'、'.join(zh for zh, _ in labels)}",
        f"{en}. Told: {', '.join(en.lower() for _, en in labels)}",
    )
    return {"text_zh": zh, "text_en": en[0].upper() + en[1:]}


def _as_data(whom: Whom, step: Step) -> dict[str, Any]:
    found = {"reason": _reason(step), "role": whom.role, "department": whom.department, "user": whom.user}
    return {name: value for name, value in found.items() if value}
