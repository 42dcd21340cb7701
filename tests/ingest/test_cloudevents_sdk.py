"""What the official CloudEvents SDK sends is what is read, over HTTP and Kafka, structured and binary."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings import http, kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from dispatch.refusals import Refusal
from ingest.decode import envelope
from ingest.message import Message
from tests.ingest.deliveries import over_http, over_kafka

ATTRIBUTES = {
    "id": "A-1 %41/é",
    "source": "urn:yiwang:demo:hotline",
    "type": "cn.yiwang.hotline.order.v1",
    "time": datetime(2026, 5, 4, 8, 0, 0, 250_000, tzinfo=UTC),
    "subject": "井盖 №5",
    "exercise": "防汛-2026",
    "receipt": "dev-1",
    "datacontenttype": "application/json",
}
DATA = {"category": "E-01-10", "description": "路边“垃圾”"}


def through_http(write: Callable[..., Any], event: CloudEvent) -> Message:
    sent = write(event, JSONFormat())
    return over_http(sent.body, sent.headers)


def through_kafka(write: Callable[..., Any], event: CloudEvent) -> Message:
    sent = write(event, JSONFormat())
    return over_kafka(sent.value, sent.headers)


WAYS: dict[str, tuple[Callable[..., Message], Callable[..., Any]]] = {
    "HTTP structured": (through_http, http.to_structured),
    "HTTP binary": (through_http, http.to_binary),
    "Kafka structured": (through_kafka, kafka.to_structured),
    "Kafka binary": (through_kafka, kafka.to_binary),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_event_of_the_sdk_arrives_as_it_was_sent(way: str) -> None:
    through, write = WAYS[way]
    event = envelope(through(write, CloudEvent(attributes=dict(ATTRIBUTES), data=DATA)))
    assert not isinstance(event, Refusal), event
    for name in ("id", "source", "type", "time", "subject", "exercise", "receipt"):
        assert getattr(event, name) == ATTRIBUTES[name], name
    assert orjson.loads(bytes(event.data)) == DATA


def test_the_sdk_reads_what_our_examples_send(make_event: Callable[..., Any]) -> None:
    """The events of these tests are CloudEvents to others too."""
    sent = make_event()
    message = http.HTTPMessage({"content-type": "application/cloudevents+json"}, orjson.dumps(sent))
    read = http.from_structured(message, JSONFormat())
    assert (read.get_id(), read.get_source(), read.get_data()) == (sent["id"], sent["source"], sent["data"])
