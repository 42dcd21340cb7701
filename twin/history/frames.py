"""The changes between two moments, page by page, as the live view would have sent them."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from twin.history.view import View
from twin.live.facts import place_of
from twin.live.world import Row, row_of

MOST_ROWS = 10_000  # of the journal in one page, whether or not they concern the viewer

_ROWS = (
    "SELECT seq, at, kind, object_type, object_id, version, tile, zones, department, shared, state::text, was"
    " FROM twin_journal WHERE seq >= %s AND seq <= %s AND object_type = ANY(%s) ORDER BY seq"
)


@dataclass(frozen=True)
class Page:
    """Changes as JSON, in order. After them the viewer stands at `seq`; `whole`: that is where they asked to go."""

    first: int
    seq: int
    whole: bool
    changes: list[str]


def page(view: View, first: int, last: int, rows: int) -> Page:
    """What the rows `first` to `last`, but at most so many of them, mean to a viewer."""
    until = min(last, first + rows - 1)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [first, until, list(view.types)])
        pieces = [view.piece(_row_of(record)) for record in cursor.fetchall()]
    return Page(first, max(until, first - 1), until >= last, [piece for piece in pieces if piece is not None])


def _row_of(record: tuple[Any, ...]) -> Row:
    """A row with what the journal says of the place before, where that was another; the live side takes it from its
    world. The facts before are not said."""
    row, was = row_of(record[:-1]), record[-1]
    row.was = place_of(was["tile"], was["zones"], was["department"], was.get("shared", ())) if was else row.place
    return row
