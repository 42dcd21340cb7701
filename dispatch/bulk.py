"""One step for many cases: which is possible for all of them, and what became of each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count

from dispatch import workflow
from dispatch.actions import act
from dispatch.models import Case, JointTask, Request
from dispatch.verbs import permits
from dispatch.verbs.acting import Act
from dispatch.verbs.inputs import Inputs
from dispatch.workflow import Verb
from twin import clock, revisions
from twin.access import Scope
from twin.models import JournalRow, User
from twin.problems import Problem

# What can be said of many cases in one breath; a photo, a report or a filing condition is of one case.
FOR_MANY = {"note", "department", "departments", "until", "value", "unit", "result", "kind", "opinion", "rating"}


def act_on(case_id: int, version: int, verb: str, user: User, inputs: dict[str, Any], **how: Any) -> dict[str, Any]:
    """One case of many, in a transaction of its own; what speaks against it is its outcome, not an error."""
    try:
        case = act(case_id, verb, user, version=version, **how, **inputs)
    except Problem as problem:
        return {"id": case_id, "done": False, "problem": _problem(problem.status, problem.detail, problem.extra)}
    except PermissionDenied as denied:
        return {"id": case_id, "done": False, "problem": _problem(403, str(denied), {})}
    return {"id": case_id, "done": True, "version": case.version, "status": case.status}


def _problem(status: int, detail: str, extra: dict[str, Any]) -> dict[str, Any]:
    return {"status": status, "detail": detail} | extra


def possible_for_all(ids: Collection[int], user: User) -> tuple[list[Verb], int]:
    """The verbs that this person may take for every one of these cases now, and how many of them they may see.

    As many statements for a thousand cases as for one. A verb that needs what is of one case alone is none for many.
    """
    known = revisions.read()
    flow, at = workflow.current(known), clock.now(known)
    grants = list(user.grants.all())
    cases = list(Case.objects.visible_to(Scope.union(grant.scope for grant in grants)).filter(pk__in=ids))
    verbs = [verb for verb in flow.document.verb if FOR_MANY.issuperset(verb.needs)]
    pasts, pending, tasks = _pasts(cases), _pending(cases), _open_tasks(cases)
    for case in cases:
        if not verbs:
            break
        asked = Act(case, flow, verbs[0], user, Inputs(), at, known, grants=grants)
        asked.pending, asked.open_tasks = pending.get(case.pk), tasks[case.pk]
        verbs = [verb for verb in verbs if _can(asked, verb, pasts[case.pk])]
    return sorted(verbs, key=lambda verb: verb.to is None) if cases else [], len(cases)


def _can(asked: Act, verb: Verb, past: dict[str, int]) -> bool:
    asked.verb = verb
    return permits.objection(asked, lambda kind: past.get(f"case.{kind}", 0)) is None


def _pasts(cases: Sequence[Case]) -> dict[int, dict[str, int]]:
    """How often the journal says what of each case."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = JournalRow.objects.filter(object_type="case", object_id__in=[str(case.pk) for case in cases])
    for number, kind, count in rows.values_list("object_id", "kind").annotate(count=Count("seq")):
        found[int(number)][kind] = count
    return found


def _pending(cases: Sequence[Case]) -> dict[int, Request]:
    return {one.case_id: one for one in Request.objects.filter(case__in=cases, granted=None)}


def _open_tasks(cases: Sequence[Case]) -> dict[int, list[JointTask]]:
    found: dict[int, list[JointTask]] = defaultdict(list)
    for task in JointTask.objects.filter(case__in=cases, answered_at=None).order_by("pk"):
        found[task.case_id].append(task)
    return found
