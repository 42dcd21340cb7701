"""What rules are checked against (`World`), and what they are tried on (`Facts`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dispatch.catalogue import Edition
from geo.lookup import Located, ZoneIndex

Mask = NDArray[np.bool_]
Counts = Callable[[float, str], NDArray[np.int64]]
CHANNELS = ("sensor", "hotline", "grid")
SAME = ("category", "major", "any")  # what else must agree for another report to count as of the same matter


@dataclass(frozen=True)
class World:
    """What the names in a rule are checked against and compiled with."""

    edition: Edition
    zones: ZoneIndex
    zone_kinds: frozenset[str]
    zone_refs: frozenset[str]
    departments: frozenset[str]
    # Filing conditions by category, of all editions: a rule may be written for the next one before it holds.
    conditions: Mapping[str, frozenset[int]]
    sources: Mapping[str, int] = field(default_factory=dict)  # id of each source by its URI
    flags: frozenset[str] = frozenset()  # codes of the city's flags: wartime, rainstorm ...


def no_counts(hours: float, same: str) -> NDArray[np.int64]:
    raise LookupError("these facts were made without earlier reports; no rule may ask for them")


@dataclass
class Facts:
    """A batch of n reports as columns of shape (n,). Times are the city's local ones."""

    category: NDArray[np.int64]  # index in the edition
    condition: NDArray[np.int64]  # number of the filing condition
    channel: NDArray[np.object_]
    source: NDArray[np.int64]  # id
    urgency: NDArray[np.int64]
    text: Sequence[str]
    component: Mapping[str, NDArray[np.object_]]  # by role: the department of the report's component, '' without one
    located: Located
    hour: NDArray[np.float64]  # 0 to 24
    weekday: NDArray[np.int64]  # 1 Monday to 7 Sunday
    day: NDArray[np.int64]  # month * 100 + day
    working: Mask  # within the city's working hours
    flags: frozenset[str] = frozenset()  # that are raised
    # counts(hours, same): how many reports of the same matter came from the same cell within so many hours before.
    counts: Counts = no_counts

    def __len__(self) -> int:
        return len(self.category)

    @property
    def has_component(self) -> Mask:
        return np.asarray(self.component["manager"] != "", dtype=bool)
