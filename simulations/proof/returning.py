"""A viewer that loses its line and comes back, and knows at any time whether what it holds is whole.

Every tick of the city changes one case that concerns everybody: its versions must come one after the other, so that a
gap and a change that comes twice both show at once.
"""

import socket
import struct
from array import array
from collections.abc import Callable
from typing import Any

import orjson

from simulations.proof.crowd import CLOSE, PING, TEXT, Viewer, masked

EVERYBODYS = ("case", "bustle-1")
Held = dict[tuple[str, str], Any]
_parsed: dict[bytes, Any] = {}  # viewers get the same bytes: each is parsed once


class Returning:
    """What stays when the line goes. `faults` are sentences; `resumed` counts the times it was taken up again."""

    def __init__(self, number: int, plan: dict[str, Any], address: tuple[str, int]) -> None:
        self.number, self.plan, self.address = number, plan, address
        self.held: Held = {}
        self.epoch, self.seq, self.version = "", -1, 0
        self.resumed = 0
        self.faults: list[str] = []
        self.line: Line | None = None
        self.whole = False
        self.seconds = 0.0  # from the last try to connect until it was whole
        self.again = 0.0  # monotonic seconds: not before that is it tried again

    def connect(self, *, fresh: bool = False) -> "Line":
        """Open a line, from where it stood; `fresh`, as one who was never there."""
        resume = {"resume": {"epoch": self.epoch, "seq": self.seq}} if self.epoch and not fresh else {}
        self.whole = False
        self.line = Line(self, self.plan | {"hello": self.plan["hello"] | resume}, self.take)
        return self.line

    def lose(self) -> None:
        if self.line is not None:
            self.line.lose()
            self.line = None

    def take(self, said: Any) -> None:
        match said["op"]:
            case "hello":
                self.epoch = said["epoch"]
            case "stale":
                self._fault(f"could not be taken up again: {said['reason']}")
            case "snapshot":
                self.held = {(one["type"], one["id"]): one["state"] for one in said["features"]}
                self.seq, self.whole = said["seq"], True
                self.version = next((f["version"] for f in said["features"] if f["id"] == EVERYBODYS[1]), 0)
            case "frames":
                self._frames(said)
            case "heartbeat":
                self.seq = said["seq"]

    def _frames(self, said: Any) -> None:
        if said["from"] <= self.seq:
            self._fault(f"was told from {said['from']} on, and stood at {self.seq}")
        if not self.whole:
            self.whole, self.resumed = True, self.resumed + 1
        self.seq = said["seq"]
        for change in said["changes"]:
            key = (change["type"], change["id"])
            if key == EVERYBODYS:
                if change["version"] != self.version + 1:
                    self._fault(f"got version {change['version']} after {self.version}")
                self.version = change["version"]
            if change["state"] is None:
                self.held.pop(key, None)
            else:
                self.held[key] = change["state"]

    def _fault(self, sentence: str) -> None:
        self.faults.append(f"viewer {self.number} {sentence}")


class Line(Viewer):
    """One connection of such a viewer."""

    def __init__(self, owner: Returning, plan: dict[str, Any], take: Callable[[Any], None]) -> None:
        self.owner, self._take = owner, take
        super().__init__(owner.number, plan, owner.address, "/ws/live", array("q"))

    def lose(self) -> None:
        """Without a farewell, as a line is lost."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _hear(self, opcode: int, data: bytes, start: int, length: int, at: int) -> None:
        payload = data[start : start + length]
        if opcode == TEXT:
            said = _parsed.get(payload)
            if said is None:
                said = _parsed[payload] = orjson.loads(payload)
                if len(_parsed) > 20_000:
                    _parsed.clear()
            self._take(said)
        elif opcode == PING:
            self.socket.sendall(masked(10, payload))
        elif opcode == CLOSE:
            self.closed = int.from_bytes(payload[:2], "big")
