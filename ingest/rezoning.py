"""Devices get the zones in which they stand now when zones change (`geo.followers`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from geo.followers import Box, Change
from geo.lookup import ZoneIndex
from geo.moves import Move, moves, refs
from twin.access import Scope
from twin.journal import Entry, Journal, dump

# The feature is where a device's place, zones and status are kept, so that is what is compared and locked.
_STANDING = """
SELECT object_id, version, ST_X(geom), ST_Y(geom), zones, tile, department, exercise, state, geom::text
FROM twin_feature
WHERE object_type = 'device' AND geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326)
"""


@dataclass(frozen=True)
class Standing:
    """Devices as the map shows them; the `row` of a move is a position in `rows`."""

    rows: list[tuple[Any, ...]]
    moves: list[Move]

    @property
    def codes(self) -> list[str]:
        return [self.rows[move.row][0] for move in self.moves]


def follow(said: Journal, change: Change) -> None:
    """Note the new zones of every device that a change of zones moves, and tell the journal."""
    if not change.concerns(said.at):
        return
    zones, box = change.after(said.at), change.box(said.at)
    codes = _find(zones, box).codes
    if not codes:
        return
    moved = _find(zones, box, codes)  # only these are locked: devices report all the time
    known: dict[int, str] = {}
    for move in moved.moves:
        said.say(_entry(moved.rows[move.row], move, change.actor, known))


def foresee(zones: ZoneIndex, box: Box, scope: Scope, most: int) -> dict[str, Any]:
    """What `follow` would do if these were the zones: the count of all, and as many as are wanted that one may see."""
    standing = _find(zones, box)
    known = {zone.id: zone.ref for zone in zones.zones}
    seen = [m for m in standing.moves if scope.allows(standing.rows[m.row][6], standing.rows[m.row][4])]
    items = []
    for move in seen[:most]:
        code, _, lon, lat, *_ = standing.rows[move.row]
        place = {"id": code, "code": code, "lon": lon, "lat": lat}
        items.append(place | {"gained": refs(move.gained, known), "lost": refs(move.lost, known)})
    return {"moved": len(standing.moves), "items": items}


def _find(zones: ZoneIndex, box: Box, lock: Sequence[str] = ()) -> Standing:
    """The devices in a box, or those of them with the codes in `lock`, locked; and which have other zones by now."""
    with connection.cursor() as cursor:
        if lock:
            cursor.execute(_STANDING + "AND object_id = ANY(%s) ORDER BY object_id FOR UPDATE", [*box, list(lock)])
        else:
            cursor.execute(_STANDING + "ORDER BY object_id", box)
        rows = cursor.fetchall()
    lon, lat = (np.array([row[i] for row in rows], dtype=np.float64) for i in (2, 3))
    return Standing(rows, moves(zones, zones.locate(lon, lat), [row[4] for row in rows]))


def _entry(row: tuple[Any, ...], move: Move, actor: str, known: dict[int, str]) -> Entry:
    code, version, _, _, zones, tile, department, exercise, state, geom = row
    return Entry(
        "device.rezoned",
        "device",
        code,
        version + 1,
        actor,
        dump(state | {"zones": move.zones}),
        zones=move.zones,
        department=department,
        tile=tile,
        geom=geom,
        exercise=exercise,
        change=dump({"gained": refs(move.gained, known), "lost": refs(move.lost, known)}),
        was=dump({"tile": tile, "zones": zones, "department": department}),
    )
