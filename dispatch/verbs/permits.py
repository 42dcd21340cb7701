"""Whether a verb can be taken now: by this person, from this status, within its limits. Asked before an act, and for
the list of what a person may do next."""

from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import PermissionDenied

from dispatch import clocks
from dispatch.verbs import requests
from dispatch.verbs.acting import Act, refused
from dispatch.verbs.people import roles_in, roles_over
from dispatch.workflow.effects import EFFECTS
from twin.problems import Problem

Objection = Problem | PermissionDenied | None
Count = Callable[[str], int]  # how often the case's journal says `case.<past>`


def objection(act: Act, count: Count) -> Objection:
    """The first thing that speaks against it, as the error to raise; None: it can be done."""
    return _role(act) or _status(act) or _deciding(act) or _limits(act, count)


def _role(act: Act) -> Objection:
    if act.user is None:
        return None
    verb = act.verb
    if EFFECTS[verb.effect].joint:
        able = any(
            not roles_in(act.grants, task.department, act.case).isdisjoint(verb.roles) for task in act.open_tasks
        )
        return None if able else PermissionDenied(f"{verb.name_zh}: no department of yours is asked to help.")
    if roles_over(act.grants, act.case).isdisjoint(verb.roles):
        return PermissionDenied(f"{verb.name_zh}: your roles do not allow this.")
    return None


def _status(act: Act) -> Objection:
    if act.case.status in act.verb.sources:
        return None
    status = act.flow.statuses.get(act.case.status)
    zh = status.name_zh if status else act.case.status
    return refused(
        f"A case that is {act.case.status} cannot be {act.verb.past}.", f"{zh}的案件不能“{act.verb.name_zh}”。"
    )


def _deciding(act: Act) -> Objection:
    if act.verb.effect in ("approve", "refuse"):
        return requests.objection(act)
    if act.verb.effect == "ask" and act.case.asking:
        return refused(
            "Another request of this case waits for an answer; there is one at a time.",
            "本案还有一项申请在审批中；一次只能有一项。",
        )
    return None


def _limits(act: Act, count: Count) -> Objection:
    verb, limits, case = act.verb, act.verb.limits, act.case
    if limits.once and count(verb.past):
        return refused(f"'{verb.name_en}' is possible once, and was done.", f"“{verb.name_zh}”只能一次，已经用过。")
    if limits.times is not None and _times(act, count) >= limits.times:
        return refused(
            f"'{verb.name_en}' is possible {limits.times} times, and they are used up.",
            f"“{verb.name_zh}”最多 {limits.times} 次，已用完。",
        )
    if limits.before_due and (case.due_at is None or case.due_at <= act.at):
        return refused(
            f"'{verb.name_en}' is possible before the deadline only.", f"“{verb.name_zh}”只能在时限届满之前提出。"
        )
    if limits.within is not None and case.dispatched_at is not None:
        span, hours = limits.within, clocks.working_time(case, act.known)
        (end,) = hours.deadlines(case.dispatched_at, [span.value], [span.unit])
        if end < act.at:
            return refused(
                f"'{verb.name_en}' is possible until {end.isoformat()} only.", f"“{verb.name_zh}”的期限已过。"
            )
    return None


def _times(act: Act, count: Count) -> int:
    """What was granted counts; what was refused does not."""
    granted = act.verb.granted
    counter = EFFECTS[granted.effect if granted else act.verb.effect].counter
    return int(getattr(act.case, counter)) if counter else count(granted.past if granted else act.verb.past)


def check_until(act: Act) -> None:
    """Raises Problem if `until` lies too near or too far for the verb's limits."""
    until, limits = act.inputs.until, act.verb.limits
    if until is None:
        return
    if until <= act.at + timedelta(days=limits.min_days or 0):
        raise refused("The time must lie further ahead.", "截止时间太近。")
    if limits.max_days is not None and until > act.at + timedelta(days=limits.max_days):
        raise refused(
            f"At most {limits.max_days} days ahead are possible.", f"截止时间最多在 {limits.max_days} 天以内。"
        )
