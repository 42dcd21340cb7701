"""Keyframes: the whole world at certain rows of the journal, so that no moment is far from one.

The world at `seq` is the newest keyframe at or before it, and the journal's rows since then. A keyframe stands at every
multiple of EVERY rows: by rows and not by hours, because rows are what an answer costs. It is immutable, and follows
from the journal alone, so that two processes that make it make the same one.

A keyframe consists of parts: for each object type, PARTS of them by a hash of the object's id. A part in which nothing
has changed is not written again; the keyframe names the earlier one that wrote it. Objects that rarely change (zones)
thus cost next to nothing.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

import msgspec
from django.db import connection

from twin.live.world import feature_text

EVERY = 10_000  # rows between keyframes: an answer reads half as many in the mean
PARTS = 16
FORM = 1  # of a part's body


class Feature(NamedTuple):
    """An object as it was. `text` is the JSON that a snapshot carries, in UTF-8."""

    tile: int | None
    zones: Sequence[int]
    department: str
    text: bytes


class Body(msgspec.Struct, array_like=True):
    """What a part holds, as columns: they are decoded and compressed several times faster than rows."""

    form: int
    ids: list[str]
    tiles: list[int | None]
    zones: list[Sequence[int]]
    departments: list[str]
    texts: list[bytes]

    @classmethod
    def of(cls, features: dict[str, Feature]) -> Self:
        ordered = sorted(features.items())
        tiles, zones, departments, texts = (list(c) for c in zip(*(f for _, f in ordered), strict=True))
        return cls(FORM, [object_id for object_id, _ in ordered], tiles, zones, departments, texts)

    def features(self) -> Iterator[tuple[str, Feature]]:
        columns = zip(self.tiles, self.zones, self.departments, self.texts, strict=True)
        return zip(self.ids, map(Feature._make, columns), strict=True)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Body).decode


def pack(body: Body) -> bytes:
    return zlib.compress(_encode(body), 1)  # higher levels take three times as long and save a fifth


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


_LATEST = """
SELECT object_type, object_id, version, tile, zones, department, state::text
FROM twin_journal JOIN (
    SELECT max(seq) AS seq FROM twin_journal WHERE seq > %(after)s AND seq <= %(seq)s {only}
    GROUP BY object_type, object_id
) AS latest USING (seq)
WHERE seq > %(after)s AND seq <= %(seq)s
"""  # the bounds are said twice so that the second look, too, is at those rows alone


def changed(after: int, seq: int, types: Collection[str] | None = None) -> Iterator[tuple[str, str, Feature | None]]:
    """Each object that rows after `after` up to `seq` concern, as the last of them left it; None: it was gone."""
    only = "" if types is None else "AND object_type = ANY(%(types)s)"
    with connection.cursor() as cursor:
        cursor.execute(_LATEST.format(only=only), {"after": after, "seq": seq, "types": list(types or ())})
        yield from _features(cursor.fetchall())


def _features(records: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, str, Feature | None]]:
    for object_type, object_id, version, tile, zones, department, state in records:
        if state is None:
            yield object_type, object_id, None
        else:
            text = feature_text(object_type, object_id, version, state).encode()
            yield object_type, object_id, Feature(tile, zones, department, text)


def part_of(object_id: str) -> int:
    return zlib.crc32(object_id.encode()) % PARTS
