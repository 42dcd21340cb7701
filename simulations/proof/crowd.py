"""A thousand viewers in one process: the load of `bench fanout`, so cheap that it leaves the cores to the server.

    python -m simulations.proof.crowd plan.json

No websocket library and no event loop: sockets under one epoll, frames walked by their lengths, and of a message only
its sequence read. The plan is `{"address", "path", "ready", "times", "said", "viewers": [{"cookie", "hello"}]}`. When
every viewer has its snapshot (or, without a `hello`, its handshake) the file `ready` appears. At SIGTERM the file
`times` gets four int64 for each frame message: nanoseconds of the wall clock at receipt, sequence, viewer, bytes; and
the file `said` the messages of every hundredth viewer, or of the first, one a line.
"""

import base64
import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

AT_ONCE = 40  # handshakes
SAMPLE = 100
FRAMES, SNAPSHOT = b'{"op":"frames"', b'{"op":"snapshot"'
TEXT, CLOSE, PING = 1, 8, 9


class Viewer:
    """One socket. `ready` once it has what its plan waits for; `closed` holds the code of a close frame."""

    said: list[bytes] | None = None  # where to keep its messages, if they are wanted

    def __init__(self, number: int, plan: Any, address: tuple[str, int], path: str, heard: "array[int]") -> None:
        self.number, self.hello, self._heard = number, plan.get("hello"), heard
        self.ready = False
        self.closed: int | None = None
        self._shaken = False
        self._pending = b""
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host = f"{address[0]}:{address[1]}"
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {host}", f"Origin: http://{host}", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Cookie: {plan.get('cookie', '')}",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "", "",
        ]  # fmt: skip
        self.socket.sendall("\r\n".join(lines).encode())
        self.socket.setblocking(False)

    def read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = self.socket.recv(1 << 18)
            at = time.time_ns()
            if not data:
                raise ConnectionError(f"viewer {self.number} was left; close code {self.closed}")
            self._pending = self._walk(self._pending + data if self._pending else data, at)

    def _walk(self, data: bytes, at: int) -> bytes:
        """Take whole frames off; what is left waits for more."""
        if not self._shaken:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                return head
            self._shake(head)
        place, size = 0, len(data)
        while size - place >= 2:
            length, start = data[place + 1], place + 2
            if length == 126:
                length, start = int.from_bytes(data[start : start + 2], "big"), start + 2
            elif length == 127:
                length, start = int.from_bytes(data[start : start + 8], "big"), start + 8
            if start + length > size:
                break
            self._hear(data[place] & 15, data, start, length, at)
            place = start + length
        return data[place:] if place else data

    def _shake(self, head: bytes) -> None:
        if b" 101 " not in head[:20]:
            raise ConnectionError(f"viewer {self.number} was refused: {head[:80]!r}")
        self._shaken = True
        if self.hello is None:
            self.ready = True
        else:
            self.socket.sendall(masked(TEXT, orjson.dumps(self.hello)))

    def _hear(self, opcode: int, data: bytes, start: int, length: int, at: int) -> None:
        if opcode == TEXT and data.startswith(FRAMES, start):
            begin = data.index(b'"seq":', start) + 6
            self._heard.extend((at, int(data[begin : data.index(b",", begin)]), self.number, length))
            if self.said is not None:
                self.said.append(data[start : start + length])
        elif opcode == TEXT and data.startswith(SNAPSHOT, start):
            self.ready = True
        elif opcode == PING:
            self.socket.sendall(masked(10, data[start : start + length]))
        elif opcode == CLOSE:
            self.closed = int.from_bytes(data[start : start + 2], "big")


def masked(opcode: int, payload: bytes) -> bytes:
    """A frame as a client sends it; the mask may be any, so it is zero."""
    length = len(payload)
    size = bytes([0x80 | length]) if length < 126 else bytes([0xFE]) + length.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + size + bytes(4) + payload


def main(plan_file: str) -> None:
    plan = orjson.loads(Path(plan_file).read_bytes())
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    host, _, port = plan["address"].rpartition(":")
    heard: array[int] = array("q")
    poll = select.epoll()
    by_fd: dict[int, Viewer] = {}
    waiting: list[Viewer] = []
    plans = list(enumerate(plan["viewers"]))[::-1]
    said: list[bytes] = []
    gc.disable()
    while not stop:
        while plans and len(waiting) < AT_ONCE:
            viewer = Viewer(*plans.pop(), (host, int(port)), plan["path"], heard)
            if viewer.number % SAMPLE == 0:
                viewer.said = said
            by_fd[viewer.socket.fileno()] = viewer
            poll.register(viewer.socket, select.EPOLLIN)
            waiting.append(viewer)
        for fd, _ in poll.poll(0.05):
            by_fd[fd].read()
        if waiting:
            waiting = _not_ready(waiting)
            if not plans and not waiting:
                Path(plan["ready"]).touch()
    with Path(plan["times"]).open("wb") as file:
        heard.tofile(file)
    Path(plan["said"]).write_bytes(b"\n".join(said))


def _not_ready(viewers: Sequence[Viewer]) -> list[Viewer]:
    return [viewer for viewer in viewers if not viewer.ready]


if __name__ == "__main__":
    main(*sys.argv[1:])
