"""Where things move: the last fix of each, to whom it concerns, coalesced; decoded as docs/protocol.md lays it out."""

import base64
import math
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pytest
from django.conf import settings
from django.db import connection, transaction

from tests.twin.journals import AT, FAR, HERE, tile
from tests.twin.live_server import Line, LiveServer
from tests.twin.screens import EVERYTHING
from twin import positions
from twin.access import Scope
from twin.live.columns import LEFT, Spot, pack
from twin.live.moving import READ, Moving
from twin.live.viewer import Viewer
from twin.positions import OFF, Fix

NEAR = (HERE[0] + 0.001, HERE[1] + 0.001)
COLUMNS = (("at", "<f8"), ("number", "<u4"), ("lon", "<f4"), ("lat", "<f4"), ("heading", "<f4"), ("speed", "<f4"))


def decode(data: bytes) -> Iterator[dict[str, Any]]:
    """The rows of a binary message, by the layout in docs/protocol.md alone."""
    place = 0
    while place < len(data):
        version, kind, _, count, lon, lat = struct.unpack_from("<BBHIff", data, place)
        assert version == 1
        place += 16
        columns: dict[str, Any] = {}
        for name, form in (*COLUMNS, ("status", "<u1")):
            columns[name] = np.frombuffer(data, form, count, place)
            place += -(-count * np.dtype(form).itemsize // 8) * 8
        columns["lon"], columns["lat"] = columns["lon"].astype("f8") + lon, columns["lat"].astype("f8") + lat
        for i in range(count):
            yield {"type": positions.TYPES[kind]} | {name: column[i].item() for name, column in columns.items()}


class Watcher:
    """A viewer that holds what moves, as a client does."""

    def __init__(self, scope: Scope = EVERYTHING) -> None:
        self.viewer = Viewer("wang", scope)
        self.names: dict[int, str] = {}
        self.held: dict[int, dict[str, Any]] = {}

    def take(self) -> dict[str, tuple[float, float]]:
        """Names and places, rounded to a metre, after all that waits was applied."""
        for message in self.viewer.take():
            if "text" in message:
                said = orjson.loads(message["text"])
                if said["reset"]:
                    self.held.clear()
                self.names |= {mover["number"]: mover["id"] for mover in said["movers"]}
                continue
            for row in decode(message["bytes"]):
                if row["status"] == LEFT:
                    self.held.pop(row["number"], None)
                else:
                    self.held[row["number"]] = row
        return {self.names[n]: (round(row["lon"], 5), round(row["lat"], 5)) for n, row in self.held.items()}


def fix(object_id: str, place: tuple[float, float], seconds: float = 0, **more: Any) -> Fix:
    return Fix(
        "vehicle", object_id, AT + timedelta(seconds=seconds), *place, **{"department": "UMB", "zones": (1,)} | more
    )


@pytest.fixture
def moving(city: None) -> Moving:
    return Moving()


def tick(moving: Moving, *fixes: Fix) -> None:
    positions.report(fixes)
    with connection.cursor() as cursor:
        cursor.execute(READ, ["0"])
        moving.tick(cursor.fetchall())


def test_a_viewer_holds_the_last_place_of_all_that_moves(moving: Moving) -> None:
    watcher = Watcher()
    tick(moving, fix("a", HERE))
    moving.follow(watcher.viewer, ["vehicle"], None)
    tick(moving, fix("b", HERE), fix("b", NEAR, 1), fix("b", FAR, 0.5))
    assert watcher.take() == {"a": HERE, "b": NEAR}, "one row for each, the newest"
    tick(moving, fix("a", FAR, -1))
    assert watcher.take() == {"a": HERE, "b": NEAR}, "an older fix changes nothing"
    tick(moving, fix("a", FAR, 2, heading=90.0, speed=5.5, status=3))
    assert watcher.take() == {"a": FAR, "b": NEAR}
    (row,) = [row for row in watcher.held.values() if row["heading"] == 90]
    assert (row["speed"], row["status"], row["type"]) == (5.5, 3, "vehicle")
    assert datetime.fromtimestamp(row["at"] / 1000, AT.tzinfo) == AT + timedelta(seconds=2)
    tick(moving, fix("a", FAR, 3, status=OFF))
    assert watcher.take() == {"b": NEAR}, "who is off duty leaves the map"


def test_what_nobody_asked_for_is_not_sent(moving: Moving) -> None:
    watcher = Watcher()
    moving.follow(watcher.viewer, ["vehicle"], frozenset({tile(HERE)}))
    watcher.take()
    tick(moving, fix("a", FAR), Fix("person", "p", AT, *HERE))
    assert watcher.viewer.take() == []
    tick(moving, fix("a", HERE, 1))
    assert watcher.take() == {"a": HERE}
    tick(moving, fix("a", FAR, 2))
    assert watcher.take() == {}, "it has left the view"
    tick(moving)
    assert watcher.viewer.take() == [], "nothing has moved"


def test_rights_decide_who_sees_what_moves(moving: Moving) -> None:
    bureau, zone = Watcher(Scope.limited(["UMB"], [])), Watcher(Scope.limited([], [2]))
    for watcher in (bureau, zone):
        moving.follow(watcher.viewer, ["vehicle"], None)
    tick(moving, fix("a", HERE, zones=(1, 2)), fix("b", HERE, department="WAT"))
    assert (bureau.take(), zone.take()) == ({"a": HERE}, {"a": HERE})
    tick(moving, fix("a", NEAR, 1, zones=(1,)), fix("b", NEAR, 1, department="WAT", zones=(2,)))
    assert (bureau.take(), zone.take()) == ({"a": NEAR}, {"b": NEAR})
    zone.viewer.scope = Scope.union([])
    moving.look_again(zone.viewer)
    assert zone.take() == {}


def test_a_viewer_that_is_behind_gets_the_whole_when_it_has_caught_up(
    moving: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher()
    moving.follow(watcher.viewer, ["vehicle"], None)
    watcher.take()
    monkeypatch.setattr(Viewer, "behind", True)
    tick(moving, fix("a", HERE), fix("b", HERE))
    tick(moving, fix("b", FAR, 1, status=OFF), fix("a", NEAR, 1))
    assert watcher.viewer.take() == [], "old places are not kept for it"
    monkeypatch.setattr(Viewer, "behind", False)
    tick(moving)
    assert watcher.take() == {"a": NEAR}


def test_only_what_moves_has_a_place_to_report(city: None) -> None:
    with pytest.raises(ValueError, match="person, vehicle, device"):
        positions.report([Fix("lamp", "1", AT, *HERE)])


@pytest.fixture
def line(own_city: None) -> Iterator[Line]:
    with LiveServer() as server, server.line(server.login()) as line:
        yield line


def test_over_the_line(line: Line) -> None:
    line.hello(subscribe=[])
    line.expect("hello")
    line.expect("snapshot")
    with transaction.atomic():
        positions.report([fix("sweeper", HERE, speed=math.nan, name="洒水车")])
    line.say({"op": "follow", "types": ["vehicle"], "bbox": [*HERE, *NEAR]})
    names: list[Any] = []
    while not names:
        names = line.expect("movers")["movers"]
    assert [(one["id"], one["name"]) for one in names] == [("sweeper", "洒水车")]
    (row,) = decode(line.take_bytes())
    assert (row["number"], math.isnan(row["speed"])) == (names[0]["number"], True)
    assert (row["lon"], row["lat"]) == pytest.approx(HERE, abs=1e-6)


def test_the_console_is_tested_with_bytes_as_they_are_packed() -> None:
    at = 1764000000000.0
    vehicles = [
        Spot(17, at, 120.3001, 31.5702, 90.0, 5.5, 3),
        Spot(18, at + 250, 120.31, 31.58, math.nan, math.nan, 0),
        Spot(19, at + 500, 120.29, 31.56, 0.0, 0.0, LEFT),
    ]
    packed = pack(1, vehicles) + pack(0, [Spot(4, at, 120.2, 31.5, 180.0, 1.2, 1)])
    file = settings.ROOT / "frontend/console/tests/positions.b64"
    assert base64.b64encode(packed).decode() == file.read_text(encoding="utf-8").strip()
