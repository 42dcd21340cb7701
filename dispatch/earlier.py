"""How many reports of the same matter came from the same unit grid cell before: "the third report here in 24 hours"."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from geo.lookup import Located

if TYPE_CHECKING:  # the routing knows rules, and rules ask for counts
    from dispatch.routing import Routing

# Of a case's category: all of it, its major class, or nothing must agree.
PART = {"category": 12, "major": 4, "any": 0}
_SQL = """
SELECT n.i, count(*)
FROM unnest(%s::int[], %s::text[], %s::text[], %s::timestamptz[]) AS n (i, cell, category, at)
JOIN dispatch_case c ON c.cell = n.cell AND c.opened_at > n.at - make_interval(secs => %s) AND c.opened_at < n.at
     AND left(c.category, %s) = n.category
GROUP BY n.i
"""


class Earlier:
    """Counts for a batch of n reports; asked for only if a rule wants them: one statement for each span."""

    def __init__(self, now: "Routing", category: NDArray[np.int64], at: Sequence[datetime], located: Located) -> None:
        self._now, self._category, self._at, self._located = now, category, at, located

    def __call__(self, hours: float, same: str) -> NDArray[np.int64]:
        """Reports before each, within so many hours: those stored, and those that stand before it in the batch."""
        part = PART[same]
        codes = list(self._now.edition.categories)
        categories = [codes[index][:part] for index in self._category]
        cells = [self._now.zones.zones[cell].code if cell >= 0 else "" for cell in self._located.cells]
        counts = np.zeros(len(cells), dtype=np.int64)
        with connection.cursor() as cursor:
            positions = list(range(len(cells)))
            cursor.execute(_SQL, [positions, cells, categories, list(self._at), hours * 3600, part])
            for i, count in cursor.fetchall():
                counts[i] = count
        before: dict[tuple[str, str], int] = {}
        for i, key in enumerate(zip(cells, categories, strict=True)):
            counts[i] += before.get(key, 0)
            before[key] = before.get(key, 0) + 1
        return counts
