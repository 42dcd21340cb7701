"""MQTT: shared subscriptions over a fixed number of persistent sessions, acknowledged after the commit.

A broker goes on dealing a shared subscription's messages to a persistent session whose client is away, so a session
must never stay without a client. Hence client ids are *slots*, not processes: a fixed number, each held by whichever
worker has its lock in PostgreSQL. A worker that dies loses the lock with its connection, and another takes the slot,
and all that waits in it, within seconds. A worker that has none is given one by a worker that has two.
"""

import hashlib
import logging
import queue
import threading
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
import paho.mqtt.client as paho
from django.conf import settings
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from dispatch.intake import Opened, Parked
from dispatch.refusals import Refusal
from ingest.message import Message
from ingest.pipeline import Result
from ingest.worker import Stopped, take_in

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500  # messages in a batch
IN_FLIGHT = 1_000  # unacknowledged messages that the broker may have on the way to one slot: the bound on memory
# Seconds that a batch waits for company. A transaction costs about 3 ms of processor whatever its size: at hundreds of
# reports a second, waiting a little is what keeps the queue, and so the slowest hundredth, short.
LINGER = 0.012
FOR_EVER = 0xFFFFFFFF  # a session that never expires: what waits in it is dropped with it


def topics() -> str:
    return f"{settings.CHANNEL_PREFIX}/events/#"


def receipts(name: str) -> str:
    return f"{settings.CHANNEL_PREFIX}/receipts/{name}"


def client_id(slot: int) -> str:
    return f"{settings.CHANNEL_PREFIX}-ingest-{slot}"


def new_client(name: str, *, manual_ack: bool = False) -> paho.Client:
    return paho.Client(CallbackAPIVersion.VERSION2, name, protocol=paho.MQTTv5, manual_ack=manual_ack)


def connect(client: paho.Client, *, session: bool = False) -> None:
    """Connect to the city's broker and start the network loop. Raises OSError if nobody answers."""
    address = urlsplit(settings.MQTT_URL)
    if address.username:
        client.username_pw_set(address.username, address.password)
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    if session:
        properties.SessionExpiryInterval = FOR_EVER
        properties.ReceiveMaximum = IN_FLIGHT
    host, port = address.hostname or "127.0.0.1", address.port or 1883
    client.connect(host, port, keepalive=30, clean_start=not session, properties=properties)
    client.loop_start()


class _Delivery(NamedTuple):
    """A message and the connection that brought it."""

    line: int
    message: paho.MQTTMessage


class Slot:
    """One persistent session: its messages become batches, in order, each acknowledged after its commit."""

    def __init__(self, number: int, stop: threading.Event) -> None:
        self.number = number
        self._stop = stop
        self._done = threading.Event()
        self._waiting: queue.Queue[_Delivery] = queue.Queue()  # bounded by IN_FLIGHT, which the broker keeps
        self._line = 0  # counts connections
        self._client = new_client(client_id(number), manual_ack=True)
        self._client.on_connect = self._on_connect
        self._client.on_message = lambda client, userdata, message: self._waiting.put(_Delivery(self._line, message))
        self._thread = threading.Thread(target=self._run, name=f"mqtt slot {number}", daemon=True)

    def open(self) -> None:
        connect(self._client, session=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading; what is not acknowledged stays in the session for the next holder."""
        self._done.set()
        self._client.disconnect()
        self._client.loop_stop()
        self._thread.join(timeout=10)

    @property
    def broken(self) -> bool:
        return not self._thread.is_alive()

    def _on_connect(self, client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        # What came before belongs to the line that broke; the broker delivers it again, marked as a redelivery.
        self._line += 1
        while not self._waiting.empty():
            self._waiting.get_nowait()
        client.subscribe(f"$share/{settings.CHANNEL_PREFIX}-ingest/{topics()}", qos=1)

    def _run(self) -> None:
        try:
            while not self._done.is_set() and not self._stop.is_set():
                batch = self._batch()
                if batch:
                    self._settle(batch, take_in([message_of(d.message, self.number) for d in batch], self._stop))
        except Stopped:
            pass
        except Exception:
            log.exception("MQTT slot %s failed", self.number)

    def _batch(self) -> list[_Delivery]:
        try:
            batch = [self._waiting.get(timeout=0.2)]
        except queue.Empty:
            return []
        until = time.monotonic() + LINGER
        while len(batch) < MOST_AT_ONCE:
            try:
                batch.append(self._waiting.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                break
        return batch

    def _settle(self, batch: list[_Delivery], results: list[Result]) -> None:
        """After the commit: acknowledge, and answer those that asked for a receipt.

        Packet ids are used again, so an acknowledgement goes out only on the line that its message came in by.
        """
        for delivery, result in zip(batch, results, strict=True):
            if delivery.line == self._line:
                self._client.ack(delivery.message.mid, delivery.message.qos)
            if result.receipt:
                self._client.publish(receipts(result.receipt), receipt(result), qos=1)


def receipt(result: Result) -> bytes:
    """What a device that must be sure gets after the commit. It sends again, with the same id, until it has one."""
    body: dict[str, Any] = {"source": result.source, "id": result.event_id}
    outcome = result.outcome
    if isinstance(outcome, Opened):
        body |= {"outcome": "opened", "case": outcome.number}
    elif isinstance(outcome, Parked):
        body |= {"outcome": "to_be_located"}
    elif isinstance(outcome, Refusal):
        body |= {"outcome": "refused", "code": outcome.code, "reason": outcome.en}
    else:
        body |= {"outcome": "known"}
    return orjson.dumps(body)


def message_of(message: paho.MQTTMessage, slot: int) -> Message:
    """A delivery as a message: binary mode when MQTT 5 user properties carry the attributes, else structured."""
    properties = message.properties
    content_type = getattr(properties, "ContentType", "") or ""
    attributes = {}
    if not content_type.startswith("application/cloudevents"):
        pairs = dict(getattr(properties, "UserProperty", None) or ())
        attributes = pairs if "specversion" in pairs else {}
    digest = hashlib.sha1(message.payload, usedforsecurity=False).hexdigest()[:16]
    return Message(
        channel="mqtt",
        body=bytes(message.payload),
        received_at=datetime.now(UTC),
        topic=message.topic,
        content_type=content_type,
        attributes=attributes,
        delivery=f"{client_id(slot)}/{message.mid}/{digest}",
        redelivered=message.dup,
    )
