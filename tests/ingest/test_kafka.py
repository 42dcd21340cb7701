"""Kafka, over the real broker: what is produced becomes a committed case, and the position is the database's."""

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import orjson
import pytest
from kafka import KafkaAdminClient, KafkaProducer

from dispatch.models import Report
from ingest import kafka
from ingest.models import DeadLetter, KafkaPosition
from tests.brokers import bootstrap
from tests.ingest.conftest import Running
from tests.ingest.deliveries import attributes_of
from tests.threads import at_once, wait_for

pytestmark = pytest.mark.usefixtures("own_city", "kafka_topic")
Make = Callable[..., Any]


def taken(*events: dict[str, Any]) -> bool:
    ids = [event["id"] for event in events]
    return Report.objects.filter(message_id__in=ids).count() == len(ids)


def read_on() -> int:
    """How many messages of the topic have been read, in the words of the database."""
    return sum(KafkaPosition.objects.filter(topic=kafka.topic()).values_list("next_offset", flat=True))


def test_what_is_produced_becomes_cases_and_the_position_moves_with_them(
    make_event: Make, produce: Make, running: Running
) -> None:
    plain, in_headers = make_event(), make_event()
    headers = {f"ce_{name}": value for name, value in attributes_of(in_headers).items()}
    produce([(plain, {}), (in_headers["data"], headers), ("no event", {})])
    with running(kafka.run):
        wait_for(lambda: read_on() == 3, "all three are read")
        assert taken(plain, in_headers), "the position moves in the transaction of the cases"
    assert Report.objects.get(message_id=plain["id"]).state == "case"
    letter = DeadLetter.objects.get(topic=kafka.topic())
    assert (letter.channel, letter.reason_code) == ("kafka", "not_cloudevent")


def test_a_worker_goes_on_where_the_database_stands(make_event: Make, produce: Make, running: Running) -> None:
    before, after = make_event(), make_event()
    produce([(before, {}), ("no event", {})])
    with running(kafka.run):
        wait_for(lambda: read_on() == 2, "both are read")
    produce([(after, {})])
    with running(kafka.run):
        wait_for(lambda: taken(after), "the new one is taken")
    assert read_on() == 3
    assert DeadLetter.objects.filter(topic=kafka.topic()).count() == 1, "nothing is read again"


def test_a_worker_that_was_overtaken_looks_where_the_database_stands(make_event: Make, running: Running) -> None:
    """Another worker had its partition meanwhile and committed what this one was about to take."""
    first, others, last = make_event(), make_event(), make_event()
    producer = KafkaProducer(bootstrap_servers=bootstrap())

    def send(event: dict[str, Any]) -> None:
        producer.send(kafka.topic(), orjson.dumps(event), partition=0).get(20)

    send(first)
    with running(kafka.run):
        wait_for(lambda: taken(first), "the first is taken")
        KafkaPosition.objects.filter(topic=kafka.topic(), partition=0).update(next_offset=2)
        send(others)
        send(last)
        wait_for(lambda: taken(last), "it reads on behind what the other has taken")
    producer.close()
    assert not taken(others)
    assert read_on() == 3


def test_a_topic_that_was_made_anew_is_read_from_its_beginning(
    make_event: Make, produce: Make, running: Running
) -> None:
    """Positions of the old topic would hide the first messages of the new one."""
    before, after = [make_event() for _ in range(3)], make_event()
    produce([(event, {}) for event in before])
    with running(kafka.run):
        wait_for(lambda: taken(*before), "all of the old topic is taken")
    delete_topic()
    kafka.ensure_topic()
    produce([(after, {})])
    with running(kafka.run):
        wait_for(lambda: taken(after), "the new topic's first message is taken")


def test_a_topic_that_grows_is_read_on_though_a_worker_is_busy_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The leader of the group begins to share it out anew, and takes in a batch while the other answers."""
    monkeypatch.setattr(kafka, "JOIN", 300)
    kafka.ensure_topic()
    held, seen = {"leader": 0, "other": 0}, dict[str, int]()
    goes = {name: threading.Event() for name in held}
    stop = threading.Event()

    def read(name: str) -> None:
        with closing(kafka.consumer("")) as reader:
            reader.subscribe([kafka.topic()])
            while goes[name].wait() and not stop.is_set():
                reader.poll(timeout_ms=kafka.POLL)
                held[name] = len(reader.assignment())
                seen[name] = len(reader.partitions_for_topic(kafka.topic()) or ())
                if name == "leader" and seen[name] > kafka.PARTITIONS and not seen.get("began"):
                    goes[name].clear()
                    seen["began"] = True

    with at_once(2) as start:
        try:
            for name in held:
                goes[name].set()
                start(read, name)
                wait_for(lambda name=name: held[name], f"the {name} has a share")  # type: ignore[misc]
            wait_for(lambda: held == {"leader": 2, "other": 2}, "both have the same")
            goes["other"].clear()
            with closing(KafkaAdminClient(bootstrap_servers=bootstrap())) as admin:
                admin.create_partitions({kafka.topic(): kafka.PARTITIONS * 2})
            wait_for(lambda: seen.get("began"), "the leader has begun")
            goes["other"].set()
            wait_for(lambda: held["other"] == kafka.PARTITIONS, "the other has answered")
            goes["leader"].set()
            wait_for(lambda: held == dict.fromkeys(held, kafka.PARTITIONS), "each partition has a reader again")
        finally:
            stop.set()
            for event in goes.values():
                event.set()


def delete_topic() -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap())
    admin.delete_topics([kafka.topic()])
    wait_for(lambda: kafka.topic() not in admin.list_topics(), "the topic is gone")
    admin.close()


def test_the_topic_can_be_made_twice() -> None:
    assert kafka.ensure_topic() == kafka.ensure_topic()
