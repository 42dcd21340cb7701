"""What a department asks for 申请, and the steps in which others approve 审批: extension, suspension, appeal.

The asking verb has the steps as data: lists of roles, of which one must approve. A head of department who asks has
taken the first step with that; nobody decides on their own request otherwise.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from dispatch import clocks
from dispatch.models import Request
from dispatch.verbs.acting import Act, refused
from dispatch.verbs.people import roles_over
from dispatch.workflow import Verb
from twin.models import Role
from twin.problems import Problem


def ask(act: Act) -> None:
    if act.case.asking:
        raise refused(
            "Another request of this case waits for an answer; there is one at a time.",
            "本案还有一项申请在审批中；一次只能有一项。",
        )
    given = act.inputs
    asked = {
        "value": given.value,
        "unit": given.unit and given.unit.value,
        "until": given.until and given.until.isoformat(),
    }
    own = roles_over(act.grants, act.case)
    first = len(act.verb.approval) > 1 and not own.isdisjoint(act.verb.approval[0])
    request = Request.objects.create(
        case=act.case,
        verb=act.verb.code,
        inputs={name: value for name, value in asked.items() if value is not None},
        reason=given.note,
        asked_by=act.person,
        asked_at=act.at,
        step=1 if first else 0,
    )
    act.case.asking = act.verb.code
    act.change |= {"request_id": request.pk} | request.inputs
    _tell_next(act, act.verb, request)


def approve(act: Act) -> None:
    """One step more; with the last one it happens."""
    request, asking = _waiting(act)
    request.step += 1
    act.change |= {"request_id": request.pk, "step": request.step, "of": asking.code} | request.inputs
    if request.step < len(asking.approval):
        request.save(update_fields=["step"])
        _tell_next(act, asking, request)
        return
    assert asking.granted is not None
    _decide(act, request, granted=True)
    act.past = asking.granted.past
    if asking.granted.to:
        act.case.status = asking.granted.to
    GRANTED[asking.granted.effect](act, request)


def refuse(act: Act) -> None:
    request, asking = _waiting(act)
    act.change |= {"request_id": request.pk, "of": asking.code}
    _decide(act, request, granted=False)


def lapse(act: Act) -> None:
    """The case went on while somebody waited for an answer that no longer makes sense 失效."""
    if act.pending is not None:
        act.change["lapsed"] = act.pending.pk
        _decide(act, act.pending, granted=False, by_person=False)


def resume(act: Act) -> None:
    """Taken up again 恢复, by a person or by the clock."""
    clocks.resume(act.case, act.at, act.known)


def objection(act: Act) -> Problem | PermissionDenied | None:
    """Why this person cannot decide on what waits now."""
    if act.pending is None:
        return refused("Nothing waits for approval here.", "本案没有待审批的申请。")
    asking = act.flow.verbs[act.pending.verb]
    step = asking.approval[act.pending.step]
    if roles_over(act.grants, act.case).isdisjoint(step):
        return PermissionDenied(f"This step is decided by {' or '.join(step)}.")
    if act.user is not None and act.pending.asked_by_id == act.user.pk:
        return PermissionDenied("You asked for this yourself; somebody else decides.")
    return None


def _waiting(act: Act) -> tuple[Request, Verb]:
    assert act.pending is not None, "objection() comes first"
    return act.pending, act.flow.verbs[act.pending.verb]


def _decide(act: Act, request: Request, *, granted: bool, by_person: bool = True) -> None:
    request.granted, request.decided_at = granted, act.at
    request.decided_by = act.user if by_person else None
    request.answer = act.inputs.note if by_person else ""
    request.save(update_fields=["step", "granted", "decided_at", "decided_by", "answer"])
    act.case.asking = ""
    if by_person:
        zh, en = ("申请已获批准", "your request is granted") if granted else ("申请未获批准", "your request is refused")
        act.tell("decided", zh, en, user=request.asked_by)


def _tell_next(act: Act, asking: Verb, request: Request) -> None:
    for role in asking.approval[request.step]:
        if role != Role.ADMINISTRATOR:
            department = act.case.department if role == Role.DEPARTMENT_HEAD else ""
            act.tell(
                "request", f"{asking.name_zh}待审批", f"{asking.name_en.lower()}: waits for your decision",
                role=role, department=department,
            )  # fmt: skip


def _extend(act: Act, request: Request) -> None:
    """By what was asked for, else by the case's own limit once more."""
    value = request.inputs.get("value") or act.case.limit_value or 0.0
    unit = request.inputs.get("unit") or act.case.limit_unit
    clocks.extend(act.case, value, unit, act.at, act.known)
    act.case.extensions += 1


def _suspend(act: Act, request: Request) -> None:
    """The limit stands still until then; the clock takes the case up again by itself."""
    until = datetime.fromisoformat(request.inputs["until"])
    if until <= act.at:
        raise refused("The time until which it was to be suspended is over.", "申请的挂账期限已过。")
    clocks.pause(act.case, act.at, until, act.known)
    act.case.suspensions += 1


def _exempt(act: Act, request: Request) -> None:
    """Figures leave its lateness out; that it was late stays known."""
    act.case.exempt = True


GRANTED = {"extend": _extend, "suspend": _suspend, "exempt": _exempt}
