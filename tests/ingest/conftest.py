"""The real brokers, under names of their own, and this process as an ingest worker."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from ingest import mqtt, slots
from ingest.slots import SlotKeeper
from tests.brokers import kafka_topic, listen, mqtt_client, own_channels, produce, publish
from tests.threads import PATIENCE, at_once

__all__ = ["kafka_topic", "listen", "mqtt_client", "own_channels", "produce", "publish"]

Running = Callable[..., AbstractContextManager[threading.Event]]


@pytest.fixture
def running() -> Running:
    """`with running(loop):` runs `loop(stop)` in a thread until the block ends, or until its `stop` is set."""

    @contextmanager
    def run(loop: Callable[[threading.Event], Any]) -> Iterator[threading.Event]:
        stop = threading.Event()
        with at_once(1) as start:
            work = start(loop, stop)
            try:
                yield stop
            finally:
                stop.set()
            work.result(PATIENCE)

    return run


@pytest.fixture
def keeper(own_channels: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """The loop of a worker's MQTT slots; their sessions at the broker end with the test."""
    monkeypatch.setattr(slots, "LOOK", 0.05)
    most = 2
    yield lambda stop, count=most: SlotKeeper(stop, count).run()
    for number in range(1, most + 1):
        client = mqtt.new_client(mqtt.client_id(number))
        mqtt.connect(client)  # begins anew, which drops what the session held
        client.disconnect()
        client.loop_stop()
