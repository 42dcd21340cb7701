"""A message as a channel delivered it, before anybody has looked inside."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where a Kafka message stands."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Message:
    """Raw bytes with what the channel says of them. `headers`: lower-case names; CloudEvents attributes without prefix
    under `attributes`, present in binary mode only."""

    channel: str  # mqtt, kafka or http
    body: bytes
    received_at: datetime
    topic: str = ""
    content_type: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    position: Position | None = None  # Kafka
    delivery: str | None = None  # MQTT: slot, packet id and digest, to know a second delivery of undecodable bytes
    redelivered: bool = False
    letter_id: int | None = None  # set when a dead letter is sent through again
