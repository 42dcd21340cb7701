"""Senders as the world has them: plain clients of the brokers that wait to be acknowledged and else send again.

They know nothing of Django, so that a process with nothing but a sender in it is light.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from kafka import KafkaProducer
from kafka.errors import KafkaError
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

ACKNOWLEDGED_WITHIN = 20.0  # seconds; after them a message is sent again
TRIES = 5


class NotAcknowledged(Exception):
    """A broker has not acknowledged messages, although they were sent several times."""


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent. `attributes` (CloudEvents, without prefix) make it one in binary mode.

    Kafka's header values are bytes and may be any; MQTT's user properties are text.
    """

    body: bytes
    attributes: Mapping[str, str | bytes] = field(default_factory=dict)


class Publisher(ABC):
    """`resent` counts what had to be sent again."""

    def __init__(self) -> None:
        self.resent = 0
        self._sent: list[tuple[Outgoing, Any]] = []

    def send(self, message: Outgoing) -> None:
        """Give a message to the broker, without waiting."""
        self._sent.append((message, self._publish(message)))

    def settle(self) -> None:
        """Wait until all is acknowledged; what is not is sent again. Raises NotAcknowledged."""
        for _ in range(TRIES):
            missing = [message for message, promise in self._sent if not self._kept(promise)]
            self._sent.clear()
            if not missing:
                return
            self.resent += len(missing)
            for message in missing:
                self.send(message)
        raise NotAcknowledged(f"{len(self._sent)} messages were sent {TRIES} times and never acknowledged")

    @abstractmethod
    def _publish(self, message: Outgoing) -> Any:
        """Send it and give what `_kept` asks."""

    @abstractmethod
    def _kept(self, promise: Any) -> bool:
        """Wait for the acknowledgement; False if there is none in time."""

    @abstractmethod
    def close(self) -> None: ...


class MqttPublisher(Publisher):
    """QoS 1, MQTT 5. Raises OSError if nobody answers at `url`."""

    def __init__(self, url: str, topic: str, name: str = "") -> None:
        super().__init__()
        self._topic = topic
        self._client = paho.Client(CallbackAPIVersion.VERSION2, name, protocol=paho.MQTTv5)
        self._client.max_inflight_messages_set(1000)
        address = urlsplit(url)
        if address.username:
            self._client.username_pw_set(address.username, address.password)
        self._client.connect(address.hostname or "127.0.0.1", address.port or 1883)
        self._client.loop_start()

    def _publish(self, message: Outgoing) -> paho.MQTTMessageInfo:
        properties = None
        if message.attributes:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.UserProperty = list(message.attributes.items())
        return self._client.publish(self._topic, message.body, qos=1, properties=properties)

    def _kept(self, promise: paho.MQTTMessageInfo) -> bool:
        promise.wait_for_publish(ACKNOWLEDGED_WITHIN)
        return promise.is_published()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class KafkaPublisher(Publisher):
    """acks=all, and idempotent: a batch that the client itself repeats is stored once."""

    def __init__(self, bootstrap: str, topic: str, linger_ms: int = 0) -> None:
        super().__init__()
        self._topic = topic
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap.split(","), acks="all", enable_idempotence=True, linger_ms=linger_ms
        )
        self._producer.partitions_for(topic)  # asks for the metadata now, not in the first message's time

    def _publish(self, message: Outgoing) -> Any:
        headers = [
            (f"ce_{name}", value if isinstance(value, bytes) else value.encode())
            for name, value in message.attributes.items()
        ]
        return self._producer.send(self._topic, message.body, headers=headers)

    def _kept(self, promise: Any) -> bool:
        try:
            promise.get(timeout=ACKNOWLEDGED_WITHIN)
        except KafkaError:
            return False
        return True

    def close(self) -> None:
        self._producer.close()
