"""What a viewer asks to see; the form of the `subscribe` message of docs/protocol.md."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import msgspec

from twin import tiles
from twin.access import within
from twin.live.facts import DEPARTMENT, Fact, Place, index_of

MOST_ENTRIES = MOST_TYPES = 16
MOST_VALUES = 256


class Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One line of a subscription: object types, narrowed by all that is given besides.

    `bbox` [west, south, east, north] in degrees; `zones`: lies in any of these; `where`: fields of the state, each with
    the values that it may have; `id`: this one object, wherever it is.
    """

    types: Annotated[list[str], msgspec.Meta(max_length=MOST_TYPES)]
    bbox: tuple[float, float, float, float] | None = None
    zones: Annotated[list[int], msgspec.Meta(max_length=MOST_VALUES)] | None = None
    where: dict[str, Annotated[list[str | int], msgspec.Meta(max_length=MOST_VALUES)]] | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What an entry asks besides type, place on the map and id; a side that is None, or empty, takes all.

    Few conditions serve many viewers, whose maps all show another part: so this is what is asked once for all.
    """

    zones: frozenset[int] | None = None
    departments: tuple[str, ...] | None = None
    where: tuple[tuple[int, frozenset[Fact]], ...] = ()  # place of the field among the facts, values

    def takes(self, place: Place) -> bool:
        if self.zones is not None and self.zones.isdisjoint(place.zones):
            return False
        if self.departments is not None and not within(place.department, self.departments):
            return False
        return all(place.facts[number] in values for number, values in self.where)


ANY = Condition()


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry says of one object type. Without tiles, everywhere; without an id, every object."""

    object_type: str
    tiles: frozenset[int] | None = None
    object_id: str | None = None
    condition: Condition = ANY

    def takes(self, object_id: str, place: Place) -> bool:
        if self.tiles is not None and place.tile not in self.tiles:
            return False
        return (self.object_id is None or self.object_id == object_id) and self.condition.takes(place)


@dataclass(frozen=True)
class Subscription:
    """Lines, any of which takes an object. Two that ask for the same are equal."""

    lines: frozenset[Line] = frozenset()

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Self:
        """Raises ValueError, in words for the client, if an entry cannot be met."""
        if len(entries) > MOST_ENTRIES:
            raise ValueError(f"a subscription has at most {MOST_ENTRIES} entries")
        return cls(frozenset(line for entry in entries for line in _lines(entry)))

    def takes(self, object_type: str, object_id: str, place: Place) -> bool:
        return any(line.object_type == object_type and line.takes(object_id, place) for line in self.lines)

    def by_type(self) -> dict[str, tuple[Line, ...]]:
        found: defaultdict[str, tuple[Line, ...]] = defaultdict(tuple)
        for line in self.lines:
            found[line.object_type] += (line,)
        return dict(found)


def _lines(entry: Entry) -> Iterator[Line]:
    if entry.id is not None and entry.bbox is not None:
        raise ValueError("an entry for one object, by its id, takes no bbox")
    under = None if entry.bbox is None else tiles.cover(*entry.bbox)
    zones = None if entry.zones is None else frozenset(entry.zones)
    for object_type in entry.types:
        yield Line(object_type, under, entry.id, _condition(object_type, zones, entry.where or {}))


def _condition(object_type: str, zones: frozenset[int] | None, where: Mapping[str, list[str | int]]) -> Condition:
    facts, departments = [], None
    for field, values in where.items():
        if field == DEPARTMENT:
            departments = tuple(sorted(map(str, values)))
        else:
            facts.append((index_of(object_type, field), frozenset(values)))
    return Condition(zones, departments, tuple(sorted(facts, key=lambda fact: fact[0])))
