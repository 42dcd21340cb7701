"""A device gives an alarm for as long as an open case stands on one of its reports, and is online again afterwards.

Every clock process follows the journal by itself (`CLOCK_TURNS`); the devices are locked and looked at again before
anything is said, so that any number may run, and nothing is said twice. One that begins looks at all of them, so that
what was missed while none ran is made good. Exercises alarm nobody's device.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from twin import journal
from twin.journal import Entry, dump
from twin.models import Head

ACTOR = "clock"
PAUSE = 1.0  # seconds between two looks at the journal
ALARM, ONLINE = "alarm", "online"

_ALARMING = """
SELECT DISTINCT r.device FROM dispatch_report r JOIN dispatch_case c ON c.id = r.case_id
WHERE r.device <> '' AND c.closed_at IS NULL AND c.exercise = ''
"""
_WRONG = f"""
WITH alarming AS ({_ALARMING})
SELECT object_id FROM twin_feature
WHERE object_type = 'device' AND (state->>'status' = 'alarm') <> (object_id IN (SELECT device FROM alarming))
"""
_CONCERNED = """
SELECT DISTINCT r.device FROM twin_journal j JOIN dispatch_report r ON r.case_id = j.object_id::bigint
WHERE j.seq > %s AND j.seq <= %s AND j.object_type = 'case' AND r.device <> ''
"""
_STANDING = """
SELECT object_id, version, zones, tile, department, exercise, state, geom::text
FROM twin_feature WHERE object_type = 'device' AND object_id = ANY(%s) ORDER BY object_id FOR UPDATE
"""


class Watch:
    """What one process has read of the journal."""

    def __init__(self) -> None:
        self.read: int | None = None

    def turn(self) -> float:
        """Bring devices in line with what happened to cases since the last turn; in how many seconds to come again."""
        head = Head.objects.get().seq
        if self.read != head:
            codes = _first(_WRONG) if self.read is None else _first(_CONCERNED, self.read, head)
            if codes:
                _settle(codes)
            self.read = head
        return PAUSE


turn = Watch().turn


def _settle(codes: Sequence[str]) -> None:
    """Lock these devices, look at their cases, and tell the journal of each whose status is another."""
    with journal.writing() as said:
        with connection.cursor() as cursor:
            cursor.execute(_STANDING, [list(codes)])
            rows = cursor.fetchall()
        alarming = set(_first(_ALARMING + "AND r.device = ANY(%s)", [row[0] for row in rows]))
        for row in rows:
            status = row[6].get("status")
            wanted = ALARM if row[0] in alarming else ONLINE if status == ALARM else status
            if wanted != status:
                said.say(_entry(row, status, wanted))


def _entry(row: tuple[Any, ...], status: str, wanted: str) -> Entry:
    code, version, zones, tile, department, exercise, state, geom = row
    return Entry(
        "device.alarmed" if wanted == ALARM else "device.cleared",
        "device",
        code,
        version + 1,
        ACTOR,
        dump(state | {"status": wanted}),
        zones=zones,
        department=department,
        tile=tile,
        geom=geom,
        exercise=exercise,
        change=dump({"status": [status, wanted]}),
    )


def _first(statement: str, *values: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return [row[0] for row in cursor.fetchall()]
