"""Kafka: a consumer group whose positions live in PostgreSQL.

Offsets are never committed to Kafka. When partitions are assigned, reading starts where the database stands; when a
batch commits, the position moves in the same transaction. A worker that lost its partitions without noticing is
fenced by that statement, so that a rebalance at any moment neither loses nor repeats a message.
"""

import contextlib
import logging
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import TopicAlreadyExistsError
from kafka.structs import TopicPartition

from ingest import positions
from ingest.message import Message, Position
from ingest.positions import Fenced
from ingest.worker import Stopped, take_in

log = logging.getLogger(__name__)

MOST_AT_ONCE = 2_000  # messages in a batch
PARTITIONS = 4
POLL = 200  # milliseconds to wait for a first message
JOIN = 5_000  # milliseconds to wait for the group's other members; a worker that is to stop waits as long
SESSION = 10_000  # milliseconds until a killed worker's partitions go to another


def topic() -> str:
    return f"{settings.CHANNEL_PREFIX}.events"


def group() -> str:
    return f"{settings.CHANNEL_PREFIX}-ingest"


class _Seek(ConsumerRebalanceListener):
    """Puts the reader where the database stands, whenever partitions come."""

    def __init__(self, consumer: KafkaConsumer, life: str) -> None:
        self.consumer = consumer
        self.life = life

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Nothing to hand over: what was read but not committed is simply read again by the next owner."""

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        seek(self.consumer, self.life, assigned)


def seek(consumer: KafkaConsumer, life: str, partitions: Iterable[TopicPartition]) -> None:
    stands = positions.stand(life, [(p.topic, p.partition) for p in partitions])
    for (name, partition), offset in stands.items():
        consumer.seek(TopicPartition(name, partition), offset)


def consumer(worker: str) -> KafkaConsumer:
    """A member of the group. `worker` names a static member: one that comes back in time gets its partitions again."""
    made = KafkaConsumer(
        bootstrap_servers=settings.KAFKA_BOOTSTRAP.split(","),
        group_id=group(),
        group_instance_id=worker or None,
        client_id=worker or "yiwang-ingest",
        enable_auto_commit=False,
        # A position below the log's start (retention ate it) must not jump to the end: read what is left.
        auto_offset_reset="earliest",
        partition_assignment_strategy=[CooperativeStickyAssignor],
        # The group's leader shares out the partitions that it knows of: a topic that is made, or grows, while it
        # runs must not wait five minutes, the default, to be seen.
        metadata_max_age_ms=5_000,
        session_timeout_ms=SESSION,
        heartbeat_interval_ms=SESSION // 3,
        max_poll_records=MOST_AT_ONCE,
        # The broker gathers for 12 ms, or until there is much: a transaction costs the same for one and for many.
        fetch_min_bytes=64 << 10,
        fetch_max_wait_ms=12,
        max_partition_fetch_bytes=4 << 20,
        fetch_max_bytes=16 << 20,
    )
    _finish_what_was_begun(made)
    return made


def _finish_what_was_begun(reader: KafkaConsumer) -> None:
    """Let a poll wait until the group is joined, and let the next one go on with a join that took longer.

    kafka-python 3.0.12 gives up waiting with the poll, and asks anew at the next one whether the group must be joined.
    A leader that joins because the topic has changed then hears no, as it has shared out the partitions meanwhile, and
    never takes note of its own: without partitions, heartbeat and a pause between polls, for ever.
    """
    coordinator = reader._coordinator
    needed, join = coordinator.need_rejoin, coordinator.ensure_active_group
    coordinator.need_rejoin = lambda: coordinator.rejoining or needed()
    coordinator.ensure_active_group = lambda timeout_ms=None: join(timeout_ms=max(timeout_ms or 0, JOIN))


def ensure_topic() -> str:
    """Make the city's topic unless it is there; gives its id. Partitions bound how many workers can share it.

    Offsets mean something only within one life of a topic: where it was made anew, or the city moved to another
    broker, the id is another, and positions begin at the first message again.
    """
    admin = KafkaAdminClient(bootstrap_servers=settings.KAFKA_BOOTSTRAP.split(","), client_id="yiwang-setup")
    try:
        with contextlib.suppress(TopicAlreadyExistsError):
            options = {"num_partitions": PARTITIONS, "replication_factor": settings.KAFKA_REPLICAS}
            admin.create_topics({topic(): options}, wait_for_metadata=True)
        (described,) = admin.describe_topics([topic()])
        return str(described["topic_id"])
    finally:
        admin.close()


def run(stop: threading.Event, worker: str = "") -> None:
    """Read until `stop`. One batch at a time: while the database is slow nothing more is read."""
    topic_id = ensure_topic()
    life = f"{group()} {topic_id}"  # whose positions these are
    reader = consumer(worker)
    reader.subscribe([topic()], listener=_Seek(reader, life))
    log.info("reading %s from Kafka", topic())
    try:
        while not stop.is_set():
            records = reader.poll(timeout_ms=POLL)
            messages = [message_of(record) for partition in records.values() for record in partition]
            if not messages:
                continue
            try:
                take_in(messages, stop, life)
            except Fenced as fenced:
                log.info("%s; looking where it stands", fenced)
                if ensure_topic() != topic_id:
                    return  # the topic was made anew: begin again with it
                seek(reader, life, reader.assignment())
    except Stopped:
        pass
    finally:
        reader.close()


def message_of(record: Any) -> Message:
    """A record as a message. Without headers it is taken for structured JSON, as a plain producer sends it."""
    headers = {name.lower(): (value or b"").decode("utf-8", "replace") for name, value in record.headers or ()}
    content_type = headers.get("content-type", "")
    attributes = {}
    if not content_type.startswith("application/cloudevents"):
        attributes = {name[3:]: value for name, value in headers.items() if name.startswith("ce_")}
    return Message(
        channel="kafka",
        body=record.value or b"",
        received_at=datetime.now(UTC),
        topic=record.topic,
        content_type=content_type,
        attributes=attributes,
        position=Position(record.topic, record.partition, record.offset),
    )
