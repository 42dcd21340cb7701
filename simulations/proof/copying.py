"""The yardstick of `bench ingest`: the same rows, sent to PostgreSQL by COPY with nothing done to them.

Rows are read back as the text that COPY takes, cut into batches as large as the pipeline's were, and held in memory:
what is timed is four COPYs and a commit per batch over one connection, as a batch of the pipeline makes them.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import psycopg

# Table -> the rows that the pipeline wrote for cases. A column of geo type or JSON is its text, as COPY takes it.
ROWS = {
    "dispatch_report": "SELECT * FROM dispatch_report WHERE case_id IS NOT NULL ORDER BY id",
    "dispatch_case": "SELECT * FROM dispatch_case ORDER BY id",
    "twin_feature": "SELECT * FROM twin_feature WHERE object_type = 'case' ORDER BY object_id::bigint",
    "twin_journal": "SELECT * FROM twin_journal WHERE kind = 'case.opened' ORDER BY seq",
}
# The journal's rows go to one partition; its root holds none.
LIKE = {table: table for table in ROWS} | {"twin_journal": "twin_journal_0"}

ROUNDS = 3
Batch = dict[str, bytes]


@dataclass(frozen=True)
class CopySpeed:
    """Cases a second by COPY alone: into tables of the same definition, and into heaps without any index."""

    same_tables: float
    bare_heaps: float


def measure_copy(database_url: str, batch_size: int) -> CopySpeed:
    """Copy the cases of a database back into it; the medians of a few rounds. `batch_size` is in cases."""
    with psycopg.connect(database_url) as connection:
        batches = _read(connection, batch_size)
        cases = sum(batch["dispatch_case"].count(b"\n") for batch in batches)
        same, bare = [], []
        for _ in range(ROUNDS):
            same.append(_time(connection, batches, "same_tables", "INCLUDING ALL"))
            bare.append(_time(connection, batches, "bare_heaps", "INCLUDING DEFAULTS"))
    return CopySpeed(cases / median(same), cases / median(bare))


def _read(connection: psycopg.Connection, size: int) -> Sequence[Batch]:
    batches: list[Batch] = []
    for table, query in ROWS.items():
        with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
            rows = b"".join(copy).splitlines(keepends=True)
        for number, start in enumerate(range(0, len(rows), size)):
            if number == len(batches):
                batches.append({})
            batches[number][table] = b"".join(rows[start : start + size])
    return batches


def _time(connection: psycopg.Connection, batches: Sequence[Batch], schema: str, like: str) -> float:
    """Seconds for all batches into fresh tables; the tables are dropped again."""
    connection.execute(f"CREATE SCHEMA {schema}")
    for table, original in LIKE.items():
        connection.execute(f"CREATE TABLE {schema}.{table} (LIKE {original} {like})")
    connection.commit()
    began = time.perf_counter()
    for batch in batches:
        for table, rows in batch.items():
            with connection.cursor() as cursor, cursor.copy(f"COPY {schema}.{table} FROM STDIN") as copy:
                copy.write(rows)
        connection.commit()
    seconds = time.perf_counter() - began
    connection.execute(f"DROP SCHEMA {schema} CASCADE")
    connection.commit()
    return seconds
