"""Stored cases as the rules saw them when they were opened, so that they can be routed again."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from dispatch.deciding import Matter
from dispatch.models import Component
from dispatch.routing import Routing
from geo.followers import Box

AT_ONCE = 20_000  # cases that are held in memory at a time
MOST = 200_000  # cases of the past that are routed again; the newest

# The report that opened a case is its first; what is joined later was not what the rules saw.
_CASES = """
SELECT c.id, ST_X(c.geom), ST_Y(c.geom), c.zones, c.category, c.channel,
       coalesce((c.decision->>'urgency')::int, c.urgency), c.component, c.opened_at, c.department, c.status,
       coalesce(r.description, '')
FROM dispatch_case c
LEFT JOIN LATERAL (SELECT description FROM dispatch_report WHERE case_id = c.id ORDER BY id LIMIT 1) r ON true
WHERE c.geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326) AND
"""


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
        self.opened_at: list[datetime] = [row[8] for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> "Filed":
        return Filed([self.rows[i] for i in rows])

    def known_to(self, now: Routing) -> list[int]:
        """The rows whose category the edition in force still has: the others cannot be routed again."""
        return [i for i, row in enumerate(self.rows) if row[4] in now.edition.categories]

    def matters(self, now: Routing) -> tuple[list[Matter], dict[str, Component]]:
        """What the rules look at, and the components that are named. All must be `known_to` the routing."""
        categories = now.edition.categories
        matters = [
            Matter(categories[category].index, channel, urgency, text, component, opened_at)
            for _, _, _, _, category, channel, urgency, component, opened_at, _, _, text in self.rows
        ]
        named = {matter.component for matter in matters if matter.component}
        return matters, Component.objects.in_bulk(list(named)) if named else {}


def open_in(box: Box) -> Filed:
    """All open cases in a box, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_CASES + "c.closed_at IS NULL ORDER BY c.id", box)
        return Filed(cursor.fetchall())


def opened_in(box: Box, since: datetime, until: datetime) -> Iterator[Filed]:
    """The real cases that were opened in a box within a time, the newest first, in batches; `MOST` at most."""
    newest = _CASES + "c.opened_at >= %s AND c.opened_at <= %s AND c.exercise = '' ORDER BY c.opened_at DESC LIMIT %s"
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(newest, [*box, since, until, MOST])
        while rows := cursor.fetchmany(AT_ONCE):
            yield Filed(rows)
