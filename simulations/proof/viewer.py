"""A viewer of the live view, from the outside: logs in over HTTP and speaks the protocol of docs/protocol.md."""

import time
from dataclasses import dataclass, field

import httpx
import orjson
from websockets.asyncio.client import connect

LOGIN = {"username": "demo-operator", "password": "demo-operator-city"}
HELLO = {"op": "hello", "protocol": 1, "subscribe": [{"types": ["case"]}]}


@dataclass
class Viewer:
    """Subscribed to all cases, as the console is. `received`: wall clock in nanoseconds and message, as they came."""

    address: str
    received: list[tuple[int, str | bytes]] = field(default_factory=list)
    last: float = 0.0  # monotonic seconds of the last frame

    async def watch(self) -> None:
        """Log in, take the snapshot, then collect frames until cancelled."""
        origin = f"http://{self.address}"
        async with httpx.AsyncClient(base_url=origin) as http:
            (await http.post("/api/login", json=LOGIN)).raise_for_status()
            cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        async with connect(
            f"ws://{self.address}/ws/live",
            origin=origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie},
            compression=None,
            max_size=None,
        ) as socket:
            await socket.send(orjson.dumps(HELLO).decode())
            async for message in socket:
                self.received.append((time.time_ns(), message))
                self.last = time.monotonic()

    def cases(self) -> dict[int, int]:
        """Case id -> when it was first received in a frame, nanoseconds of the wall clock."""
        seen: dict[int, int] = {}
        for at, message in self.received:
            said = orjson.loads(message)
            for change in said["changes"] if said["op"] == "frames" else ():
                seen.setdefault(int(change["id"]), at)
        return seen
