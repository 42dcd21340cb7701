"""Merging cases that are one matter 并案, and taking that back. Both lock both cases, the lower id first."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dispatch import clocks, workflow
from dispatch.matters.family import family
from dispatch.models import Case, Merge, Report
from dispatch.state import Seen
from dispatch.verbs import requests
from dispatch.verbs.acting import Act, refused
from dispatch.verbs.engine import acting, conflict, put_down
from dispatch.verbs.inputs import Inputs
from dispatch.verbs.people import roles_over
from twin.access import Scope
from twin.journal import Journal
from twin.models import Grant, User
from twin.problems import Problem

MERGED = "merged"  # a status that every workflow has


def merge(
    case_id: int,
    into_id: int,
    user: User,
    *,
    version: int,
    into_version: int,
    note: str = "",
    request: HttpRequest | None = None,
) -> Case:
    """Let a case end in another one, which then answers for all who reported either; the one that goes on.

    Raises Problem: 404 if the person may not see both, 409 if either has changed since, 422 if one of them has ended
    or only one is an exercise. PermissionDenied without a role for it (`matters.roles` of the workflow) over both.
    """
    if case_id == into_id:
        raise refused("A case cannot be merged into itself.", "案件不能并入自身。")
    with acting() as said:
        case, into = locked(said, user, [case_id, into_id])
        for one, seen in ((case, version), (into, into_version)):
            if one.version != seen:
                raise conflict(one, seen, said)
        _check(case, into)
        before, into_before, was = Seen.of(case), Seen.of(into), case.status
        _end(said, case, into, user)
        change: dict[str, Any] = {"status": [was, MERGED], "into": into.pk}
        change |= _lapse(said, case, user) | words_of("并入", "Merged into", into, note)
        put_down(said, case, "merged", user, change, before, request)

        urgency = into.urgency
        into.version += 1
        clocks.hurry(into, case.urgency, said.at, said.known)
        took: dict[str, Any] = {"case": case.pk, "reports": _reports(case)}
        if into.urgency != urgency:
            took["urgency"] = [urgency, into.urgency]
        took |= words_of("并入本案：", "Took in", case, note)
        put_down(said, into, "took_in", user, took, into_before, request)
    return into


def unmerge(case_id: int, user: User, *, version: int, note: str = "", request: HttpRequest | None = None) -> Case:
    """A case that was merged goes on by itself, as it was, and as if its clock had run on; that case.

    Raises Problem: 404 if the person may not see both cases, 409 if it has changed since, 422 if it is not merged or
    its status is gone from the workflow. PermissionDenied as `merge`.
    """
    into_id = Case.objects.filter(pk=case_id).values_list("merged_into", flat=True).first()
    with acting() as said:
        case, *others = locked(said, user, [case_id] if into_id is None else [case_id, into_id])
        if case.version != version:
            raise conflict(case, version, said)
        if case.merged_into_id is None or case.merged_into_id != into_id:
            raise refused("This case is not merged into another one.", "本案没有并入其他案件。")
        (into,) = others
        before, into_before = Seen.of(case), Seen.of(into)
        _come_back(said, case)
        change = {"status": [MERGED, case.status], "out_of": into.pk}
        words = words_of("撤销并入", "No longer part of", into, note)
        put_down(said, case, "unmerged", user, change | words, before, request)

        into.version += 1
        gave = {"case": case.pk, "reports_gone": _reports(case)}
        words = words_of("撤销并案：", "No longer answers for", case, note)
        put_down(said, into, "gave_back", user, gave | words, into_before, request)
    return case


def locked(said: Journal, user: User, ids: list[int]) -> list[Case]:
    """The cases in the order asked for, held until the end of the transaction, by somebody who may join and part them.

    Whoever locks several cases locks the lowest id first, so that two who do it crosswise wait and never deadlock.
    """
    grants: list[Grant] = list(user.grants.all())
    scope = Scope.union(grant.scope for grant in grants)
    found = {
        case.pk: case for case in Case.objects.visible_to(scope).select_for_update().filter(pk__in=ids).order_by("pk")
    }
    if len(found) < len(ids):
        raise Problem(404, "There is no such case, or it is not yours to see.", detail_zh="案件不存在，或无权查看。")
    able = workflow.current(said.known, said.at).document.matters.roles
    if any(roles_over(grants, case).isdisjoint(able) for case in found.values()):
        raise PermissionDenied("并案、拆案: your roles do not allow joining and parting these cases.")
    return [found[pk] for pk in ids]


def words_of(zh: str, en: str, case: Case, note: str = "") -> dict[str, str]:
    """What the timeline says, and why the person did it."""
    words = {"text_zh": f"{zh} {case.number}", "text_en": f"{en} {case.number}"}
    return words | {"note": note} if note else words


def _reports(case: Case) -> list[int]:
    """Those of the case and of all that were merged into it."""
    return list(Report.objects.filter(case__in=family(case.pk)).order_by("pk").values_list("pk", flat=True))


def _check(case: Case, into: Case) -> None:
    for one in (case, into):
        if one.closed_at is not None:
            raise refused(
                f"{one.number} has ended; only open cases are merged.", f"{one.number} 已结束；只能合并未结案件。"
            )
    if case.exercise != into.exercise:
        raise refused(
            "One of the two is an exercise, the other is not, or belongs to another one.",
            "演练案件与真实案件（或不同演练的案件）不能合并。",
        )


def _end(said: Journal, case: Case, into: Case, user: User) -> None:
    Merge.objects.create(
        case=case,
        into=into,
        by=user,
        at=said.at,
        status=case.status,
        stage_due_at=case.stage_due_at,
        remaining=case.remaining,
        suspended_until=case.suspended_until,
    )
    case.version += 1
    case.status, case.merged_into = MERGED, into
    clocks.stop(case, said.at)


def _lapse(said: Journal, case: Case, user: User) -> dict[str, Any]:
    """What the case was asking for makes no sense any more."""
    flow = workflow.current(said.known, said.at)
    doing = Act(case, flow, flow.document.verb[0], user, Inputs(), said.at, said.known)
    requests.lapse(doing)
    return doing.change


def _come_back(said: Journal, case: Case) -> None:
    kept = Merge.objects.select_for_update().get(case=case, undone_at=None)
    status = workflow.current(said.known, said.at).statuses.get(kept.status)
    if status is None or not status.open:
        raise refused(
            f"It was {kept.status}, which the workflow no longer has.", f"原状态 {kept.status} 已不在现行流程中。"
        )
    kept.undone_at = said.at
    kept.save(update_fields=["undone_at"])
    case.version += 1
    case.status, case.merged_into, case.closed_at, case.ending = kept.status, None, None, ""
    case.stage_due_at, case.remaining, case.suspended_until = kept.stage_due_at, kept.remaining, kept.suspended_until
    clocks.wake(case, said.at, said.known)
