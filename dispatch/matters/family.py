"""Which cases belong together: those merged into one, at any depth, and the parts that one was split into."""

from typing import Any

from django.db import connection
from django.db.models import Q

from dispatch.models import Case
from twin.models import User

_FAMILY = """
WITH RECURSIVE family (id) AS (
    SELECT %s::bigint UNION ALL SELECT c.id FROM dispatch_case c JOIN family f ON c.merged_into_id = f.id
)
SELECT id FROM family
"""

_GOES_ON = """
WITH RECURSIVE above (id, merged_into_id) AS (
    SELECT id, merged_into_id FROM dispatch_case WHERE id = %s
    UNION ALL SELECT c.id, c.merged_into_id FROM dispatch_case c JOIN above a ON c.id = a.merged_into_id
)
SELECT id FROM above WHERE merged_into_id IS NULL
"""


def family(case_id: int) -> list[int]:
    """Ids of the case and of all that were merged into it, directly or through others; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY, [case_id])
        return [int(row[0]) for row in cursor.fetchall()]


def goes_on(case: Case) -> Case:
    """The case in which it goes on: itself, or the last one of those that it was merged into."""
    if case.merged_into_id is None:
        return case
    return Case.objects.raw(f"SELECT * FROM dispatch_case WHERE id = ({_GOES_ON})", [case.pk])[0]


def related(case: Case, user: User, members: list[int]) -> dict[str, Any]:
    """The cases that it is tied to, as far as the person may see them; `members` are its family. One statement."""
    above = [pk for pk in (case.merged_into_id, case.split_from_id) if pk is not None]
    tied = Q(pk__in=[*members, *above]) | Q(split_from=case)
    rows = Case.objects.visible_to(user.scope).filter(tied).exclude(pk=case.pk).order_by("pk")
    found = {row.pk: row for row in rows.only("number", "status", "category", "department", "split_from")}
    within = set(members)
    return {
        "merged_into": _line(found.get(case.merged_into_id or 0)),
        "merged": [_line(row) for pk, row in found.items() if pk in within],
        "split_from": _line(found.get(case.split_from_id or 0)),
        "parts": [_line(row) for row in found.values() if row.split_from_id == case.pk],
    }


def _line(case: Case | None) -> dict[str, Any] | None:
    if case is None:
        return None
    return {
        "id": case.pk,
        "number": case.number,
        "status": case.status,
        "category": case.category,
        "department": case.department,
    }
