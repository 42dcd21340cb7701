"""Whom and what a form for a verb may offer: people who could do it, filing conditions of the case's category."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from dispatch import catalogue, workflow
from dispatch.detail import condition_out, person_out
from dispatch.models import Case
from dispatch.verbs.handling import OF_DEPARTMENT
from dispatch.verbs.people import roles_over
from twin import revisions
from twin.models import Role, User
from twin.problems import Problem, not_found
from twin.session import person

router = Router(tags=["dispatch"])
MOST_LISTED = 200


@router.get("/cases/{int:case_id}/candidates/{verb}")
def candidates(request: HttpRequest, case_id: int, verb: str) -> dict[str, Any]:
    """The people to whom the verb may give the case, by name, and the filing conditions it may choose from."""
    known = revisions.read()
    case = Case.objects.visible_to(person(request).scope).filter(pk=case_id).first()
    if case is None:
        raise not_found("case", "案卷")
    wanted = workflow.current(known).verbs.get(verb)
    if wanted is None:
        raise Problem(404, f"There is no verb {verb!r}.", detail_zh=f"没有操作 {verb}。")
    asked = {*wanted.needs, *wanted.takes}
    category = catalogue.by_id(case.catalogue_id, known).categories[case.category]
    return {
        "people": people_for(case, of_department=wanted.effect == "hand_over") if "person" in asked else [],
        "conditions": [condition_out(one) for one in category.conditions.values()] if "condition" in asked else [],
    }


def people_for(case: Case, *, of_department: bool) -> list[dict[str, Any] | None]:
    """Those whom `people.somebody` would let have it: of the case's department, or grid workers there."""
    roles: set[str] = set(OF_DEPARTMENT) if of_department else {Role.GRID_WORKER.value}
    found = []
    users = User.objects.filter(is_active=True, grants__role__in=roles).distinct().order_by("name", "pk")
    for user in users.prefetch_related("grants"):
        grants = [grant for grant in user.grants.all() if grant.departments or not of_department]
        if not roles_over(grants, case).isdisjoint(roles):
            found.append(person_out(user))
    return found[:MOST_LISTED]
