"""Keyframes: the whole world at certain rows of the journal, so that no moment is far from one.

The world at `seq` is the newest keyframe at or before it, and the journal's rows since then. A keyframe stands at every
multiple of EVERY rows: by rows and not by hours, because rows are what an answer costs. It is immutable, and follows
from the journal alone, so that two processes that make it make the same one.

A keyframe consists of parts: for each object type, PARTS of them by a hash of the object's id. A part in which nothing
has changed is not written again; the keyframe names the earlier one that wrote it. Objects that rarely change (zones)
thus cost next to nothing.
"""

import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from psycopg import ServerCursor

EVERY = 10_000  # rows between keyframes: an answer reads half as many in the mean
PARTS = 16
FORM = 1  # of a part's body


class Feature(NamedTuple):
    """An object as it was. `zones` and `shared` are PostgreSQL's text, `text` the JSON of a snapshot, in UTF-8."""

    tile: int | None
    zones: str
    department: str
    shared: str
    text: bytes


class Places(msgspec.Struct, array_like=True):
    """What decides who sees the objects of a part; many views need none of it."""

    tiles: list[int | None]
    zones: list[str]
    departments: list[str]
    shared: list[str]


class Body(msgspec.Struct, array_like=True):
    """What a part holds, as columns: they are decoded and compressed several times faster than rows."""

    form: int
    ids: list[str]
    texts: list[bytes]
    places: msgspec.Raw

    def features(self) -> Iterator[tuple[str, Feature]]:
        places = _decode_places(self.places)
        columns = zip(places.tiles, places.zones, places.departments, places.shared, self.texts, strict=True)
        return zip(self.ids, map(Feature._make, columns), strict=True)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Body).decode
_decode_places = msgspec.msgpack.Decoder(Places).decode


def pack(features: dict[str, Feature]) -> bytes:
    """The body of a part; the same features give the same bytes."""
    ids = sorted(features)
    tiles, zones, departments, shared, texts = (list(c) for c in zip(*(features[i] for i in ids), strict=True))
    places = msgspec.Raw(_encode(Places(tiles, zones, departments, shared)))
    return zlib.compress(_encode(Body(FORM, ids, texts, places)))


def unpack(packed: bytes) -> Body:
    return _decode(zlib.decompress(packed))


@dataclass(frozen=True)
class Keyframe:
    """Which parts make up the world at `seq`: type to, for each part, the keyframe that wrote it (0: it is empty)."""

    seq: int
    at: datetime | None
    parts: dict[str, list[int]]


NOTHING = Keyframe(0, None, {})  # before the first row there is no object


def at_or_before(seq: int) -> Keyframe | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, at, parts FROM twin_keyframe WHERE seq <= %s ORDER BY seq DESC LIMIT 1", [seq])
        found = cursor.fetchone()
    return Keyframe(*found) if found else None


def first() -> Keyframe | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, at, parts FROM twin_keyframe ORDER BY seq LIMIT 1")
        found = cursor.fetchone()
    return Keyframe(*found) if found else None


def read(keyframe: Keyframe, types: Collection[str]) -> Iterator[tuple[str, Body]]:
    """The parts of a keyframe that hold some of these object types."""
    wanted = [
        (seq, object_type, part)
        for object_type in types
        for part, seq in enumerate(keyframe.parts.get(object_type, ()))
        if seq
    ]
    for (_, object_type, _), packed in zip(wanted, bodies(wanted), strict=True):
        yield object_type, unpack(packed)


def bodies(wanted: Sequence[tuple[int, str, int]]) -> list[bytes]:
    """The packed bodies of parts (seq of the keyframe that wrote it, type, part), in order. Raises LookupError."""
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.body FROM unnest(%s::bigint[], %s::text[], %s::smallint[]) WITH ORDINALITY"
            " AS n (seq, object_type, part, place) JOIN twin_keyframe_part p USING (seq, object_type, part)"
            " ORDER BY place",
            [list(column) for column in zip(*wanted, strict=True)],
        )
        found = [bytes(body) for (body,) in cursor.fetchall()]
    if len(found) != len(wanted):
        raise LookupError("a part of a keyframe is gone: was its partition dropped a moment ago?")
    return found


# The text is that of `twin.live.world.feature_text`, put together where the state lies: Python takes twice as long.
_ROWS = """
SELECT object_type, object_id, tile, zones::text, department, shared::text,
       convert_to(concat('{"type":', to_json(object_type), ',"id":', to_json(object_id), ',"version":', version,
                         ',"state":', state, '}'), 'UTF8'), state IS NULL
FROM twin_journal WHERE seq > %s AND seq <= %s
"""
_AT_ONCE = 10_000


def changed(after: int, seq: int, types: Collection[str] | None = None) -> Iterator[tuple[str, str, Feature | None]]:
    """What rows after `after` up to `seq` made of objects, in order; None: it was gone. Must be in a transaction.

    Every row is read, though only an object's last one counts: most objects change once, and to find that out in the
    database takes longer.
    """
    parameters: list[Any] = [after, seq] if types is None else [after, seq, list(types)]
    only = "" if types is None else " AND object_type = ANY(%s)"
    # Not Django's cursor: it takes results as text only, in which bytes are written twice as long.
    with connection.wrap_database_errors, ServerCursor(connection.connection, "history") as cursor:
        cursor.execute(f"{_ROWS}{only} ORDER BY seq", parameters, binary=True)
        while records := cursor.fetchmany(_AT_ONCE):
            for object_type, object_id, tile, zones, department, shared, text, gone in records:
                feature = None if gone else Feature(tile, zones, department, shared, text)
                yield object_type, object_id, feature


def part_of(object_id: str) -> int:
    return zlib.crc32(object_id.encode()) % PARTS
