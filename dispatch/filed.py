"""Stored cases as the rules saw them when they were opened, so that they can be routed again."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from dispatch.deciding import Matter
from dispatch.intake import DISPATCHED
from dispatch.models import Component
from dispatch.routing import Routing
from geo.followers import Box

AT_ONCE = 20_000  # cases that are held in memory at a time
MOST = 200_000  # cases of the past that are routed again; the newest

# The report that opened a case is its first; what is joined later was not what the rules saw.
_CASES = """
SELECT c.id, ST_X(c.geom), ST_Y(c.geom), c.zones, c.category, c.channel,
       coalesce((c.decision->>'urgency')::int, c.urgency), c.component, c.opened_at, c.department, c.status,
       c.exercise, c.closed_at, coalesce(r.description, ''), c.condition,
       coalesce(r.source_id, 0)
FROM dispatch_case c
LEFT JOIN LATERAL (SELECT description, source_id FROM dispatch_report WHERE case_id = c.id ORDER BY id LIMIT 1) r
     ON true
WHERE c.geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326) AND
"""
CLOSED_AT = 12  # its column


@dataclass
class Filed:
    """n stored cases; `at` are WGS-84 degrees, shape (n,)."""

    rows: list[tuple[Any, ...]]

    def __post_init__(self) -> None:
        self.lon, self.lat = (np.array([row[i] for row in self.rows], dtype=np.float64) for i in (1, 2))
        self.ids = [int(row[0]) for row in self.rows]
        self.zones: list[list[int]] = [row[3] for row in self.rows]
        self.departments: list[str] = [row[9] for row in self.rows]
        self.statuses: list[str] = [row[10] for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> "Filed":
        return Filed([self.rows[i] for i in rows])

    @cached_property
    def row_of(self) -> dict[int, int]:
        """Row of a case by its id."""
        return {pk: row for row, pk in enumerate(self.ids)}

    def waiting(self) -> list[int]:
        """The rows that nobody has accepted yet."""
        return [i for i, status in enumerate(self.statuses) if status == DISPATCHED]

    def real_since(self, at: datetime) -> list[int]:
        """The rows that were opened since a time, exercises left out."""
        return [i for i, row in enumerate(self.rows) if row[8] >= at and not row[11]]

    def known_to(self, now: Routing) -> list[int]:
        """The rows whose category the edition in force still has: the others cannot be routed again."""
        return [i for i, row in enumerate(self.rows) if row[4] in now.edition.categories]

    def matters(self, now: Routing) -> tuple[list[Matter], dict[str, Component]]:
        """What the rules look at, and the components that are named. All must be `known_to` the routing."""
        categories = now.edition.categories
        matters = [
            Matter(categories[code].index, condition, channel, source, urgency, text, component, opened_at)
            for _, _, _, _, code, channel, urgency, component, opened_at, *_, text, condition, source in self.rows
        ]
        named = {matter.component for matter in matters if matter.component}
        return matters, Component.objects.in_bulk(list(named)) if named else {}


def open_in(box: Box) -> Filed:
    """All open cases in a box, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_CASES + "c.closed_at IS NULL ORDER BY c.id", box)
        return Filed(cursor.fetchall())


def closed_in(box: Box, since: datetime) -> Iterator[Filed]:
    """The real cases in a box that were opened since a time and are closed, in batches, `MOST` at most.

    They come by the time of closing, the newest first, for which there is an index.
    """
    newest = _CASES + ("c.closed_at >= %s AND c.opened_at >= %s AND c.exercise = '' ORDER BY c.closed_at DESC LIMIT %s")
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(newest, [*box, since, since, MOST])
        while rows := cursor.fetchmany(AT_ONCE):
            yield Filed(rows)
