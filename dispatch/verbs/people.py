"""Who holds which role over a case."""

from collections.abc import Collection, Iterable

from dispatch.models import Case
from dispatch.verbs.acting import refused
from twin.models import Grant, User


def roles_over(grants: Iterable[Grant], case: Case) -> set[str]:
    """The roles that grants give over a case. A department that only helps 协办 sees it, but does not lead it."""
    return {grant.role for grant in grants if grant.scope.allows(case.department, case.zones)}


def roles_in(grants: Iterable[Grant], department: str, case: Case) -> set[str]:
    """The roles that grants give over a department's part in a case."""
    return {grant.role for grant in grants if grant.scope.allows(department, case.zones)}


def somebody(user_id: int, case: Case, roles: Collection[str], *, of_department: bool = False) -> User:
    """The person with that id, if they have one of the roles over the case. Raises Problem 422 otherwise."""
    user = User.objects.filter(pk=user_id, is_active=True).prefetch_related("grants").first()
    if user is not None:
        grants = [grant for grant in user.grants.all() if grant.departments or not of_department]
        if not roles_over(grants, case).isdisjoint(roles):
            return user
    where = f" in {case.department}" if of_department else ""
    raise refused(
        f"There is no such person{where} who could do this; choose another.",
        "没有可以承办此案的这位人员；请另选。",
    )
