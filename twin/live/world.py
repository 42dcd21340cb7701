"""The city as one process holds it: every feature on the map, by tile, at one journal sequence.

It is the snapshot side of "snapshot + frames = snapshot": loaded once from the feature table, then moved on by the
same journal rows that viewers get. A snapshot for a viewer is read from it without asking the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from twin.access import Scope
from twin.live.subscription import Subscription

Key = tuple[str, str]  # object type, object id


@dataclass(frozen=True, slots=True)
class Place:
    """What decides who sees an object."""

    tile: int | None
    zones: tuple[int, ...]
    department: str
    shared: frozenset[str] = frozenset()

    def allowed_to(self, scope: Scope) -> bool:
        return scope.allows(self.department, self.zones, self.shared)


def place_of(tile: int | None, zones: Iterable[int], department: str, shared: Iterable[str]) -> Place:
    return Place(tile, tuple(zones), department, frozenset(shared))


@dataclass(frozen=True, slots=True)
class Held:
    """A feature as the process holds it; `text` is the JSON that a snapshot carries."""

    object_type: str
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A journal row as the live side reads it. `text` and `removal` are the JSON of the two forms of its change."""

    seq: int
    key: Key
    place: Place
    was: Place
    gone: bool
    feature: str
    text: str
    removal: str


ROW_SQL = (
    "SELECT seq, at, kind, object_type, object_id, version, tile, zones, department, shared, was, state::text"
    " FROM twin_journal WHERE seq > %s ORDER BY seq LIMIT %s"
)
WORLD_SQL = "SELECT object_type, object_id, version, tile, zones, department, shared, state::text FROM twin_feature"


def row_of(record: tuple[Any, ...]) -> Row:
    """Make the journal record of ROW_SQL ready to send: the one place where a change becomes JSON."""
    seq, at, kind, object_type, object_id, version, tile, zones, department, shared, was, state = record
    place = place_of(tile, zones, department, shared)
    change = {
        "seq": seq,
        "at": at,
        "kind": kind,
        "type": object_type,
        "id": object_id,
        "version": version,
        "state": None,
    }
    removal = orjson.dumps(change, option=orjson.OPT_UTC_Z).decode()
    change["state"] = orjson.Fragment(state) if state is not None else None
    return Row(
        seq=seq,
        key=(object_type, object_id),
        place=place,
        was=Place(was["tile"], tuple(was["zones"]), was["department"], frozenset(was.get("shared", ())))
        if was
        else place,
        gone=state is None,
        feature=feature_text(object_type, object_id, version, state) if state is not None else "",
        text=orjson.dumps(change, option=orjson.OPT_UTC_Z).decode(),
        removal=removal,
    )


def feature_text(object_type: str, object_id: str, version: int, state: str) -> str:
    return f'{{"type":"{object_type}","id":{orjson.dumps(object_id).decode()},"version":{version},"state":{state}}}'


class World:
    """All features at `seq`."""

    def __init__(self, seq: int, records: Iterable[tuple[Any, ...]] = ()) -> None:
        self.seq = seq
        self._held: dict[Key, Held] = {}
        self._cells: defaultdict[tuple[str, int | None], dict[Key, Held]] = defaultdict(dict)
        for object_type, object_id, version, tile, zones, department, shared, state in records:
            text = feature_text(object_type, object_id, version, state)
            place = place_of(tile, zones, department, shared)
            self._put((object_type, object_id), Held(object_type, place, text))

    def apply(self, row: Row) -> None:
        """Move on by one journal row."""
        self._take(row.key)
        if not row.gone:
            self._put(row.key, Held(row.key[0], row.place, row.feature))
        self.seq = row.seq

    def visible(self, subscription: Subscription, scope: Scope) -> list[str]:
        """The JSON of every feature that the subscription takes and the scope allows."""
        return [held.text for held in self._subscribed(subscription) if scope.unlimited or held.place.allowed_to(scope)]

    def __len__(self) -> int:
        return len(self._held)

    def _subscribed(self, subscription: Subscription) -> Iterator[Held]:
        for (object_type, tile), cell in self._cells.items():
            if subscription.takes(object_type, tile):
                yield from cell.values()

    def _put(self, key: Key, held: Held) -> None:
        self._held[key] = held
        self._cells[key[0], held.place.tile][key] = held

    def _take(self, key: Key) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            cell = self._cells[key[0], held.place.tile]
            del cell[key]
            if not cell:
                del self._cells[key[0], held.place.tile]
