"""Keyframes under two clock processes, and when old partitions of the journal are dropped."""

import threading

import pytest
from django.db import connection, transaction

from tests.threads import at_once
from tests.twin.history.stories import EVERYTHING, Story, as_of, follow
from tests.twin.journals import HERE, head
from twin.history import keyframes, moments
from twin.history.making import Maker, make_keyframes
from twin.journal import PARTITION_ROWS, make_partitions
from twin.problems import Problem


def things(story: Story, rows: int, kind: str = "lamp") -> None:
    for number in range(rows):
        story.tell((kind, number % 4, number % 3 > 0, HERE, (1,), "UMB", 1))


def numbers() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM twin_keyframe ORDER BY seq")
        return [seq for (seq,) in cursor.fetchall()]


def tallied() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(changes), 0) FROM twin_tally WHERE department = '*'")
        return int(cursor.fetchone()[0])


def test_two_clock_processes_make_each_keyframe_once(own_city: None) -> None:
    begin = head()
    things(Story(), 80)
    together = threading.Barrier(2)

    def tick() -> None:
        together.wait(20)
        make_keyframes()

    with at_once() as start:
        for running in [start(tick), start(tick)]:
            running.result(60)
    make_keyframes()  # whoever found the other at work left the rest for the next turn
    assert numbers() == list(range(keyframes.EVERY, head() + 1, keyframes.EVERY))
    assert tallied() == numbers()[-1], "every change is counted once"
    assert as_of(head()) == follow({}, EVERYTHING, begin + 1, head())


def test_a_process_that_finds_another_at_work_leaves_it_to_that_one(own_city: None) -> None:
    make_keyframes()
    things(Story(), 20, "bench")
    before = numbers()
    with at_once() as start, transaction.atomic():
        assert Maker().make_next() is not None
        assert start(Maker().make_next).result(20) is None
        transaction.set_rollback(True)
    assert numbers() == before, "nor is anything left of one that was not committed"


@pytest.fixture
def long_past(db: None) -> tuple[Story, int]:
    """A history that goes on over the end of a partition, and the first number of the next one."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE twin_journal, twin_feature")
        make_partitions(ahead=2)
        # Nothing stood on the map when the last rows of the partition began.
        cursor.execute("UPDATE twin_head SET seq = %s", [PARTITION_ROWS - 20])
        cursor.execute(
            "CREATE TABLE twin_keyframe_0 PARTITION OF twin_keyframe FOR VALUES FROM (0) TO (%s)", [PARTITION_ROWS]
        )
        cursor.execute("INSERT INTO twin_keyframe VALUES (%s, now(), '{}')", [PARTITION_ROWS - 20])
    story = Story()
    for number in range(3):
        story.tell(("bench", number, True, HERE, (1,), "UMB", 1))  # these stand there ever after
    things(story, 60)
    make_keyframes()
    return story, PARTITION_ROWS


def drop_first_partition() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE twin_journal_0, twin_keyframe_0, twin_keyframe_part_0")


def test_old_partitions_can_be_dropped_once_a_keyframe_follows(long_past: tuple[Story, int]) -> None:
    _, begin = long_past
    before = {seq: as_of(seq) for seq in range(begin, head() + 1)}
    drop_first_partition()
    assert {seq: as_of(seq) for seq in before} == before
    assert {("bench", "0"), ("bench", "1"), ("bench", "2")} <= before[head()].keys()
    reach = moments.reach()
    assert reach.first.seq == begin
    assert follow(as_of(begin), EVERYTHING, begin + 1, head()) == as_of(head())


def test_what_was_dropped_is_said_to_be_gone(long_past: tuple[Story, int]) -> None:
    story, begin = long_past
    drop_first_partition()
    with pytest.raises(Problem, match="history begins at") as refused:
        as_of(begin - 1)
    assert refused.value.status == 410
    things(story, 12)
    make_keyframes()
    assert numbers()[-1] > head() - keyframes.EVERY, "keyframes go on"
