"""Tasks on a Kafka topic, keyed by case: a case's messages are in one partition, hence in order."""

import contextlib

from django.conf import settings
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError, TopicAlreadyExistsError

from dispatch.models import Channel, Delivery
from dispatch.outbound.outcome import Outcome

PARTITIONS = 4
SECONDS = 15.0  # until a broker that does not acknowledge counts as away
FIRST_SECONDS = 5.0  # until one that does not answer at all does; deliveries stay locked meanwhile


def topic(channel: Channel) -> str:
    return f"{settings.CHANNEL_PREFIX}.{channel.topic}"


def ensure_topic(name: str) -> None:
    """Make the topic unless it is there."""
    admin = KafkaAdminClient(
        bootstrap_servers=_servers(), client_id="yiwang-setup", bootstrap_timeout_ms=int(FIRST_SECONDS * 1000)
    )
    try:
        with contextlib.suppress(TopicAlreadyExistsError):
            options = {"num_partitions": PARTITIONS, "replication_factor": settings.KAFKA_REPLICAS}
            admin.create_topics({name: options}, wait_for_metadata=True)
    finally:
        admin.close()


class Kafka:
    """A producer, made when it is first needed and again after a failure."""

    MOST = 200

    def __init__(self, channel: Channel) -> None:
        self._producer: KafkaProducer | None = None
        self._topic = ""

    def send(self, channel: Channel, deliveries: list[Delivery]) -> list[Outcome]:
        if not settings.KAFKA_BOOTSTRAP:
            return [Outcome(False, None, "this city has no Kafka (YIWANG_KAFKA_BOOTSTRAP)")] * len(deliveries)
        try:
            producer = self._ready(topic(channel))
            sent = [
                producer.send(
                    self._topic,
                    key=str(delivery.case_id).encode(),
                    value=delivery.body.encode(),
                    headers=[("content-type", b"application/cloudevents+json; charset=utf-8")],
                )
                for delivery in deliveries
            ]
            producer.flush(SECONDS)
        except KafkaError as error:
            self.close()
            return [Outcome(False, None, f"{type(error).__name__}: {error}"[:300])] * len(deliveries)
        outcomes = []
        for future in sent:
            try:
                future.get(SECONDS)
                outcomes.append(Outcome(True))
            except KafkaError as error:
                outcomes.append(Outcome(False, None, f"{type(error).__name__}: {error}"[:300]))
        return outcomes

    def _ready(self, name: str) -> KafkaProducer:
        if self._producer is None or self._topic != name:
            self.close()
            ensure_topic(name)
            self._producer = KafkaProducer(
                bootstrap_servers=_servers(),
                client_id=f"{settings.CHANNEL_PREFIX}-tasks",
                acks="all",
                max_in_flight_requests_per_connection=1,  # or a retry could overtake what came before it
                request_timeout_ms=int(SECONDS * 1000),
                delivery_timeout_ms=int(SECONDS * 2000),
                max_block_ms=int(SECONDS * 1000),
                bootstrap_timeout_ms=int(FIRST_SECONDS * 1000),
            )
            self._topic = name
        return self._producer

    def close(self) -> None:
        if self._producer is not None:
            self._producer.close(timeout=2)
            self._producer = None


def _servers() -> list[str]:
    return str(settings.KAFKA_BOOTSTRAP).split(",")
