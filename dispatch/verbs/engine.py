"""The one way to change a case: a verb of the workflow in force, with its audit row and its journal row, or nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection
from django.db.models import Q
from django.http import HttpRequest
from psycopg import errors
from pydantic import ValidationError

from dispatch import clocks
from dispatch.models import Attachment, Case
from dispatch.state import Seen, entry
from dispatch.timeline import missed
from dispatch.verbs import RUN, permits, requests
from dispatch.verbs.acting import Act, refused
from dispatch.verbs.inputs import Inputs, check
from dispatch.workflow import current
from twin import audit, journal
from twin.access import Scope
from twin.journal import Journal
from twin.models import JournalRow, User
from twin.problems import Problem, not_found

PATIENCE = "8s"  # how long an act waits for another one of the same case
FIELDS = (
    "version", "status", "condition", "urgency", "merged_into",
    "department", "joint", "shared", "handler", "supervised", "asking", "exempt",
    "returns", "extensions", "suspensions", "reworks", "urges", "redos", *clocks.FIELDS,
)  # fmt: skip
BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)


@contextmanager
def patient() -> Iterator[None]:
    """Wait for whoever is at the same case, but not for ever: that the database gave up is no fault of the person."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, BUSY):
            raise Problem(
                503,
                "Somebody else is at work on this case right now. Nothing of yours was done; try again in a moment.",
                detail_zh="此刻有他人正在处理本案。你的操作没有执行，请稍后再试。",
            ) from error
        raise


@contextmanager
def acting() -> Iterator[Journal]:
    """The transaction of one act of a person; what others hold is waited for, but not for ever."""
    with patient(), journal.writing() as said:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        yield said


def act(
    case_id: int, verb_code: str, user: User, *, version: int, request: HttpRequest | None = None, **inputs: Any
) -> Case:
    """Do one verb of the workflow to a case; `inputs` are those of `Inputs`.

    Raises Problem: 404 if the person may not see the case, 409 if it is no longer at `version` (the answer says who
    did what since), 422 if the verb does not fit, its limits are used up or an input is missing, 503 if others hold
    the case too long. PermissionDenied without the role.
    """
    given = _read(inputs)
    with acting() as said:
        flow = current(said.known, said.at)
        verb = flow.verbs.get(verb_code)
        if verb is None:
            raise Problem(
                404,
                f"There is no verb {verb_code!r}; verbs are {', '.join(flow.verbs)}.",
                detail_zh=f"没有操作 {verb_code}。",
            )
        grants = list(user.grants.all())
        scope = Scope.union(grant.scope for grant in grants)
        case = Case.objects.visible_to(scope).select_for_update().filter(pk=case_id).first()
        if case is None:
            raise not_found("case", "案卷")
        if case.version != version:
            raise conflict(case, version, said)
        doing = Act(case, flow, verb, user, given, said.at, said.known, grants=grants)
        against = permits.objection(doing, lambda past: _count(case, past))
        if against is not None:
            raise against
        doing.attachments = _attachments(case, given.attachments, user)
        check(verb, given, doing.attachments)
        permits.check_until(doing)
        perform(said, doing, request)
    return case


def by_itself(said: Journal, case: Case, effect: str) -> bool:
    """Let the clock take a step in the transaction that `said` writes: the verb with this effect, if there is one.

    The case must have been read with `select_for_update`. False: no verb with the effect starts at its status.
    """
    flow = current(said.known, said.at)
    verb = flow.by_effect(effect, case.status)
    if verb is None:
        return False
    perform(said, Act(case, flow, verb, None, Inputs(), said.at, said.known), None)
    return True


