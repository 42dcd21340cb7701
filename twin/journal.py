"""The one door through which everything goes that anyone can see change.

**Commit order.** A reader follows `seq` and must never skip a row because a slower transaction with a lower number
commits later. So numbers come from one head row, raised in the same transaction: the row lock is held until commit,
the next writer gets its numbers only after that, hence numbers have no gaps and become visible in their own order.
The head is taken *last*, after all other work of the transaction, so that the lock is held for one COPY and the
commit only. (A bare sequence is faster but leaves holes that a reader would have to wait for; `pg_snapshot_xmin`
takes no lock but lets one long transaction stop everybody's live view.)

**Time.** `at` is raised together with `seq` and never goes back, so "the city at 14:05" is a search by sequence.

**Bytes.** A state is stored as the JSON text that viewers are sent; nobody parses it on the way out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from psycopg import Copy

from twin import clock, revisions

WAKE_UP = "yiwang_journal"  # NOTIFY channel: it wakes readers and carries no truth
PARTITION_ROWS = 10_000_000

JOURNAL_COLUMNS = (
    "seq, at, kind, object_type, object_id, version, actor, exercise, zones, department, shared, tile, was,"
    " change, state"
)
_FEATURE_COLUMNS = "object_type, object_id, version, tile, geom, zones, department, shared, exercise, state"


def dump(value: Any) -> str:
    """JSON text as it is stored and sent; datetimes become ISO 8601 in UTC with `Z`."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS).decode()


def array(numbers: Iterable[int]) -> str:
    """A PostgreSQL array literal; several times faster than adapting a list, and the hot path makes thousands."""
    return "{" + ",".join(map(str, numbers)) + "}"


def texts(codes: Iterable[str]) -> str:
    """The same for codes, which hold nothing that would need quotes."""
    return "{" + ",".join(codes) + "}"


@contextmanager
def copying(statement: str) -> Iterator[Copy]:
    """COPY in the current transaction. Its errors are Django's, as those of every other statement are."""
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


@dataclass(slots=True)
class Entry:
    """One change of one object, and the object's new version. `state` None: the object leaves the map.

    In its version 1 an object is new to the map, unless it is `seen` there already.
    """

    kind: str
    object_type: str
    object_id: str
    version: int
    actor: str
    state: str | None
    zones: Sequence[int] = ()
    department: str = ""
    shared: Sequence[str] = ()  # other departments with a part in it, and those above them (`access.ancestry`)
    tile: int | None = None
    geom: str | None = None  # hex EWKB, SRID 4326, longitude first
    exercise: str = ""
    change: str = "{}"
    was: str | None = None  # {"tile":…, "zones":[…], "department":…, "shared":[…]} before, where one of them changed
    seen: bool = False


@dataclass
class Journal:
    """What a transaction is going to say. Entries are written when the `writing` block ends.

    `known` are the revisions that the transaction found, `at` is the city's time by them. What is in `finishing` is
    done once, by name, after all other work of the transaction: it may say more.
    """

    known: revisions.Revisions
    at: datetime
    entries: list[Entry] = field(default_factory=list)
    finishing: dict[str, "Callable[[Journal], None]"] = field(default_factory=dict)

    def say(self, entry: Entry) -> None:
        self.entries.append(entry)


@contextmanager
def writing() -> Iterator[Journal]:
    """A transaction whose last act is to write its entries to the journal. An error inside takes everything back."""
    with transaction.atomic():
        known = revisions.read()
        journal = Journal(known, clock.now(known))
        yield journal
        for finish in journal.finishing.values():
            finish(journal)
        write(journal.entries, journal.at)


def write(entries: Sequence[Entry], at: datetime) -> int | None:
    """Write features and journal rows as the last step of the current transaction; the last sequence, or None.

    New features (version 1) and journal rows go in by COPY, so a batch of 5,000 costs as many statements as one.
    """
    if not entries:
        return None
    _write_features(entries)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE twin_head SET seq = seq + %s, at = greatest(at, %s) RETURNING seq, at, pg_notify(%s, '')",
            [len(entries), at, WAKE_UP],
        )
        last, at, _ = cursor.fetchone()
    with copying(f"COPY twin_journal ({JOURNAL_COLUMNS}) FROM STDIN") as copy:
        for seq, e in enumerate(entries, last - len(entries) + 1):
            copy.write_row(
                (seq, at, e.kind, e.object_type, e.object_id, e.version, e.actor, e.exercise)
                + (array(e.zones), e.department, texts(e.shared), e.tile, e.was, e.change, e.state)
            )
    return int(last)


def _write_features(entries: Sequence[Entry]) -> None:
    new = [e for e in entries if e.version == 1 and not e.seen and e.state is not None]
    gone = [e for e in entries if e.state is None]
    changed = [e for e in entries if (e.version > 1 or e.seen) and e.state is not None]
    if new:
        with copying(f"COPY twin_feature ({_FEATURE_COLUMNS}) FROM STDIN") as copy:
            for e in new:
                copy.write_row(_feature_row(e))
    with connection.cursor() as cursor:
        if changed:
            columns = zip(*map(_feature_row, changed), strict=True)
            cursor.execute(_UPSERT, [list(column) for column in columns])
        if gone:
            cursor.execute(
                "DELETE FROM twin_feature f USING unnest(%s::text[], %s::text[]) AS n (object_type, object_id)"
                " WHERE f.object_type = n.object_type AND f.object_id = n.object_id",
                [[e.object_type for e in gone], [e.object_id for e in gone]],
            )


# An object may have had versions before it came onto the map (a zone that was imported), hence not a bare update.
_UPSERT = f"""
INSERT INTO twin_feature ({_FEATURE_COLUMNS})
SELECT object_type, object_id, version, tile, geom::geometry, zones::int[], department, shared::text[], exercise,
       state::json
FROM unnest(%s::text[], %s::text[], %s::int[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
            %s::text[])
     AS n ({_FEATURE_COLUMNS})
ON CONFLICT (object_type, object_id) DO UPDATE
SET version = excluded.version, tile = excluded.tile, geom = excluded.geom, zones = excluded.zones,
    department = excluded.department, shared = excluded.shared, exercise = excluded.exercise, state = excluded.state
"""


def _feature_row(e: Entry) -> tuple[Any, ...]:
    return (
        e.object_type,
        e.object_id,
        e.version,
        e.tile,
        e.geom,
        array(e.zones),
        e.department,
        texts(e.shared),
        e.exercise,
        e.state,
    )


def make_partitions(ahead: int = 1) -> None:
    """See that the partitions for the next `ahead` times PARTITION_ROWS rows are there; called by the clock process.

    Rows beyond the last one fall into the default partition: slower to drop one day, but not lost.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM twin_head")
        now = cursor.fetchone()[0] // PARTITION_ROWS
        for number in range(now, now + ahead + 1):
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS twin_journal_{number} PARTITION OF twin_journal"
                f" FOR VALUES FROM ({number * PARTITION_ROWS}) TO ({(number + 1) * PARTITION_ROWS})"
            )
