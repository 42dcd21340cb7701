"""Fixtures: the real brokers, under names of their own."""

import queue
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
import paho.mqtt.client as paho
import pytest
from django.conf import settings
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.structs import TopicPartition
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest import kafka, mqtt

SECONDS = 10.0


@pytest.fixture
def own_channels(monkeypatch: pytest.MonkeyPatch) -> str:
    """Topics that nobody else reads; their prefix."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(settings, "CHANNEL_PREFIX", prefix)
    return prefix


@pytest.fixture
def mqtt_client() -> Iterator[paho.Client]:
    client = mqtt.new_client(f"test-{uuid.uuid4().hex[:12]}")
    mqtt.connect(client)
    yield client
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def listen(own_channels: str, mqtt_client: paho.Client) -> Callable[[str], Callable[[], paho.MQTTMessage]]:
    """Subscribe to a topic; the answer gives the next message that comes, and fails if none does."""

    def to(topic: str) -> Callable[[], paho.MQTTMessage]:
        came: queue.Queue[paho.MQTTMessage] = queue.Queue()
        subscribed: queue.Queue[int] = queue.Queue()
        mqtt_client.message_callback_add(topic, lambda client, userdata, message: came.put(message))
        mqtt_client.on_subscribe = lambda client, userdata, mid, *more: subscribed.put(mid)
        mqtt_client.subscribe(topic, qos=1)
        subscribed.get(timeout=SECONDS)
        return lambda: came.get(timeout=SECONDS)

    return to


@pytest.fixture
def publish(own_channels: str, mqtt_client: paho.Client) -> Callable[..., None]:
    """Publish with QoS 1; attributes become MQTT 5 user properties."""

    def send(topic: str, body: Any, attributes: dict[str, str] | None = None) -> None:
        properties = Properties(PacketTypes.PUBLISH)
        if attributes:
            properties.UserProperty = list(attributes.items())
        mqtt_client.publish(topic, orjson.dumps(body), qos=1, properties=properties).wait_for_publish(SECONDS)

    return send


@pytest.fixture
def kafka_topic(own_channels: str) -> Iterator[str]:
    """The city's topic, under a name of its own."""
    kafka.ensure_topic()
    yield kafka.topic()
    admin = KafkaAdminClient(bootstrap_servers=bootstrap())
    admin.delete_topics([kafka.topic()])
    admin.close()


@pytest.fixture
def produce(kafka_topic: str) -> Callable[[Sequence[tuple[Any, dict[str, str]]]], None]:
    """Send (body, headers) pairs with a plain producer."""

    def send(pairs: Sequence[tuple[Any, dict[str, str]]]) -> None:
        producer = KafkaProducer(bootstrap_servers=bootstrap())
        for body, headers in pairs:
            producer.send(kafka_topic, orjson.dumps(body), headers=[(n, v.encode()) for n, v in headers.items()])
        producer.close()

    return send


@pytest.fixture
def records(kafka_topic: str) -> Callable[[int], list[Any]]:
    """The first so many records of the topic; fewer if they do not come in time."""

    def read(count: int) -> list[Any]:
        reader = KafkaConsumer(bootstrap_servers=bootstrap(), auto_offset_reset="earliest", enable_auto_commit=False)
        reader.assign([TopicPartition(kafka_topic, number) for number in range(kafka.PARTITIONS)])
        found: list[Any] = []
        until = time.monotonic() + SECONDS
        while len(found) < count and time.monotonic() < until:
            found += [record for part in reader.poll(timeout_ms=200).values() for record in part]
        reader.close()
        return found

    return read


def bootstrap() -> list[str]:
    return str(settings.KAFKA_BOOTSTRAP).split(",")
