"""What moves, to those who follow it: the newest place of each object, coalesced per tick, made once per tile.

A viewer follows types under a viewport. What is sent for a tile is packed once for all who see by the same rights. A
viewer that has not taken the last message is passed over and gets its whole view once it has: the newest place counts,
so nobody is dropped for positions, and nobody is shown old ones.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from twin.access import Scope
from twin.live import wire
from twin.live.columns import LEFT, Spot, pack
from twin.live.viewer import Message, Viewer, bytes_message
from twin.positions import OFF, TYPES

Cell = tuple[str, int]  # object type, tile
READ = """
SELECT number, extract(epoch FROM at)::float8 * 1000, lon, lat, heading, speed, status,
       object_type, object_id, name, exercise, tile, department, zones
FROM twin_position WHERE changed >= %s::text::xid8
"""


@dataclass(frozen=True, slots=True)
class Mover:
    """A thing that moves, as it stood at one tick."""

    spot: Spot
    cell: Cell
    object_id: str
    name: str
    exercise: str
    department: str
    zones: tuple[int, ...]

    def introduction(self) -> dict[str, Any]:
        """Who is behind a number: what a viewer is told before the first spot."""
        return {
            "number": self.spot.number,
            "type": self.cell[0],
            "id": self.object_id,
            "name": self.name,
            "exercise": self.exercise,
        }


@dataclass(frozen=True)
class View:
    """What a viewer follows: types, under tiles or everywhere."""

    types: frozenset[str]
    tiles: frozenset[int] | None

    def among(self, cells: Mapping[Cell, Any]) -> list[Cell]:
        """Those of the cells that it shows."""
        if self.tiles is None:
            return [cell for cell in cells if cell[0] in self.types]
        return [(kind, tile) for kind in self.types for tile in self.tiles if (kind, tile) in cells]


Step = tuple[Mover | None, Mover | None]  # before and now


@dataclass(frozen=True)
class News:
    """What one audience of a tile is told at a tick: packed columns, and who is behind new numbers."""

    left: bytes
    here: bytes
    new: list[dict[str, Any]]


def mover_of(record: Sequence[Any]) -> Mover | None:
    """A record of READ; None if it is off duty."""
    spot = Spot(*record[:7])
    object_type, object_id, name, exercise, tile, department, zones = record[7:]
    if spot.status == OFF:
        return None
    return Mover(spot, (object_type, tile), object_id, name, exercise, department, tuple(zones))


class Moving:
    """Everything that moves, and who follows it."""

    def __init__(self) -> None:
        self.views: dict[Viewer, View] = {}
        self._movers: dict[int, Mover] = {}
        self._cells: defaultdict[Cell, dict[int, Mover]] = defaultdict(dict)
        self._passed_over: set[Viewer] = set()

    def follow(self, viewer: Viewer, types: Collection[str], under: frozenset[int] | None) -> None:
        """Show a viewer what moves there, from now on; without types, nothing."""
        if not types:
            self.leave(viewer)
            return
        self.views[viewer] = View(frozenset(types), under)
        self._show_all(viewer)

    def leave(self, viewer: Viewer) -> None:
        self.views.pop(viewer, None)
        self._passed_over.discard(viewer)

    def look_again(self, viewer: Viewer) -> None:
        """Its rights have changed."""
        if viewer in self.views:
            self._show_all(viewer)

    def forget(self) -> None:
        """Nobody has looked for a while, or the database was away: what is held is old, and what viewers hold."""
        self._movers.clear()
        self._cells.clear()
        self._passed_over.update(self.views)

    def tick(self, records: Iterable[Sequence[Any]]) -> None:
        """Take in what has changed, and show it. What was read before changes nothing."""
        touched: defaultdict[Cell, list[Step]] = defaultdict(list)
        for record in records:
            step = self._move(int(record[0]), mover_of(record))
            for cell in {mover.cell for mover in step or () if mover is not None}:
                touched[cell].append(step or (None, None))
        caught_up = {viewer for viewer in self._passed_over if not viewer.behind}
        for viewer in caught_up:
            self._show_all(viewer)
        if touched:
            self._show(touched, self.views.keys() - caught_up)

    def _move(self, number: int, now: Mover | None) -> Step | None:
        before = self._movers.get(number)
        if (before and before.spot.at) == (now and now.spot.at):
            return None
        if before is not None:
            del self._cells[before.cell][number]
            if not self._cells[before.cell]:
                del self._cells[before.cell]
        if now is None:
            del self._movers[number]
        else:
            self._movers[number] = self._cells[now.cell][number] = now
        return before, now

    def _show(self, touched: Mapping[Cell, Sequence[Step]], viewers: Collection[Viewer]) -> None:
        """Tell each viewer of its tiles in one message, which is made once for all who show the same."""
        news: dict[tuple[Cell, Scope], News] = {}
        made: dict[tuple[View, Scope], list[Message]] = {}
        for viewer in viewers:
            key = (self.views[viewer], viewer.scope)
            if key not in made:
                mine = []
                for cell in key[0].among(touched):
                    if (cell, viewer.scope) not in news:
                        news[cell, viewer.scope] = _news(cell, touched[cell], viewer.scope)
                    mine.append(news[cell, viewer.scope])
                made[key] = _messages(mine)
            if made[key] and viewer.behind:
                self._passed_over.add(viewer)
                continue
            for message in made[key]:
                viewer.put(message)

    def _show_all(self, viewer: Viewer) -> None:
        self._passed_over.discard(viewer)
        seen: dict[Cell, list[Mover]] = {}
        for cell in self.views[viewer].among(self._cells):
            mine = [mover for mover in self._cells[cell].values() if _sees(viewer.scope, mover)]
            if mine:
                seen[cell] = mine
        known = [mover.introduction() for mover in chain.from_iterable(seen.values())]
        viewer.put(wire.message("movers", reset=True, movers=known))
        sections = [_packed(cell, [mover.spot for mover in movers]) for cell, movers in seen.items()]
        if sections:
            viewer.put(bytes_message(b"".join(sections)))


def _news(cell: Cell, steps: Iterable[Step], scope: Scope) -> News:
    left, here, new = [], [], []
    for before, now in steps:
        was_here = before is not None and before.cell == cell and _sees(scope, before)
        if now is not None and now.cell == cell and _sees(scope, now):
            here.append(now.spot)
            if not was_here:
                new.append(now.introduction())
        elif was_here and before is not None:
            left.append(before.spot._replace(status=LEFT))
    return News(_packed(cell, left), _packed(cell, here), new)


def _messages(news: Sequence[News]) -> list[Message]:
    """First all that has left a tile, then all that is in one: what changes its tile is not taken off again."""
    messages = []
    new = list(chain.from_iterable(one.new for one in news))
    if new:
        messages.append(wire.message("movers", reset=False, movers=new))
    sections = b"".join([one.left for one in news] + [one.here for one in news])
    if sections:
        messages.append(bytes_message(sections))
    return messages


def _packed(cell: Cell, spots: list[Spot]) -> bytes:
    return pack(TYPES.index(cell[0]), spots) if spots else b""


def _sees(scope: Scope, mover: Mover) -> bool:
    return scope.allows(mover.department, mover.zones)
