"""Which of many things that stand somewhere have other zones than those that are noted of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.lookup import Located, ZoneIndex
from geo.models import Zone


@dataclass(frozen=True, slots=True)
class Move:
    """Thing `row` of those asked lies in `zones` (ids, in order of precedence); what it gains and loses is sorted."""

    row: int
    zones: list[int]
    cell: str  # code of its unit grid cell; '' where there is none
    gained: tuple[int, ...]
    lost: tuple[int, ...]


def moves(index: ZoneIndex, located: Located, noted: Sequence[Sequence[int]]) -> list[Move]:
    """Those of n things, located in the index, whose set of zones is another than the one `noted` of them."""
    found = []
    for row, before in enumerate(noted):
        zones = index.ids[located.of(row)].tolist()
        now, was = set(zones), set(before)
        if now != was:
            cell = located.cells[row]
            code = index.zones[cell].code if cell >= 0 else ""
            found.append(Move(row, zones, code, tuple(sorted(now - was)), tuple(sorted(was - now))))
    return found


def changed(before: ZoneIndex, was: Located, after: ZoneIndex, now: Located) -> NDArray[np.int64]:
    """The points, located in two indexes, whose sets of zones differ."""
    zones = [index.ids[located.zones] for index, located in ((before, was), (after, now))]
    pairs = [np.stack([located.points, ids]) for located, ids in zip((was, now), zones, strict=True)]
    # A pair of point and zone that only one of the two knows stands once among all of them.
    both, times = np.unique(np.concatenate(pairs, axis=1), axis=1, return_counts=True)
    return np.unique(both[0][times == 1])


def refs(ids: Sequence[int], known: dict[int, str]) -> list[str]:
    """`kind:code` of zones, in the order of ids; `known` keeps what was asked before."""
    missing = [zone for zone in ids if zone not in known]
    if missing:
        known |= {zone.pk: str(zone) for zone in Zone.objects.filter(pk__in=missing)}
    return [known[zone] for zone in ids]
