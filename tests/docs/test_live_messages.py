"""What the live view sends is exactly what docs/asyncapi.yaml says: nothing missing, and nothing besides."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import shapely
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from dispatch import actions
from dispatch.models import Case
from geo import changes
from ingest.message import Message
from ingest.pipeline import process
from tests.docs.asyncapi import SCHEMAS, validator
from tests.small_city import SOUTH, STEP, WEST, middle
from twin import journal, positions
from twin.live import hub as hubs
from twin.live.consumer import LiveConsumer
from twin.live.follow import follower
from twin.models import User
from twin.positions import Fix

SAID = ("Hello", "Snapshot", "Frames", "Stale", "Heartbeat", "Presence", "Movers")
BY_OP = {SCHEMAS[n]["properties"]["op"]["const"]: n for n in SAID}
HEARD = {"hello": "ClientHello", "subscribe": "ClientSubscribe", "look": "ClientLook", "follow": "ClientFollow"}
STATES = {"case": "CaseState", "device": "DeviceState", "report": "ReportState", "zone": "ZoneState"}
SECONDS = 10.0
FIRST_CELL = [WEST, SOUTH, WEST + STEP, SOUTH + STEP]
EVERYTHING = [{"types": list(STATES)}]


def login(user: User) -> dict[str, str]:
    """The cookies of somebody who has logged in."""
    client = Client()
    client.force_login(user)
    return {name: cookie.value for name, cookie in client.cookies.items()}


class Viewer:
    """A client that validates all it gets, and remembers which ops and types of object came."""

    def __init__(self, cookies: dict[str, str]) -> None:
        self._line: Any = ApplicationCommunicator(LiveConsumer.as_asgi(), {"type": "websocket", "cookies": cookies})
        self.ops: set[str] = set()
        self.types: set[str] = set()

    async def say(self, message: dict[str, Any]) -> None:
        validator(HEARD[message["op"]]).validate(message)
        await self._line.send_input({"type": "websocket.receive", "text": orjson.dumps(message).decode()})

    async def connect(self, **resume: Any) -> None:
        await self._line.send_input({"type": "websocket.connect"})
        assert (await self._line.receive_output(SECONDS))["type"] == "websocket.accept"
        await self.say({"op": "hello", "protocol": 1, "subscribe": EVERYTHING, **resume})

    async def hear(self, op: str) -> Any:
        """The next message with this op."""
        while True:
            message = orjson.loads((await self._line.receive_output(SECONDS))["text"])
            self._check(message)
            if message["op"] == op:
                return message

    async def leave(self) -> None:
        await self._line.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._line.wait(SECONDS)

    def _check(self, message: Any) -> None:
        validator(BY_OP[message["op"]], closed=True).validate(message)
        self.ops.add(message["op"])
        for item in [*message.get("features", []), *message.get("changes", [])]:
            self.types.add(item["type"])
            if item["state"] is not None:
                validator(STATES[item["type"]], closed=True).validate(item["state"])


@pytest.mark.usefixtures("own_city")
def test_every_message(
    monkeypatch: pytest.MonkeyPatch,
    make_event: Callable[..., dict[str, Any]],
    message_of: Callable[..., Message],
) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT", 0.2)
    admin = User.objects.get(username="demo-admin")
    operator, hotline = (login(User.objects.get(username=f"demo-{role}")) for role in ("operator", "hotline"))

    def change() -> None:
        """A case through every status, one that stays open, a report that waits for a place, and a new zone."""
        process([message_of(make_event(place=place)) for place in (middle(0, 0), middle(3, 3), None)])
        case = Case.objects.order_by("pk")[0]
        for verb in ("accept", "complete", "rework", "complete", "close"):
            case = actions.act(case.pk, verb, admin, version=case.version, note="看过了")
        positions.report([Fix("vehicle", "sweeper", datetime.now(UTC), WEST, SOUTH, name="洒水车")])
        with journal.writing() as said:
            changes.save(said, changes.Draft("park", "PK900", "口袋公园", shapely.box(*FIRST_CELL)), admin)

    async def converse() -> Viewer:
        viewer, late = Viewer(operator), Viewer(hotline)
        await viewer.connect()
        await viewer.hear("snapshot")
        await sync_to_async(change)()
        while not any(change["kind"] == "zone.saved" for change in (await viewer.hear("frames"))["changes"]):
            pass
        await viewer.hear("heartbeat")
        await late.connect(resume={"epoch": "another", "seq": 1})
        await late.hear("stale")
        await late.hear("snapshot")
        await late.say({"op": "subscribe", "subscribe": [{"types": ["device"], "bbox": FIRST_CELL}]})
        await late.hear("snapshot")
        await viewer.say({"op": "look", "type": "device", "id": "MT-0001"})
        await late.say({"op": "look", "type": "device", "id": "MT-0001"})
        while not (await viewer.hear("presence"))["people"]:
            pass
        await late.say({"op": "follow", "types": ["vehicle"]})
        while not (await late.hear("movers"))["movers"]:
            pass
        await viewer.leave()
        await late.leave()
        await follower().stop()
        viewer.ops |= late.ops
        return viewer

    viewer = async_to_sync(converse)()
    assert viewer.ops == set(BY_OP)
    assert viewer.types == set(STATES)
