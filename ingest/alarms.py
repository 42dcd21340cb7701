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

# A report counts by the case in which its matter goes on: its own, or the one that was merged into, at any depth.
_ALARMING = """
WITH RECURSIVE above (device, id) AS (
    SELECT device, case_id FROM dispatch_report WHERE device <> '' AND case_id IS NOT NULL {only}
    UNION SELECT a.device, c.merged_into_id FROM above a JOIN dispatch_case c USING (id)
    WHERE c.merged_into_id IS NOT NULL
)
SELECT DISTINCT device FROM above JOIN dispatch_case c USING (id) WHERE c.closed_at IS NULL AND c.exercise = ''
"""
_ALARMING_NOW = _ALARMING.format(only="")
_ALARMING_OF = _ALARMING.format(only="AND device = ANY(%s)")
_WRONG = f"""
SELECT object_id FROM twin_feature
WHERE object_type = 'device' AND (coalesce(state->>'status', '') = 'alarm') <> (object_id IN ({_ALARMING_NOW}))
"""
_CONCERNED = """
WITH RECURSIVE family (id) AS (
    SELECT object_id::bigint FROM twin_journal WHERE seq > %s AND seq <= %s AND object_type = 'case'
    UNION SELECT c.id FROM dispatch_case c JOIN family f ON c.merged_into_id = f.id
)
SELECT DISTINCT r.device FROM family f JOIN dispatch_report r ON r.case_id = f.id WHERE r.device <> ''
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
        alarming = set(_first(_ALARMING_OF, [row[0] for row in rows]))
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
