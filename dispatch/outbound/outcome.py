"""What became of an attempt, and what every kind of channel can do."""

from dataclasses import dataclass
from typing import Protocol

from dispatch.models import Channel, Delivery


@dataclass(frozen=True)
class Outcome:
    delivered: bool
    code: int | None = None
    error: str = ""


class Sender(Protocol):
    """One channel's way out. `send` gives an outcome for each delivery and raises nothing that a receiver causes."""

    MOST: int  # deliveries in one transaction

    def send(self, channel: Channel, deliveries: list[Delivery]) -> list[Outcome]: ...

    def close(self) -> None: ...
