"""Kafka positions live in the database: they move with what the messages became, and they fence off a late worker."""

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import intake
from dispatch.models import Report
from ingest import positions
from ingest.message import Message, Position
from ingest.models import DeadLetter
from ingest.pipeline import process
from ingest.positions import Fenced

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
GROUP = "test-ingest"


@pytest.fixture
def record(make_event: Make, message_of: Make) -> Callable[..., Message]:
    """A Kafka message at an offset."""

    def make(offset: int, partition: int = 0, body: Any = None) -> Message:
        message: Message = message_of(body or make_event(), channel="kafka", position=Position("t", partition, offset))
        return message

    return make


def stands(*partitions: int) -> list[int]:
    found = positions.stand(GROUP, [("t", partition) for partition in partitions])
    return [found["t", partition] for partition in partitions]


def test_a_partition_that_was_never_read_stands_at_its_beginning() -> None:
    assert stands(0, 3) == [0, 0]


def test_a_batch_moves_each_of_its_partitions_past_its_last_message(record: Callable[..., Message]) -> None:
    stands(0, 1, 2)
    process([record(0), record(0, partition=1), record(1), record(2)], GROUP)
    assert stands(0, 1, 2) == [3, 1, 0]


def test_what_was_refused_moves_the_position_too(record: Callable[..., Message]) -> None:
    stands(0)
    process([record(0, body=b"no json")], GROUP)
    assert (stands(0), DeadLetter.objects.count()) == ([1], 1)


def test_offsets_may_have_gaps(record: Callable[..., Message]) -> None:
    """Transactions and compaction of the broker leave some out."""
    stands(0)
    process([record(0), record(5)], GROUP)
    process([record(9)], GROUP)
    assert stands(0) == [10]


def test_groups_stand_on_their_own(record: Callable[..., Message]) -> None:
    stands(0)
    process([record(0)], GROUP)
    assert positions.stand("another", [("t", 0)]) == {("t", 0): 0}


def test_a_worker_that_comes_late_is_fenced_and_writes_nothing(record: Callable[..., Message]) -> None:
    """It read messages, lost its partition without noticing, and another has committed them meanwhile."""
    stands(0)
    process([record(0), record(1)], GROUP)
    before = Report.objects.count()
    with pytest.raises(Fenced, match="t/0"):
        process([record(1), record(2)], GROUP)
    assert (Report.objects.count(), stands(0)) == (before, [2])


def test_one_lost_partition_fences_the_whole_batch(record: Callable[..., Message]) -> None:
    stands(0, 1)
    process([record(0)], GROUP)
    with pytest.raises(Fenced):
        process([record(0, partition=1), record(0)], GROUP)
    assert (Report.objects.count(), stands(0, 1)) == (1, [1, 0])


def test_a_partition_that_was_never_assigned_is_fenced(record: Callable[..., Message]) -> None:
    with pytest.raises(Fenced):
        process([record(0, partition=7)], GROUP)


def test_halving_a_batch_moves_the_position_with_each_half(
    record: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    register = intake.register
    poisoned = record(2)

    def failing(said: Any, reports: Any, *more: Any) -> Any:
        if any(report.message_id in poisoned.body.decode() for report in reports):
            raise ZeroDivisionError
        return register(said, reports, *more)

    monkeypatch.setattr(intake, "register", failing)
    stands(0)
    process([record(0), record(1), poisoned, record(3)], GROUP)
    assert (stands(0), Report.objects.count(), DeadLetter.objects.count()) == ([4], 3, 1)