def perform(said: Journal, doing: Act, request: HttpRequest | None) -> None:
    """The act itself, its audit row and its journal row. What speaks against it has been asked before."""
    case, verb, flow = doing.case, doing.verb, doing.flow
    before, was, handler = Seen.of(case), case.status, case.handler_id
    case.version += 1
    case.status = verb.to or case.status
    try:
        RUN[verb.effect](doing)
        if case.status != was or verb.to:
            _enter(doing, was, handler)
    except ValueError as error:  # a limit that runs past the calendar's last day
        raise refused(f"The deadline cannot be computed: {error}.", "无法计算时限：工作日历尚未覆盖该日期。") from error
    if case.asking and case.status not in flow.verbs[case.asking].sources:
        requests.lapse(doing)
    for attachment in doing.attachments:
        if attachment.case_id is None:
            attachment.case = case
            attachment.save(update_fields=["case"])
    change = _change(doing, was)
    put_down(said, case, doing.past or verb.past, doing.user, change, before, request)


def put_down(
    said: Journal,
    case: Case,
    past: str,
    user: User | None,
    change: dict[str, Any],
    before: Seen,
    request: HttpRequest | None,
) -> None:
    """Save a changed case, with the audit row and the journal row `case.<past>` of what changed it."""
    case.save(update_fields=FIELDS)
    kind, actor = f"case.{past}", f"user:{user.pk}" if user else "clock"
    audit.record(kind, user, "case", str(case.pk), request=request, exercise=case.exercise, **change)
    said.say(entry(case, kind, actor, change, before))


def _enter(doing: Act, was: str, handler: int | None) -> None:
    """It has come into another status, whose clock starts; whoever had it personally has it no more."""
    case, statuses = doing.case, doing.flow.statuses
    if not statuses[case.status].open:
        clocks.stop(case, doing.at)
        return
    clocks.enter(case, doing.at, doing.known)
    left = statuses.get(was)
    if case.handler_id == handler and (left is None or left.axis != statuses[case.status].axis):
        case.handler = None


def _change(doing: Act, was: str) -> dict[str, Any]:
    change: dict[str, Any] = {"note": doing.inputs.note} if doing.inputs.note else {}
    if doing.case.status != was:
        change["status"] = [was, doing.case.status]
    if doing.attachments:
        change["attachments"] = [str(attachment.pk) for attachment in doing.attachments]
    return change | doing.change


def _read(inputs: dict[str, Any]) -> Inputs:
    try:
        return Inputs(**inputs)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Problem(422, f"{where}: {first['msg']}", detail_zh=f"{where} 的取值不正确：{first['msg']}") from error


def _attachments(case: Case, ids: Iterable[UUID], user: User) -> list[Attachment]:
    """Those of this case, and those that the person uploaded before and that belong to nothing yet."""
    wanted = set(ids)
    if not wanted:
        return []
    mine = Q(case=case) | Q(case=None, report=None, uploaded_by=user)
    found = list(Attachment.objects.select_for_update().filter(mine, pk__in=wanted))
    if len(found) != len(wanted):
        raise refused("An attachment is not there, or does not belong to this case.", "附件不存在，或不属于本案。")
    return found


def _count(case: Case, past: str) -> int:
    return JournalRow.objects.filter(object_type="case", object_id=str(case.pk), kind=f"case.{past}").count()


def tally(kinds: Iterable[str]) -> permits.Count:
    """The same count from journal rows that were read already."""
    counts = Counter(kinds)
    return lambda past: counts[f"case.{past}"]


def conflict(case: Case, version: int, said: Journal) -> Problem:
    """What others did since the person looked: who, when, which verb."""
    moments = missed(case, version, said.known)
    who = "；".join(f"{m.actor}：{m.text_zh}" for m in moments)
    en = "; ".join(f"{m.actor}: {m.text_en}" for m in moments)
    return Problem(
        409,
        f"This case has changed since you looked at it: it is now {case.status} (version {case.version}, you had"
        f" {version}). {en}. Look again and decide.",
        detail_zh=f"你查看之后案件已有变化（现为第 {case.version} 版，你看到的是第 {version} 版）。{who}。"
        "请重新查看后再决定。",
        version=case.version,
        status_now=case.status,
        changed=[
            {"seq": m.seq, "at": m.at, "kind": m.kind, "actor": m.actor, "text_zh": m.text_zh, "text_en": m.text_en}
            for m in moments
        ],
    )
