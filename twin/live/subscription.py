"""What a viewer asks to see; the form of the `subscribe` message of docs/protocol.md."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

import msgspec

from twin import tiles

MOST_ENTRIES = MOST_TYPES = 16


class Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One line of a subscription: object types, everywhere or under a bbox [west, south, east, north] in degrees."""

    types: Annotated[list[str], msgspec.Meta(max_length=MOST_TYPES)]
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Subscription:
    """Types taken everywhere, and tiles taken by type. An object without a place is only taken everywhere."""

    everywhere: frozenset[str]
    by_type: dict[str, frozenset[int]]

    @classmethod
    def of(cls, entries: list[Entry]) -> Self:
        """Raises ValueError, in words for the client, if an entry cannot be met."""
        if len(entries) > MOST_ENTRIES:
            raise ValueError(f"a subscription has at most {MOST_ENTRIES} entries")
        everywhere: set[str] = set()
        by_type: defaultdict[str, set[int]] = defaultdict(set)
        for entry in entries:
            if entry.bbox is None:
                everywhere.update(entry.types)
                continue
            under = tiles.cover(*entry.bbox)
            for object_type in entry.types:
                by_type[object_type] |= under
        return cls(frozenset(everywhere), {kind: frozenset(under) for kind, under in by_type.items()})

    def takes(self, object_type: str, tile: int | None) -> bool:
        return object_type in self.everywhere or tile in self.by_type.get(object_type, ())

    def cells(self) -> Iterator[tuple[str, int]]:
        for object_type, under in self.by_type.items():
            for tile in under:
                yield object_type, tile
