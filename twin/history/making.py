"""How keyframes are made: by the clock process, one after the other, each from the one before it and the rows between.

Any number of processes may try: a lock lets one work, and the row's number shows the others that it is done.
"""

import logging
import time
from collections import defaultdict

from django.db import connection, transaction

from twin.history import keyframes
from twin.history.keyframes import NOTHING, PARTS, Feature, Keyframe
from twin.journal import PARTITION_ROWS, dump

log = logging.getLogger(__name__)

LOCK = 0x6B657966  # of PostgreSQL's advisory locks
SECONDS = 3.0  # for one turn of the clock, which has others to serve; the next turn goes on

Part = tuple[str, int]  # object type, number


def make_keyframes() -> None:
    """Make the keyframes that are due; called by the clock process every few seconds."""
    until = time.monotonic() + SECONDS
    maker = Maker()
    while maker.make_next() is not None and time.monotonic() < until:
        pass


class Maker:
    """Makes keyframes in a row, and keeps between them what it has read."""

    def __init__(self) -> None:
        self._held: dict[Part, dict[str, Feature]] = {}
        self._stands = -1

    def make_next(self) -> int | None:
        """Make the next keyframe and give its sequence; None if none is due, or another process is at it."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s), seq FROM twin_head", [LOCK])
                mine, head = cursor.fetchone()
            last = keyframes.at_or_before(head) or NOTHING
            seq = (last.seq // keyframes.EVERY + 1) * keyframes.EVERY
            if not mine or seq > head or not _whole(last.seq, seq):
                return None
            self._make(last, seq)
            return seq

    def _make(self, last: Keyframe, seq: int) -> None:
        if self._stands != last.seq:
            self._held.clear()
        touched = self._move_on(last, seq)
        # In a new partition everything is written anew: it must be whole when the one before it is dropped.
        parts = {kind: list(numbers) for kind, numbers in last.parts.items()}
        if seq // PARTITION_ROWS != last.seq // PARTITION_ROWS:
            touched |= {(kind, part) for kind, numbers in parts.items() for part, n in enumerate(numbers) if n}
        self._hold(last, touched)
        _make_partitions(seq // PARTITION_ROWS)
        with connection.cursor() as cursor:
            for kind, part in sorted(touched):
                features = self._held[kind, part]
                parts.setdefault(kind, [0] * PARTS)[part] = seq if features else 0
                if features:
                    cursor.execute(
                        "INSERT INTO twin_keyframe_part (seq, object_type, part, features, body)"
                        " VALUES (%s, %s, %s, %s, %s)",
                        [seq, kind, part, len(features), keyframes.pack(features)],
                    )
            cursor.execute(
                "INSERT INTO twin_keyframe (seq, at, parts) SELECT seq, at, %s FROM twin_journal WHERE seq = %s",
                [dump({kind: numbers for kind, numbers in parts.items() if any(numbers)}), seq],
            )
            cursor.execute(_TALLY, {"after": last.seq, "seq": seq})
        self._stands = seq

    def _move_on(self, last: Keyframe, seq: int) -> set[Part]:
        """Bring what is held from the last keyframe to `seq`; the parts in which something has changed."""
        changes: defaultdict[Part, dict[str, Feature | None]] = defaultdict(dict)
        for kind, object_id, feature in keyframes.changed(last.seq, seq):
            changes[kind, keyframes.part_of(object_id)][object_id] = feature
        self._hold(last, set(changes))
        for part, objects in changes.items():
            features = self._held[part]
            for object_id, feature in objects.items():
                if feature is None:
                    features.pop(object_id, None)
                else:
                    features[object_id] = feature
        return set(changes)

    def _hold(self, last: Keyframe, parts: set[Part]) -> None:
        """See that these parts are in memory; those that are already may have moved on."""
        missing = sorted(parts - self._held.keys())
        written = {(kind, part): last.parts.get(kind, [0] * PARTS)[part] for kind, part in missing}
        read = [part for part in missing if written[part]]
        found = keyframes.bodies([(written[part], *part) for part in read])
        self._held |= {part: {} for part in missing}
        for part, packed in zip(read, found, strict=True):
            self._held[part] = dict(keyframes.unpack(packed).features())


def _whole(after: int, seq: int) -> bool:
    """Whether the journal has every row from one keyframe to the next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM twin_journal WHERE seq > %s AND seq <= %s", [after, seq])
        (rows,) = cursor.fetchone()
    if rows != seq - after:
        log.warning("no keyframe at journal %s: of the rows since %s only %s are there", seq, after, rows)
    return bool(rows == seq - after)


def _make_partitions(number: int) -> None:
    with connection.cursor() as cursor:
        for table in ("twin_keyframe", "twin_keyframe_part"):
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {table}_{number} PARTITION OF {table}"
                f" FOR VALUES FROM ({number * PARTITION_ROWS}) TO ({(number + 1) * PARTITION_ROWS})"
            )


_TALLY = """
INSERT INTO twin_tally (department, at, kind, changes)
SELECT coalesce(department, '*'), quarter, kind, count(*)
FROM (
    SELECT department, kind, date_bin('15 minutes', at, '2000-01-01Z') AS quarter
    FROM twin_journal WHERE seq > %(after)s AND seq <= %(seq)s
) AS rows
GROUP BY GROUPING SETS ((department, quarter, kind), (quarter, kind))
ON CONFLICT (department, at, kind) DO UPDATE SET changes = twin_tally.changes + excluded.changes
"""
