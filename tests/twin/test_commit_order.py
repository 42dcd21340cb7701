"""A reader of the journal never skips a row because a slower transaction with a lower number commits later."""

import random
import threading
from concurrent.futures import Future
from typing import Any

import psycopg
from django.db import connection, transaction

from tests.databases import address
from tests.threads import at_once, somebody_waits_for_me, wait_for
from tests.twin.journals import AT, entry, head, written
from twin import journal


def write_one(name: str) -> None:
    with journal.writing() as said:
        said.say(entry(name))


def test_a_slow_writer_that_began_first_is_numbered_when_it_commits(own_city: None) -> None:
    before, begun, go_on = head(), threading.Event(), threading.Event()

    def slow() -> None:
        with journal.writing() as said:
            said.say(entry("slow"))
            begun.set()
            assert go_on.wait(20)

    with at_once() as start:
        waiting = start(slow)
        assert begun.wait(20)
        start(write_one, "quick").result(20)
        assert [name for _, name in written(before)] == ["quick"]
        go_on.set()
        waiting.result(20)
    assert [name for _, name in written(before)] == ["quick", "slow"]


def test_whoever_has_a_number_is_waited_for_by_the_next(own_city: None) -> None:
    """Number n + 1 cannot be seen before n: the second writer gets it only after the first has committed."""
    before = head()
    with at_once() as start:
        with transaction.atomic():
            journal.write([entry("first")], AT)
            second: Future[Any] = start(write_one, "second")
            wait_for(somebody_waits_for_me, "the second writer waits for the first")
            with psycopg.connect(**address(connection)) as reader:
                found = reader.execute("SELECT count(*) FROM twin_journal WHERE seq > %s", [before]).fetchone()
            assert found == (0,)
        second.result(20)
    assert written(before) == [(before + 1, "first"), (before + 2, "second")]


def test_a_writer_that_gives_up_leaves_no_gap(own_city: None) -> None:
    before = head()
    with at_once() as start:
        with transaction.atomic():
            journal.write([entry("given up")], AT)
            waiting = start(write_one, "next")
            wait_for(somebody_waits_for_me, "the second writer waits for the first")
            transaction.set_rollback(True)
        waiting.result(20)
    assert written(before) == [(before + 1, "next")]


def test_a_reader_beside_many_writers_gets_every_row_once_and_in_order(own_city: None) -> None:
    """It always asks for what follows the last row that it has seen, as the hub does."""
    writers, turns, before = 4, 25, head()
    done = threading.Event()

    def write(number: int) -> int:
        kept = 0
        dice = random.Random(number)
        for turn in range(turns):
            with transaction.atomic():
                names = [f"{number}-{turn}-{i}" for i in range(dice.randint(1, 5))]
                journal.write([entry(name) for name in names], AT)
                if dice.random() < 0.2:
                    transaction.set_rollback(True)
                else:
                    kept += len(names)
        return kept

    def read() -> list[int]:
        seen = [before]
        with psycopg.connect(**address(connection), autocommit=True) as reader:
            while True:
                last_look = done.is_set()
                rows = reader.execute("SELECT seq FROM twin_journal WHERE seq > %s ORDER BY seq LIMIT 7", [seen[-1]])
                found = [seq for (seq,) in rows]
                seen += found
                if last_look and not found:
                    return seen[1:]

    with at_once() as start:
        reading = start(read)
        kept = sum(future.result(60) for future in [start(write, number) for number in range(writers)])
        done.set()
        assert reading.result(60) == list(range(before + 1, before + 1 + kept))
