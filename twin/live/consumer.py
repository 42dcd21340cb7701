"""The websocket itself: login, the conversation of docs/protocol.md, and one writer per connection."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.sessions.backends.db import SessionStore

from twin import clock
from twin.access import Scope
from twin.live import hub as hubs
from twin.live.subscription import Entry, Subscription
from twin.live.viewer import Viewer
from twin.models import User

PROTOCOL = 1
BAD_MESSAGE, NOT_LOGGED_IN, SLOW, WRONG_PROTOCOL = 4400, 4401, 4408, 4426
LOOK_AGAIN = 15.0  # seconds between looks at a viewer's session and rights
WAIT_FOR_CLOSE = 5.0  # seconds that a close frame may wait behind what a slow viewer does not read


class Resume(msgspec.Struct):
    epoch: str
    seq: int


class Hello(msgspec.Struct, tag="hello", tag_field="op"):
    protocol: int
    subscribe: list[Entry]
    resume: Resume | None = None


class Subscribe(msgspec.Struct, tag="subscribe", tag_field="op"):
    subscribe: list[Entry]


_decode = msgspec.json.Decoder(Hello | Subscribe).decode


class LiveConsumer(AsyncWebsocketConsumer):
    """One viewer. Reading and writing are two tasks, so that a viewer that does not read cannot stop its own close."""

    viewer: Viewer | None = None
    _tasks: Sequence[asyncio.Task[None]] = ()

    async def connect(self) -> None:
        await self.accept()
        if not self.scope["user"].is_authenticated:
            await self.close(NOT_LOGGED_IN, "log in first")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            said = _decode(text_data or bytes_data or "")
            subscription = Subscription.of(said.subscribe)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            await self.close(BAD_MESSAGE, str(error)[:120])
            return
        if isinstance(said, Hello):
            await self._hello(said, subscription)
        elif self.viewer is None:
            await self.close(BAD_MESSAGE, "say hello first")
        else:
            hubs.hub().move(self.viewer, subscription)

    async def _hello(self, said: Hello, subscription: Subscription) -> None:
        if said.protocol != PROTOCOL:
            await self.close(WRONG_PROTOCOL, f"this server speaks protocol {PROTOCOL}")
            return
        if self.viewer is not None:
            await self.close(BAD_MESSAGE, "hello was said already")
            return
        user = self.scope["user"]
        self.viewer = Viewer(user.username, await scope_of(user))
        hub = hubs.hub()
        await hub.loaded.wait()
        await self.send(
            text_data=hubs.message(
                "hello",
                protocol=PROTOCOL,
                epoch=hub.epoch,
                seq=hub.world.seq,
                now=clock.now(),
                heartbeat=hubs.HEARTBEAT,
                user=user.username,
            )
        )
        resume = said.resume or Resume("", -1)
        hub.join(self.viewer, subscription, resume.epoch, resume.seq)
        self._tasks = [asyncio.create_task(task) for task in (self._write(self.viewer), self._watch(self.viewer))]

    async def _write(self, viewer: Viewer) -> None:
        while (text := await viewer.get()) is not None:
            await self.send(text_data=text)
        hubs.hub().leave(viewer)
        async with asyncio.timeout(WAIT_FOR_CLOSE):
            await self.close(SLOW, "slow: too much waited for this viewer")

    async def _watch(self, viewer: Viewer) -> None:
        """See that the person is still logged in, and may still see the same; a changed scope brings a new snapshot."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            # Read anew: the session of the handshake would still say what it said then.
            user = await get_user({"session": SessionStore(self.scope["session"].session_key)})
            if not user.is_authenticated:
                hubs.hub().leave(viewer)
                await self.close(NOT_LOGGED_IN, "logged out")
                return
            scope = await scope_of(user)
            if scope != viewer.scope:
                viewer.scope = scope
                hubs.hub().move(viewer, viewer.subscription)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.viewer is not None:
            hubs.hub().leave(self.viewer)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        raise StopConsumer


@database_sync_to_async
def scope_of(user: User) -> Scope:
    return user.scope
