"""Messages captured from the real brokers are as docs/asyncapi.yaml says, and the city takes them."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from django.conf import settings
from django.test import Client

from dispatch.intake import Opened, Parked
from ingest import kafka, mqtt, positions
from ingest.message import Message
from ingest.pipeline import process
from simulations.traffic.senders import Senders
from simulations.traffic.stories import Places, Stories, source_of, type_of
from tests.docs.asyncapi import DOCUMENT, SCHEMAS, examples, validator

EVENTS = {
    SCHEMAS[name]["allOf"][1]["properties"]["type"]["const"]: name
    for name in ("SensorAlarmEvent", "HotlineOrderEvent", "GridReportEvent")
}
Pair = tuple[Any, dict[str, str]]


def sent_examples(binary: str) -> list[Pair]:
    """All examples of reports as (body, attributes): the structured ones, and those of one binary message."""
    reports = ("sensorAlarm", "hotlineOrder", "gridReport", binary)
    return [(_of_today(e["payload"]), _of_today(e.get("headers", {}))) for name, e in examples() if name in reports]


def _of_today(attributes: dict[str, Any]) -> dict[str, Any]:
    """The examples are of one day, and the city takes nothing that is older than a week."""
    now = datetime.now(UTC).isoformat()
    return attributes | {name: now for name in ("time", "ce_time") if name in attributes}


def check(messages: Sequence[Message], group: str = "") -> None:
    """Each is valid by the schema of its type, each type is among them, and each is taken."""
    seen = set()
    for message in messages:
        body = orjson.loads(message.body)
        whole = message.attributes | {"data": body} if message.attributes else body
        validator(EVENTS[whole["type"]]).validate(whole)
        seen.add(EVENTS[whole["type"]])
    assert seen == set(EVENTS.values())
    outcomes = [result.outcome for result in process(messages, group)]
    assert [outcome for outcome in outcomes if not isinstance(outcome, Opened | Parked)] == []


@pytest.mark.usefixtures("city")
def test_reports_over_mqtt(listen: Callable[..., Any], publish: Callable[..., None]) -> None:
    following = listen(mqtt.topics())
    sent = sent_examples("mqttBinary")
    for body, attributes in sent:
        publish(mqtt.topics().replace("#", "docs/one"), body, attributes)
    captured = [mqtt.message_of(following(), slot=1) for _ in sent]
    for message in captured:
        if message.attributes:
            validator("MqttAttributes").validate(message.attributes)
    assert sum(bool(m.attributes) for m in captured) == sum(bool(attributes) for _, attributes in sent)
    check(captured)


@pytest.mark.usefixtures("city")
def test_reports_over_kafka(produce: Callable[..., None], records: Callable[[int], list[Any]]) -> None:
    sent = sent_examples("kafkaBinary")
    produce(sent)
    found = records(len(sent))
    for record in found:
        if record.headers:
            validator("KafkaAttributes").validate({name: value.decode() for name, value in record.headers})
    captured = [kafka.message_of(record) for record in found]
    assert sum(bool(m.attributes) for m in captured) == sum(bool(headers) for _, headers in sent)
    positions.stand(kafka.group(), {(record.topic, record.partition) for record in found})
    check(captured, kafka.group())


@pytest.mark.usefixtures("city")
def test_demo_traffic(
    listen: Callable[..., Any], records: Callable[[int], list[Any]], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the demo city's devices, hotline and grid workers send, captured on each of the three ways in."""
    posted: list[bytes] = []

    def post(request: httpx.Request) -> httpx.Response:
        posted.append(request.content)
        headers = {name: request.headers[name] for name in ("authorization", "content-type")}
        answer = client.post(request.url.path, request.content, headers["content-type"], headers=headers)
        assert answer.status_code in (201, 202, 422), answer.content  # a few stories are broken on purpose
        return httpx.Response(answer.status_code)

    following = listen(mqtt.topics())
    stories, sent = Stories(Places(), seed=7), Counter[str]()
    with Senders("http://city.example") as senders:
        monkeypatch.setattr(senders, "_http", httpx.Client(base_url="http://c", transport=httpx.MockTransport(post)))
        while min(sent[channel] for channel in source_of) < 5:
            channel, event = stories.next()
            assert senders.send(channel, event)
            sent[channel] += 1
    bodies = [following().payload for _ in range(sent["sensor"])]
    bodies += [record.value for record in records(sent["hotline"])]
    events = [orjson.loads(body) for body in bodies + posted]
    assert Counter(event["type"] for event in events) == {type_of[channel]: n for channel, n in sent.items()}
    for event in events:
        validator(EVENTS[event["type"]]).validate(event)


@pytest.mark.usefixtures("city")
def test_a_receipt_of_each_outcome(
    listen: Callable[..., Any], publish: Callable[..., None], make_event: Callable[..., dict[str, Any]]
) -> None:
    following, answer = listen(mqtt.topics()), listen(mqtt.receipts("docs"))
    good, unplaced, outside = make_event(), make_event(place=None), make_event(place=(0, 0))
    for event in (good, unplaced, outside, good):
        publish(mqtt.topics().replace("#", "docs"), event | {"receipt": "docs"})
    for result in process([mqtt.message_of(following(), slot=1) for _ in range(4)]):
        publish(mqtt.receipts(result.receipt), orjson.loads(mqtt.receipt(result)))
    receipts = [orjson.loads(answer().payload) for _ in range(4)]
    for receipt in receipts:
        validator("Receipt", closed=True).validate(receipt)
    assert {receipt["outcome"] for receipt in receipts} == set(SCHEMAS["Receipt"]["properties"]["outcome"]["enum"])


def test_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CHANNEL_PREFIX", "yiwang")
    address = {name: channel["address"] for name, channel in DOCUMENT["channels"].items()}
    assert address["mqttEvents"].replace("{path}", "#") == mqtt.topics()
    assert address["mqttReceipts"] == mqtt.receipts("{name}")
    assert address["kafkaEvents"] == kafka.topic()
    group = DOCUMENT["operations"]["takeReportOverKafka"]["bindings"]["kafka"]["groupId"]
    assert group["const"] == kafka.group()
