"""What `bench fanout` compares with, on the same uvicorn with the same settings, sending the very same bytes.

    python -m simulations.proof.rivals bare 8000 messages 5

`bare` loops over its connections and awaits each send: what the server can do when nobody asks who may see what.
`group` is Channels' `group_send` over its layer in memory, each message sent when the last has been handled, so that
the layer's bounded queues lose none. Both begin at `GET /go` and go round the messages of the file, one a line, for so
many seconds.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

from twin.management.commands.web import SERVER

GROUP = "everybody"
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Flood:
    """Sends the messages round and round for some seconds, once asked to over HTTP."""

    def __init__(self, messages: list[str], seconds: float) -> None:
        self._messages, self._seconds = messages, seconds
        self._task: asyncio.Task[None] | None = None

    async def http(self, scope: Any, receive: Any, send: Send) -> None:
        if scope["path"] == "/go":
            self._task = asyncio.create_task(self._run())
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b""})

    async def _run(self) -> None:
        until = time.monotonic() + self._seconds
        for text in itertools.cycle(self._messages):
            if time.monotonic() > until:
                return
            await self.to_all(text)
            await asyncio.sleep(0)

    async def to_all(self, text: str) -> None:
        raise NotImplementedError


class Bare(Flood):
    def __init__(self, messages: list[str], seconds: float) -> None:
        super().__init__(messages, seconds)
        self._sends: set[Send] = set()

    async def websocket(self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self._sends.add(send)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self._sends.discard(send)

    async def to_all(self, text: str) -> None:
        message = {"type": "websocket.send", "text": text}
        for send in list(self._sends):
            await send(message)


class Group(Flood):
    def __init__(self, messages: list[str], seconds: float) -> None:
        super().__init__(messages, seconds)
        Member.flood = self
        self.members = self.left = 0
        self.handled = asyncio.Event()
        self.websocket = Member.as_asgi()

    async def to_all(self, text: str) -> None:
        layer = get_channel_layer()
        assert layer is not None
        self.left = self.members
        self.handled.clear()
        await layer.group_send(GROUP, {"type": "frame", "text": text})
        await self.handled.wait()


class Member(AsyncWebsocketConsumer):
    groups = [GROUP]
    flood: Group

    async def connect(self) -> None:
        await self.accept()
        self.flood.members += 1

    async def frame(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])
        self.flood.left -= 1
        if self.flood.left == 0:
            self.flood.handled.set()


async def serve(kind: str, port: int, messages: list[str], seconds: float) -> None:
    rival: Any = (Bare if kind == "bare" else Group)(messages, seconds)
    app = ProtocolTypeRouter({"http": rival.http, "websocket": rival.websocket})
    await uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, **SERVER)).serve()


def main(kind: str, port: str, messages: str, seconds: str) -> None:
    settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})
    lines = Path(messages).read_text(encoding="utf-8").splitlines()
    asyncio.run(serve(kind, int(port), lines, float(seconds)))


if __name__ == "__main__":
    main(*sys.argv[1:])
