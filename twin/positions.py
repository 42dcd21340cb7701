"""Where things that move are: the last fix of each, beside the journal.

Ten thousand fixes a second would drown the journal, and of a fix only the last matters. So fixes go into a table of
last values, and viewers get what has changed, coalesced, a few times a second (`twin.live.moving`). What a thing *is*
or does (a device's state, a patrol's task) belongs into the journal all the same.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from twin import tiles
from twin.journal import array

PERSON, VEHICLE, DEVICE = "person", "vehicle", "device"
TYPES = (PERSON, VEHICLE, DEVICE)  # a type's code in binary messages is its place here
OFF = 255  # the status of what is no longer shown


@dataclass(frozen=True, slots=True)
class Fix:
    """Where one thing was at a time.

    WGS-84 degrees; `heading` in degrees clockwise from north and `speed` in m/s, NaN where unknown; `status` from 0 to
    254 as its kind has it, or OFF: it is off duty and leaves the map. Department and zones decide who may see it.
    """

    object_type: str
    object_id: str
    at: datetime
    lon: float
    lat: float
    heading: float = math.nan
    speed: float = math.nan
    status: int = 0
    name: str = ""
    department: str = ""
    zones: tuple[int, ...] = ()
    exercise: str = ""


def report(fixes: Iterable[Fix]) -> None:
    """Take fixes in, in the current transaction. A fix that is older than what is known changes nothing.

    Set-based: two statements for any number. Rows are locked in one order, so that two reporters never wait for each
    other. Raises ValueError for a type that does not move.
    """
    last: dict[tuple[str, str], Fix] = {}
    for fix in fixes:
        if fix.object_type not in TYPES:
            raise ValueError(f"{fix.object_type!r} does not move; there are: {', '.join(TYPES)}")
        key = (fix.object_type, fix.object_id)
        if key not in last or last[key].at < fix.at:
            last[key] = fix
    if not last:
        return
    columns = _columns([last[key] for key in sorted(last)])
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, columns)
        if cursor.rowcount < len(last):
            cursor.execute(_INSERT, columns)


def _columns(fixes: Sequence[Fix]) -> list[Any]:
    lon, lat = np.array([fix.lon for fix in fixes]), np.array([fix.lat for fix in fixes])
    return [
        [fix.object_type for fix in fixes],
        [fix.object_id for fix in fixes],
        [fix.name for fix in fixes],
        [fix.department for fix in fixes],
        [array(fix.zones) for fix in fixes],
        [fix.exercise for fix in fixes],
        [fix.at for fix in fixes],
        lon.tolist(),
        lat.tolist(),
        [fix.heading for fix in fixes],
        [fix.speed for fix in fixes],
        [fix.status for fix in fixes],
        tiles.tiles_of(lon, lat).tolist(),
    ]


_NAMES = "object_type, object_id, name, department, zones, exercise, at, lon, lat, heading, speed, status, tile"
_NEW = f"""
unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::float8[],
       %s::float8[], %s::real[], %s::real[], %s::smallint[], %s::bigint[]) AS n ({_NAMES})
"""
_UPDATE = f"""
UPDATE twin_position p
SET name = n.name, department = n.department, zones = n.zones::int[], exercise = n.exercise, lon = n.lon, lat = n.lat,
    heading = n.heading, speed = n.speed, status = n.status, tile = n.tile, changed = pg_current_xact_id(), at = n.at
FROM (SELECT n.* FROM {_NEW} JOIN twin_position p USING (object_type, object_id)
      WHERE p.at < n.at ORDER BY object_type, object_id FOR UPDATE OF p) n
WHERE p.object_type = n.object_type AND p.object_id = n.object_id AND p.at < n.at
"""
# Not one upsert: that takes a number for every row, new or not, and at ten thousand a second they would soon run out.
_INSERT = f"""
INSERT INTO twin_position ({_NAMES})
SELECT object_type, object_id, name, department, zones::int[], exercise, at, lon, lat, heading, speed, status, tile
FROM {_NEW}
WHERE NOT EXISTS (SELECT 1 FROM twin_position p
                  WHERE p.object_type = n.object_type AND p.object_id = n.object_id)
ON CONFLICT DO NOTHING
"""
