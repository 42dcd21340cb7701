"""One event as each channel delivers it, structured or binary, in the channel's own objects."""

from collections.abc import Mapping
from typing import Any

import orjson
import paho.mqtt.client as paho
from django.test import RequestFactory
from kafka.consumer.fetcher import ConsumerRecord
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest import api, kafka, mqtt
from ingest.message import Message

STRUCTURED = "application/cloudevents+json"
Event = dict[str, Any]


def attributes_of(event: Event) -> dict[str, str]:
    return {name: str(value) for name, value in event.items() if name != "data"}


def over_http(body: bytes, headers: dict[str, str]) -> Message:
    """The message of an HTTP request; `headers` may name the content type in any case."""
    others = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    content_type = next((v for k, v in headers.items() if k.lower() == "content-type"), "application/json")
    return api._message(RequestFactory().post("/api/events", body, content_type, headers=others))


def over_kafka(body: bytes | None, headers: Mapping[str, str | bytes]) -> Message:
    pairs = [(name, value if isinstance(value, bytes) else value.encode()) for name, value in headers.items()]
    size = len(body or b"")
    return kafka.message_of(
        ConsumerRecord("topic", 2, 0, 77, 1_700_000_000_000, 0, None, body, pairs, None, 0, size, 0)
    )


def over_mqtt(
    body: bytes, pairs: dict[str, str] | None = None, content_type: str = "", *, dup: bool = False, mid: int = 5
) -> Message:
    message = paho.MQTTMessage(mid, b"test/events/x")
    message.payload, message.qos, message.dup = body, 1, dup
    message.properties = Properties(PacketTypes.PUBLISH)
    if pairs:
        message.properties.UserProperty = list(pairs.items())
    if content_type:
        message.properties.ContentType = content_type
    return mqtt.message_of(message, 1)


def structured(channel: str, event: Event) -> Message:
    body = orjson.dumps(event)
    if channel == "http":
        return over_http(body, {"Content-Type": STRUCTURED})
    return over_kafka(body, {"content-type": STRUCTURED}) if channel == "kafka" else over_mqtt(body, {}, STRUCTURED)


def binary(channel: str, event: Event) -> Message:
    body, attributes = orjson.dumps(event["data"]), attributes_of(event)
    if channel == "http":
        return over_http(body, {f"ce-{name}": value for name, value in attributes.items()})
    if channel == "kafka":
        headers = {f"ce_{name}": value for name, value in attributes.items()}
        return over_kafka(body, headers | {"content-type": "application/json"})
    return over_mqtt(body, attributes, "application/json")


CHANNELS = ("http", "kafka", "mqtt")
MODES = {"structured": structured, "binary": binary}
