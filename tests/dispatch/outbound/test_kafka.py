"""A department's own system that reads Kafka with a plain client."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer
from kafka.structs import TopicPartition

from dispatch.outbound import kafka
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
    reader = KafkaConsumer(bootstrap_servers=bootstrap(), auto_offset_reset="earliest", enable_auto_commit=False)
    reader.assign([TopicPartition(tasks, number) for number in range(kafka.PARTITIONS)])
    found: list[Any] = []

    def read() -> bool:
        found.extend(record for part in reader.poll(timeout_ms=200).values() for record in part)
        return len(found) >= 10

    wait_for(read, "ten tasks")
    reader.close()
    told = defaultdict(list)
    for record in found:
        event = json.loads(record.value)
        assert record.key == str(event["data"]["case"]).encode()
        told[event["subject"]].append(event["data"]["status"])
    assert dict(told) == {case.number: ["dispatched", "accepted"] for case in cases}
