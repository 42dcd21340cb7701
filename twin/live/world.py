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
from twin.live.facts import Place, facts_of, place_of
from twin.live.subscription import ANY, Subscription

Key = tuple[str, str]  # object type, object id


@dataclass(frozen=True, slots=True)
class Held:
    """A feature as the process holds it; `text` is the JSON that a snapshot carries."""

    object_type: str
    place: Place
    text: str


@dataclass(slots=True)
class Row:
    """A journal row as the live side reads it. `text` and `removal` are the JSON of the two forms of its change."""

    seq: int
    key: Key
    place: Place
    gone: bool
    feature: str
    text: str
    removal: str
    was: Place | None = None  # before; known once the row is applied, None if the object was not there


ROW_SQL = (
    "SELECT seq, at, kind, object_type, object_id, version, tile, zones, department, shared, state::text"
    " FROM twin_journal WHERE seq > %s ORDER BY seq LIMIT %s"
)
WORLD_SQL = "SELECT object_type, object_id, version, tile, zones, department, shared, state::text FROM twin_feature"


def row_of(record: tuple[Any, ...]) -> Row:
    """Make the journal record of ROW_SQL ready to send: the one place where a change becomes JSON."""
    seq, at, kind, object_type, object_id, version, tile, zones, department, shared, state = record
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
        place=place_of(tile, zones, department, shared, facts_of(object_type, state)),
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
            place = place_of(tile, zones, department, shared, facts_of(object_type, state))
            text = feature_text(object_type, object_id, version, state)
            self._put((object_type, object_id), Held(object_type, place, text))

    def apply(self, row: Row) -> None:
        """Move on by one journal row, which learns what was there before."""
        held = self._take(row.key)
        row.was = held.place if held else None
        if not row.gone:
            self._put(row.key, Held(row.key[0], row.place, row.feature))
        self.seq = row.seq

    def place_of(self, key: Key) -> Place | None:
        held = self._held.get(key)
        return held.place if held else None

    def visible(self, subscription: Subscription, scope: Scope) -> list[str]:
        """The JSON of every feature that the subscription takes and the scope allows."""
        return [held.text for held in self._subscribed(subscription) if scope.unlimited or held.place.allowed_to(scope)]

    def __len__(self) -> int:
        return len(self._held)

    def _subscribed(self, subscription: Subscription) -> Iterator[Held]:
        """What any line takes, once. Of cells that no line looks at nothing is touched."""
        lines = subscription.by_type()
        for (object_type, tile), cell in self._cells.items():
            here = [line for line in lines.get(object_type, ()) if line.tiles is None or tile in line.tiles]
            if not here:
                continue
            if any(line.object_id is None and line.condition == ANY for line in here):
                yield from cell.values()
                continue
            for (_, object_id), held in cell.items():
                if any(line.takes(object_id, held.place) for line in here):
                    yield held

    def _put(self, key: Key, held: Held) -> None:
        self._held[key] = held
        self._cells[key[0], held.place.tile][key] = held

    def _take(self, key: Key) -> Held | None:
        held = self._held.pop(key, None)
        if held is not None:
            cell = self._cells[key[0], held.place.tile]
            del cell[key]
            if not cell:
                del self._cells[key[0], held.place.tile]
        return held
