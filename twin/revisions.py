"""Settings that every process keeps in memory, and how none of them is ever stale.

Zones, rules, the catalogue, devices, the clock: each is a *topic* with a number that a change raises in its own
transaction. A batch reads all numbers (one short statement in its own transaction) and reloads what has moved.
So a change holds in every worker from the first batch after its commit: nothing to restart, no message to miss.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from django.db import connection

from twin.models import Revision
from twin.problems import Problem

Revisions = Mapping[str, int]


class NotReady(Exception):
    """The city lacks something that it cannot work without; the sentence says what. Work waits, nothing is refused."""


def read() -> Revisions:
    """The number of every topic; one statement."""
    return dict(Revision.objects.values_list("topic", "number"))


def bump(topic: str) -> None:
    """Say, inside the transaction of a change, that a topic has changed. The row lock is held until commit.

    The number comes from a sequence, so that it is new even after a rollback: a process may have loaded, and kept,
    what a transaction saw that never came to be.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO twin_revision (topic, number) VALUES (%s, nextval('twin_revision_number'))"
            " ON CONFLICT (topic) DO UPDATE SET number = excluded.number",
            [topic],
        )


def claim(topic: str, number: int) -> None:
    """Lock a topic for a change that is based on its state `number`, inside the change's transaction.

    Raises Problem 409 if somebody else has changed it since.
    """
    found = Revision.objects.select_for_update().filter(topic=topic).first()
    if (found.number if found else 0) != number:
        raise Problem(
            409,
            f"Somebody else has changed the {topic} since you read them; read them again and repeat your change.",
            detail_zh="在你读取之后已有他人修改；请重新读取后再改。",
            revision=found.number if found else 0,
        )


T = TypeVar("T")


class Cached(Generic[T]):
    """What a process knows of one topic, loaded again when its number has moved."""

    def __init__(self, topic: str, load: Callable[[], T]) -> None:
        self.topic = topic
        self._load = load
        self._lock = threading.Lock()
        self._held: tuple[int, T] | None = None

    def fresh(self, revisions: Revisions | None = None) -> T:
        """The value as of `revisions`; reads the numbers itself (one statement) when none are given."""
        number = (read() if revisions is None else revisions).get(self.topic, 0)
        held = self._held
        if held is not None and held[0] == number:
            return held[1]
        with self._lock:  # one loader at a time: the zones of a city are not small
            held = self._held
            if held is None or held[0] != number:
                self._held = held = (number, self._load())
            return held[1]

    def known(self) -> T | None:
        """The value as last loaded, without asking."""
        held = self._held
        return held[1] if held else None

    def forget(self) -> None:
        """Drop the value: for a process whose database was replaced under it."""
        self._held = None
