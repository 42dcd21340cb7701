"""The websocket itself: login, the conversation of docs/protocol.md, and the end of a connection."""

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from twin import clock, tiles
from twin.live import hub as hubs
from twin.live import wire
from twin.live.follow import Follower, follower
from twin.live.people import Doorkeeper, Person
from twin.live.subscription import Entry, Subscription
from twin.live.viewer import Viewer
from twin.live.wire import BAD_MESSAGE, NOT_LOGGED_IN, PROTOCOL, WRONG_PROTOCOL

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


class Look(msgspec.Struct, tag="look", tag_field="op"):
    """The object that is open before this viewer; without one, none is."""

    type: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    id: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class Follow(msgspec.Struct, tag="follow", tag_field="op"):
    """What moves and shall be shown: types, under a bbox [west, south, east, north] or everywhere."""

    types: list[Literal["person", "vehicle", "device"]]
    bbox: tuple[float, float, float, float] | None = None


_decode = msgspec.json.Decoder(Hello | Subscribe | Look | Follow).decode


class LiveConsumer(AsyncWebsocketConsumer):
    """One viewer. It is sent to by the hub; a close is a task of its own, as it may wait behind what is not read."""

    viewer: Viewer | None = None
    _person: Person | None = None
    _rights = -1
    _closing: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.accept()
        self._session = self.scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME, "")
        if self._session:
            self._rights, self._person = await _doorkeeper(follower()).who(self._session)
        if self._person is None:
            await self.close(NOT_LOGGED_IN, "log in first")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._person is None:
            return
        try:
            said = _decode(text_data or bytes_data or "")
            subscription = Subscription.of(said.subscribe) if isinstance(said, Hello | Subscribe) else Subscription()
            under = tiles.cover(*said.bbox) if isinstance(said, Follow) and said.bbox else None
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            await self.close(BAD_MESSAGE, str(error)[:120])
            return
        if isinstance(said, Hello):
            await self._hello(said, subscription, self._person)
        elif self.viewer is None:
            await self.close(BAD_MESSAGE, "say hello first")
        elif isinstance(said, Look):
            key = (said.type, said.id) if said.type and said.id else None
            follower().hub.presence.look(self.viewer, key)
        elif isinstance(said, Follow):
            follower().hub.moving.follow(self.viewer, said.types, under)
            follower().follow_positions()
        else:
            follower().hub.move(self.viewer, subscription)

    async def _hello(self, said: Hello, subscription: Subscription, person: Person) -> None:
        if said.protocol != PROTOCOL:
            await self.close(WRONG_PROTOCOL, f"this server speaks protocol {PROTOCOL}")
            return
        if self.viewer is not None:
            await self.close(BAD_MESSAGE, "hello was said already")
            return
        self.viewer = Viewer(
            person.username,
            person.scope,
            self.base_send,
            session=self._session,
            full_name=person.name,
            close=self._close_soon,
        )
        hub = follower().hub
        await hub.loaded.wait()
        self.viewer.put(
            wire.message(
                "hello",
                protocol=PROTOCOL,
                epoch=hub.epoch,
                seq=hub.world.seq,
                now=clock.now(),
                heartbeat=hubs.HEARTBEAT,
                user=person.username,
            )
        )
        resume = said.resume or Resume("", -1)
        hub.join(self.viewer, subscription, resume.epoch, resume.seq)
        if self._rights != hub.rights:  # rights have changed since this person was let in, or are about to be looked at
            hub.rights = -1

    def _close_soon(self, code: int, reason: str) -> None:
        self._closing = asyncio.get_running_loop().create_task(self._close(code, reason))

    async def _close(self, code: int, reason: str) -> None:
        if self.viewer is not None:
            await self.viewer.leave()
        async with asyncio.timeout(WAIT_FOR_CLOSE):
            await self.close(code, reason)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.viewer is not None:
            follower().hub.leave(self.viewer)
            await self.viewer.leave()
        if self._closing is not None:
            self._closing.cancel()
            await asyncio.gather(self._closing, return_exceptions=True)
        raise StopConsumer


_doorkeepers: dict[Follower, Doorkeeper] = {}


def _doorkeeper(of: Follower) -> Doorkeeper:
    return _doorkeepers.setdefault(of, Doorkeeper())
