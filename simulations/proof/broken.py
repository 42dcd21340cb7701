"""Messages that no city can take, of every kind that is seen in the field, for `check malformed`.

Each kind is made from a good event, broken in one place: bytes, envelope, payload, time or position. So the reason that
the dead letter gives can be held against the fault.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from simulations.proof.good import Event
from simulations.proof.publishers import Outgoing
from simulations.traffic.stories import source_of, type_of

LIMIT = 262_144  # bytes that the city takes at most
MOST = 1_040_000  # bytes that the brokers take at most, near enough


@dataclass(frozen=True)
class Kind:
    """`reasons`: the codes that its dead letters may have. `kafka_only`: MQTT cannot carry it."""

    name: str
    make: Callable[[Event, random.Random], Outgoing]
    reasons: frozenset[str]
    kafka_only: bool = False


def _raw(name: str, make: Callable[[bytes, random.Random], bytes], *reasons: str) -> Kind:
    return Kind(name, lambda event, dice: Outgoing(make(orjson.dumps(event), dice)), frozenset(reasons))


def _event(name: str, reason: str, **fields: Any) -> Kind:
    """Fields of the envelope are replaced; a value that is a function is called."""

    def make(event: Event, dice: random.Random) -> Outgoing:
        values = {field: value() if callable(value) else value for field, value in fields.items()}
        return Outgoing(orjson.dumps(event | values))

    return Kind(name, make, frozenset([reason]))


def _data(name: str, reason: str, **fields: Any) -> Kind:
    """Fields of the payload are replaced."""

    def make(event: Event, dice: random.Random) -> Outgoing:
        return Outgoing(orjson.dumps(event | {"data": event["data"] | fields}))

    return Kind(name, make, frozenset([reason]))


def _place(name: str, reason: str, **fields: Any) -> Kind:
    """Fields of the location are replaced."""

    def make(event: Event, dice: random.Random) -> Outgoing:
        location = event["data"]["location"] | fields
        return Outgoing(orjson.dumps(event | {"data": event["data"] | {"location": location}}))

    return Kind(name, make, frozenset([reason]))


def _binary(name: str, *reasons: str, body: bytes | None = None, **attributes: str | bytes) -> Kind:
    """Binary mode; attributes are replaced, and the payload by `body`."""

    def make(event: Event, dice: random.Random) -> Outgoing:
        kept = {field: value for field, value in event.items() if field != "data"}
        return Outgoing(orjson.dumps(event["data"]) if body is None else body, kept | attributes)

    text_only = all(isinstance(value, str) and "\x00" not in value for value in attributes.values())
    return Kind(name, make, frozenset(reasons), kafka_only=not text_only)


def _from_now(**span: float) -> Callable[[], str]:
    return lambda: (datetime.now(UTC) + timedelta(**span)).isoformat()


def _put(text: bytes, replacement: bytes) -> Callable[[bytes, random.Random], bytes]:
    return lambda body, dice: body.replace(text, replacement, 1)


NUL = "nul_character"
TEXT = b'"description":"'
HUGE = _raw("huge", lambda body, dice: body + b" " * dice.randrange(LIMIT, MOST - len(body)), "too_large")
KINDS = (
    _raw("random bytes", lambda body, dice: b"\xc1" + dice.randbytes(dice.randrange(2000)), "not_json", NUL),
    _raw("random text", lambda body, dice: b"x" + dice.randbytes(200).hex().encode(), "not_json"),
    _raw("truncated", lambda body, dice: body[: dice.randrange(1, len(body) - 1)], "not_json"),
    _raw("nothing", lambda body, dice: b"", "empty"),
    _raw("white space", lambda body, dice: b" \n" * dice.randrange(1, 50), "not_json"),
    _raw("two events in one", lambda body, dice: body + body, "not_json"),
    _raw("a list of events", lambda body, dice: b"[" + body + b"]", "not_cloudevent"),
    _raw("a number", lambda body, dice: str(dice.random()).encode(), "not_cloudevent"),
    _raw("null", lambda body, dice: b"null", "not_cloudevent"),
    _raw("an event in quotes", lambda body, dice: orjson.dumps(body.decode()), "not_cloudevent"),
    _raw("byte order mark", lambda body, dice: b"\xef\xbb\xbf" + body, "not_json"),
    _raw("UTF-16", lambda body, dice: body.decode().encode("utf-16"), NUL),
    _raw("GBK", lambda body, dice: body.decode().encode("gbk"), "not_json", "wrong_payload"),
    _raw("not UTF-8", _put(TEXT, TEXT + b"\xfe\xff"), "not_json", "wrong_payload"),
    _raw("NUL", _put(TEXT, TEXT + b"\x00"), NUL),
    _raw("NUL, escaped", _put(TEXT, TEXT + b"\\u0000"), NUL),
    _raw("lone surrogate", _put(TEXT, TEXT + b"\\ud800"), "not_json", "wrong_payload"),
    _raw("lone surrogate in the id", _put(b'"id":"', b'"id":"\\udc00'), "not_json"),
    _raw("deep lists", lambda body, dice: b"[" * dice.randrange(1000, 4000), "not_json", "not_cloudevent"),
    _raw("deep objects", _put(b'"data":', b'"data":' + b'{"a":' * 3000), "not_json"),
    _raw("a key given twice", _put(b'"id":', b'"id":1,"id":'), "not_cloudevent"),
    _raw("infinite longitude", _put(b'"lon":', b'"lon":1e999,"was":'), "wrong_payload"),
    _raw("NaN", _put(b'"lon":', b'"lon":NaN,"was":'), "not_json", "wrong_payload"),
    _raw("5,000 digits", _put(b'"lon":', b'"lon":1' + b"0" * 5000 + b',"was":'), "wrong_payload"),
    _event("no version", "not_cloudevent", specversion=None),
    _event("another version", "not_cloudevent", specversion="0.3"),
    _event("empty id", "not_cloudevent", id=""),
    _event("long id", "not_cloudevent", id="x" * 5000),
    _event("number for an id", "not_cloudevent", id=12345),
    _event("list for a source", "not_cloudevent", source=["urn:yiwang:demo:hotline"]),
    _event("unknown source", "unknown_source", source="urn:nobody"),
    _event("unknown type", "unknown_type", type="cn.yiwang.unknown.v1"),
    _event("bad name for receipts", "not_cloudevent", receipt="../#"),
    _event("no payload", "wrong_payload", data=None),
    _event("payload in base64", "wrong_payload", data="eyJjYXRlZ29yeSI6IkUtMDEtMTAifQ=="),
    _event("time without a zone", "not_cloudevent", time="2026-11-23T12:00:00"),
    _event("time in words", "not_cloudevent", time="昨天下午"),
    _event("number for a time", "not_cloudevent", time=-(10**18)),
    _event("day that is not", "not_cloudevent", time="2026-02-30T12:00:00Z"),
    _event("too old", "too_old", time=_from_now(days=-30)),
    _event("year 1", "too_old", time="0001-01-01T00:00:00+14:00"),
    _event("in the future", "in_future", time=_from_now(minutes=30)),
    _event("year 9999", "in_future", time="9999-12-31T23:59:59-14:00"),
    _event(
        "unknown device",
        "unknown_device",
        source=source_of["sensor"],
        type=type_of["sensor"],
        data={"device": "NOBODY-1", "category": "E-05-06"},
    ),
    _data("number for a category", "wrong_payload", category=110),
    _data("no description", "wrong_payload", description=None),
    _data("urgency 9", "wrong_payload", urgency=9),
    _data("word for a condition", "wrong_payload", condition="一"),
    _data("long description", "wrong_payload", description="长" * 5000),
    _data("unknown category", "unknown_category", category="E-00-00"),
    _data("SQL for a category", "unknown_category", category="'; DROP TABLE x; --%s{0}"),
    _data("unknown condition", "unknown_condition", condition=77),
    _place("outside the city", "outside_city", lon=118.05, lat=30.2),
    _place("null island", "null_island", lon=0, lat=0),
    _place("null island in GCJ-02", "null_island", lon=0.0, lat=0.0, crs="GCJ02"),
    _place("longitude and latitude changed over", "wrong_payload", lon=31.57, lat=120.3),
    _place("metres for degrees", "wrong_payload", lon=528_000.5, lat=3_494_000.5),
    _place("no latitude", "wrong_payload", lat=None),
    _place("text for a longitude", "wrong_payload", lon="120.3"),
    _place("unknown coordinate system", "wrong_payload", crs="EPSG:4326"),
    _place("no coordinate system", "wrong_payload", crs=None),
    _binary("binary mode: no id", "not_cloudevent", id=""),
    _binary("binary mode: bad time", "not_cloudevent", time="now"),
    _binary("binary mode: no payload", "empty", body=b""),
    _binary("binary mode: broken payload", "wrong_payload", body=b'{"category":'),
    _binary("binary mode: source not in UTF-8", "unknown_source", source=b"\xff\xfe\x80"),
    _binary("binary mode: NUL in the id", NUL, id="n\x00l"),
)
