"""A real web server for tests of the websocket, in a thread of this process, and a client that has logged in."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx
import orjson
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.threads import PATIENCE, wait_for
from twin.asgi import application
from twin.live import follow
from twin.live.hub import Hub

EVERYTHING = [{"types": ["case", "device"]}]


class LiveServer:
    """uvicorn as `yiwang web` sets it up, on a free port."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve([self._socket])

    def __enter__(self) -> Self:
        self._thread.start()
        wait_for(lambda: self._server.started, "the web server starts")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._socket.close()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)

    @property
    def hub(self) -> Hub:
        """The hub of the server's event loop, which its first viewer has started."""
        return follow._followers[self._loop].hub

    def login(self, username: str = "demo-operator") -> str:
        """The cookie of somebody who has logged in over HTTP."""
        credentials = {"username": username, "password": f"{username}-city"}
        answer = httpx.post(f"http://{self.address}/api/login", json=credentials, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return f"sessionid={answer.cookies['sessionid']}"

    @contextmanager
    def line(self, cookie: str | None = None, origin: str | None = None, **options: Any) -> Iterator["Line"]:
        """A websocket of a browser that shows this server's page."""
        headers = {"Cookie": cookie} if cookie else {}
        page = Origin(origin or f"http://{self.address}")
        address = f"ws://{self.address}/ws/live"
        with connect(address, additional_headers=headers, origin=page, max_size=None, **options) as connection:
            yield Line(connection)


class Line:
    """One conversation in the messages of docs/protocol.md."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def say(self, message: Any) -> None:
        self._connection.send(message if isinstance(message, str | bytes) else orjson.dumps(message).decode())

    def hello(self, *, resume: Any = None, subscribe: Any = EVERYTHING, protocol: int = 1) -> None:
        self.say({"op": "hello", "protocol": protocol, "subscribe": subscribe} | ({"resume": resume} if resume else {}))

    def take(self) -> dict[str, Any]:
        """The next message. Raises ConnectionClosed, or TimeoutError if there is none."""
        message: dict[str, Any] = orjson.loads(self._connection.recv(timeout=PATIENCE))
        return message

    def take_bytes(self) -> bytes:
        """The next message, which is binary."""
        data = self._connection.recv(timeout=PATIENCE)
        assert isinstance(data, bytes), data
        return data

    def expect(self, op: str) -> dict[str, Any]:
        """The next message, heartbeats left out; it must be an `op`."""
        while (message := self.take())["op"] == "heartbeat" != op:
            pass
        assert message["op"] == op, message
        return message

    def closed(self) -> tuple[int, str]:
        """Read on until the server closes; its code and reason."""
        with pytest.raises(ConnectionClosed) as closed:
            self._read_on()
        close = closed.value.rcvd
        assert close is not None, "the server says why it closes"
        return close.code, close.reason

    def _read_on(self) -> None:
        while True:
            self.take()
