"""A department's own system that reads Kafka with a plain client."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from kafka import KafkaAdminClient, KafkaConsumer
from kafka.structs import TopicPartition

from dispatch.models import Delivery
from dispatch.outbound import kafka
from ops.servers import free_port
from tests.brokers import bootstrap
from tests.threads import wait_for
from twin.models import Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def tasks(own_channels: str) -> Iterator[str]:
    name = f"{own_channels}.tasks"
    kafka.ensure_topic(name)
    yield name
    admin = KafkaAdminClient(bootstrap_servers=bootstrap())
    admin.delete_topics([name])
    admin.close()


def test_a_plain_client_gets_the_tasks_of_each_case_in_order(
    tasks: str, channel: Make, open_case: Make, do: Make, sent: Make, make_person: Make
) -> None:
    worker = make_person(Role.DEPARTMENT, ["UMB.SAN"])
    out = channel("kafka")
    cases = [open_case() for _ in range(5)]
    for case in cases:
        do(case, "accept", worker)
    sent(out)
    assert read(tasks, 10) == {case.number: ["dispatched", "accepted"] for case in cases}


def test_while_kafka_is_away_tasks_wait_and_come_in_order_when_it_is_back(
    tasks: str,
    channel: Make,
    open_case: Make,
    do: Make,
    sent: Make,
    make_person: Make,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = make_person(Role.DEPARTMENT, ["UMB.SAN"])
    out, case = channel("kafka"), open_case()
    do(case, "accept", worker)
    with monkeypatch.context() as away:
        away.setattr(settings, "KAFKA_BOOTSTRAP", f"127.0.0.1:{free_port()}")
        away.setattr(kafka, "FIRST_SECONDS", 0.2)
        assert sent(out) == 1, "what follows in the same case is not even tried"
        client.force_login(make_person(Role.ADMINISTRATOR))
        later, first = client.get("/api/deliveries").json()["items"]
        assert (first["state"], first["attempts"], later["state"], later["attempts"]) == ("waiting", 1, "waiting", 0)
        assert "KafkaTimeoutError" in first["last_error"]
        assert timezone.now() < datetime.fromisoformat(first["next_at"]), "not tried again at once"
        do(case, "complete", worker, note="已清运")
        assert sent(out) == 0
    Delivery.objects.update(next_at=timezone.now())
    sent(out)
    assert read(tasks, 3) == {case.number: ["dispatched", "accepted", "handled"]}
    assert [one.attempts for one in Delivery.objects.order_by("seq")] == [2, 1, 1]


def read(topic: str, count: int) -> dict[str, list[str]]:
    """So many messages by a client that knows nothing of us: the statuses of each case, in their order."""
    reader = KafkaConsumer(bootstrap_servers=bootstrap(), auto_offset_reset="earliest", enable_auto_commit=False)
    reader.assign([TopicPartition(topic, number) for number in range(kafka.PARTITIONS)])
    found: list[Any] = []

    def enough() -> bool:
        found.extend(record for part in reader.poll(timeout_ms=200).values() for record in part)
        return len(found) >= count

    wait_for(enough, f"{count} tasks")
    reader.close()
    told: defaultdict[str, list[str]] = defaultdict(list)
    for record in found:
        event = json.loads(record.value)
        assert record.key == str(event["data"]["case"]).encode()
        told[event["subject"]].append(event["data"]["status"])
    return dict(told)
