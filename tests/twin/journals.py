"""Small journal entries and rows, for tests that need no case."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from twin import tiles
from twin.journal import Entry, dump
from twin.live.world import Row, row_of

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
HERE, FAR = (120.3, 31.57), (121.5, 31.2)


def tile(place: tuple[float, float]) -> int:
    return tiles.tile_of(*place)


def entry(object_id: str = "1", version: int = 1, **more: Any) -> Entry:
    """A lamp that appears, or changes, or with `state=None` goes."""
    given: dict[str, Any] = {
        "state": dump({"version": version}),
        "tile": tile(HERE),
        "zones": (1,),
        "department": "UMB",
    }
    return Entry("lamp.changed", "lamp", object_id, version, "test", **given | more)


def row(
    seq: int,
    object_id: str = "1",
    version: int = 1,
    *,
    place: tuple[float, float] = HERE,
    zones: Sequence[int] = (1,),
    department: str = "UMB",
    state: str | None = "{}",
) -> Row:
    """A journal row as the hub reads it."""
    return row_of(
        (seq, AT, "lamp.changed", "lamp", object_id, version, tile(place), list(zones), department, [], state)
    )


def written(after: int = 0) -> list[tuple[int, str]]:
    """Sequence and object of every lamp's row in the journal after a sequence, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, object_id FROM twin_journal WHERE object_type = 'lamp' AND seq > %s ORDER BY seq", [after]
        )
        return list(cursor.fetchall())


def head() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM twin_head")
        return int(cursor.fetchone()[0])
