"""The trackers of what moves in the demo city: all positions every few seconds, over HTTP."""

import logging
import threading
import time
from datetime import UTC, datetime

import httpx
import orjson

from simulations.city.seed import demo_token
from simulations.traffic.fleet import Fleet
from simulations.traffic.stories import source_of

log = logging.getLogger("demo")
PAUSE = 2.0  # seconds between fixes


def follow(fleet: Fleet, url: str, stop: threading.Event) -> None:
    """Move the fleet and tell the city, until `stop` is set. A city that is away is told again with the next fixes."""
    before = time.monotonic()
    headers = {"Authorization": f"Bearer {demo_token(source_of['grid'])}", "Content-Type": "application/json"}
    with httpx.Client(base_url=url, timeout=10, headers=headers) as http:
        while len(fleet) and not stop.is_set():
            now = time.monotonic()
            fleet.go(now - before)
            before = now
            try:
                http.post("/api/positions", content=orjson.dumps(fleet.fixes(datetime.now(UTC)))).raise_for_status()
            except httpx.HTTPError as error:
                log.warning("positions could not be sent: %s", error)
            stop.wait(PAUSE)
