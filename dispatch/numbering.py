"""Numbers for reports and cases, and the components that reports name: one statement for a batch of any size."""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, connection

from dispatch.models import Component

_NEXT = "nextval('dispatch_report_id_seq'), nextval('dispatch_case_id_seq')"
_NUMBERS = f"SELECT {_NEXT} FROM generate_series(1, %s)"
_FIELDS = ("code", "manager", "owner", "maintainer")
_BOTH = f"""SELECT {_NEXT}, {", ".join(_FIELDS)} FROM (
    SELECT c.* FROM unnest(%s::text[]) WITH ORDINALITY AS n (code, i) LEFT JOIN dispatch_component c USING (code)
    ORDER BY n.i
) found"""


def numbers(codes: Sequence[str]) -> tuple[list[tuple[int, int]], dict[str, Component]]:
    """For each of n reports an id and one for its case, ascending; `codes` are the components they name, '' for none.

    Components come with code and departments alone; one that is unknown is left out.
    """
    if not codes:
        return [], {}
    with connection.cursor() as cursor:
        if not any(codes):
            cursor.execute(_NUMBERS, [len(codes)])
            return cursor.fetchall(), {}
        cursor.execute(_BOTH, [list(codes)])
        rows = cursor.fetchall()
    found = {row[2]: Component.from_db(DEFAULT_DB_ALIAS, _FIELDS, row[2:]) for row in rows if row[2] is not None}
    return [row[:2] for row in rows], found
