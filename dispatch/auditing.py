"""The auditor: finds open cases that nobody and nothing will look at again, and whatever else stops the clock's work.

It trusts no timer: it works out from each case itself what should have happened by now, and holds that against what
did. `yiwang next-steps` prints what it finds; the clock process looks every few minutes, writes it to the log, and
takes up cases that had lost their timer.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from dispatch import clocks, workflow
from dispatch.calendars import calendars, hours_of
from dispatch.ladders import HANDLER, JOINT, ON_DUTY, WHOSE_TURN, ladders
from dispatch.models import Case, Request
from dispatch.stages import known_stages
from twin import clock, revisions
from twin.models import Grant, Role

log = logging.getLogger(__name__)
EVERY = 300.0  # seconds between two looks of the clock process
GRACE = timedelta(minutes=5)  # city time: so late may a timer be before it counts as lost
AHEAD = timedelta(days=45)  # before a calendar ends, somebody is reminded to enter the next year
TOLERANCE = timedelta(seconds=1)  # between a deadline as kept and as computed again
NAMED = 10  # cases named in a sentence
CHUNK = 2000


@dataclass(frozen=True)
class Finding:
    """A sentence that a person can act on. `grave`: a case may be forgotten; otherwise something should be mended."""

    code: str
    zh: str
    en: str
    grave: bool = True


def findings(known: revisions.Revisions | None = None) -> list[Finding]:
    """All that is wrong now; reads only."""
    known = revisions.read() if known is None else known
    at = clock.now(known)
    held = set(Grant.objects.filter(user__is_active=True).values_list("role", flat=True))
    return [*_timers(at), *_cases(at, known), *_requests(held, known), *_roles(held, known), *_calendars(at, known)]


def turn() -> float:
    """A look by the clock process: to the log, and cases without a timer get one."""
    for finding in findings():
        log.log(logging.WARNING if finding.grave else logging.INFO, "%s %s", finding.zh, finding.en)
    known = revisions.read()
    if taken_up := _without_timer().update(wake_at=clock.now(known)):
        log.warning("%s cases that had lost their timer are looked at now", taken_up)
    return EVERY


def _without_timer() -> QuerySet[Case]:
    return Case.objects.open().filter(wake_at__isnull=True)


def _timers(at: datetime) -> Iterator[Finding]:
    lost = list(_without_timer().values_list("number", flat=True))
    yield from _about(
        "no_next_step", lost,
        "{n} 个未结案卷没有下一步：{list}。时钟进程会重新接管；若反复出现，请查看日志。",
        "{n} open cases have no next step: {list}. The clock process takes them up; if it happens again, see the log.",
    )  # fmt: skip
    late = Case.objects.open().filter(wake_at__lt=at - GRACE).order_by("wake_at")
    yield from _about(
        "clock_behind", list(late.values_list("number", flat=True)),
        "{n} 个案卷早该由时钟处理：{list}。请确认时钟进程（yiwang clock）正在运行。",
        "{n} cases should have been looked at by the clock: {list}. See that the clock process (yiwang clock) runs.",
    )  # fmt: skip


def _cases(at: datetime, known: revisions.Revisions) -> Iterator[Finding]:
    """What the cases themselves say should be, one by one."""
    wrong: dict[str, list[str]] = {"not_told": [], "no_deadline": [], "wrong_deadline": [], "broken": []}
    for case in Case.objects.open().order_by("pk").iterator(CHUNK):
        try:
            fault = _fault(case, at, known)
        except (ValueError, LookupError, TypeError):
            log.exception("the auditor could not make sense of case %s", case.number)
            fault = "broken"
        if fault:
            wrong[fault].append(case.number)
    for code, (zh, en) in _SENTENCES.items():
        yield from _about(code, wrong[code], zh, en)


def _fault(case: Case, at: datetime, known: revisions.Revisions) -> str | None:
    suspended = case.suspended_until is not None
    if case.dispatched_at is not None and case.due_at is None and not suspended:
        return "no_deadline"
    untouched = not case.extensions and not case.suspensions and not suspended
    if untouched and case.due_at and case.dispatched_at and case.limit_value is not None:
        hours = clocks.working_time(case, known)
        if abs(hours.limit(case.dispatched_at, case.limit_value, case.limit_unit) - case.due_at) > TOLERANCE:
            return "wrong_deadline"
    if any(moment < at - GRACE for _, _, moment in clocks.untaken(case, known)):
        return "not_told"
    return None


_SENTENCES = {
    "not_told": (
        "{n} 个案卷的催办步骤到期未执行：{list}。请在日志中查找原因；时钟会再次尝试。",
        "{n} cases should have been escalated and were not: {list}. The log says why; the clock tries again.",
    ),
    "no_deadline": (
        "{n} 个已派遣的案卷没有处置时限：{list}。请重新派遣，或为其设定时限。",
        "{n} cases are dispatched but have no deadline: {list}. Dispatch them again, or give them a limit.",
    ),
    "wrong_deadline": (
        "{n} 个案卷的截止时间与其时限不符：{list}。若日历刚改过，请重新保存日历，使其按新日历计时。",
        "{n} deadlines disagree with their limits: {list}. If a calendar has changed, save it again, so that it moves"
        " them.",
    ),
    "broken": (
        "{n} 个案卷的数据无法解读：{list}。请查看日志。",
        "{n} cases have data that make no sense: {list}. See the log.",
    ),
}  # fmt: skip


def _requests(held: set[str], known: revisions.Revisions) -> Iterator[Finding]:
    """Requests that wait for nobody: their case has ended, or nobody has the role that would decide."""
    verbs = workflow.current(known).verbs
    ended, nobody = [], []
    for request in Request.objects.filter(granted__isnull=True).select_related("case").order_by("pk"):
        if request.case.closed_at is not None:
            ended.append(request.case.number)
        elif request.verb not in verbs or held.isdisjoint(_told(verbs[request.verb].approval[request.step])):
            nobody.append(request.case.number)
    yield from _about(
        "request_of_ended_case", ended,
        "{n} 项申请仍在等待，而其案卷已经结束：{list}。",
        "{n} requests wait though their case has ended: {list}.",
    )  # fmt: skip
    yield from _about(
        "request_for_nobody", nobody,
        "{n} 项申请在等待审批，但没有人具有审批角色：{list}。请授予角色。",
        "{n} requests wait for approval, but nobody has the role that decides: {list}. Grant the role to somebody.",
    )  # fmt: skip


def _told(step: Sequence[str]) -> set[str]:
    """Those who hear that they should decide: administrators could, but are not told beside others."""
    return set(step) - {Role.ADMINISTRATOR.value} or set(step)


def _roles(held: set[str], known: revisions.Revisions) -> Iterator[Finding]:
    """Roles that a ladder or a stage tells and nobody has."""
    named: dict[str, set[str]] = {}
    for ladder in ladders.fresh(known):
        for step in ladder.steps:
            for role in step.tell:
                named.setdefault(role, set()).add(ladder.name_zh)
    for code, stage in known_stages(known).items():
        for role in stage.tell:
            named.setdefault(role, set()).add(code)
    for role in sorted(named.keys() - held - {WHOSE_TURN, HANDLER, JOINT, ON_DUTY}):
        zh, en = Role(role).label.split(" ", 1)
        where = "、".join(sorted(named[role]))
        yield Finding(
            "role_nobody_has",
            f"没有人具有“{zh}”角色，但催办阶梯或环节会通知该角色：{where}。",
            f"Nobody is {en.lower()}, whom ladders or stages tell: {where}. Grant the role, or change the ladder.",
        )


def _calendars(at: datetime, known: revisions.Revisions) -> Iterator[Finding]:
    for code, hours in sorted(calendars.fresh(known).items()):
        if hours.entered_until - at < AHEAD:
            yield Finding(
                "calendar_ends",
                f"工作日历 {code} 只录入到 {hours.last}；请录入下一年的节假日与调休。",
                f"The calendar {code} is entered up to {hours.last} only; enter the coming year's holidays.",
                grave=False,
            )
    ends = min((hours.entered_until for hours in calendars.fresh(known).values()), default=at)
    beyond = Case.objects.open().filter(due_at__gt=ends).values_list("number", "department", "due_at")
    provisional = [number for number, code, due in beyond if due and hours_of(code, known).is_provisional(due)]
    yield from _about(
        "provisional_deadline", provisional,
        "{n} 个案卷的截止时间超出日历录入范围，暂按工作日推算：{list}。保存新的日历后自动重算。",
        "{n} deadlines lie beyond their calendar's last day, and go by weekdays: {list}. They move when it is saved.",
        grave=False,
    )  # fmt: skip


def _about(code: str, numbers: list[str], zh: str, en: str, *, grave: bool = True) -> Iterator[Finding]:
    if numbers:
        some = numbers[:NAMED]
        more = ["…"] if len(numbers) > NAMED else []
        yield Finding(
            code,
            zh.format(n=len(numbers), list="、".join(some + more)),
            en.format(n=len(numbers), list=", ".join(some + more)),
            grave,
        )
