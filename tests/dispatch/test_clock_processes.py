"""Several clock processes, and ones that are killed: each step is told once, and none is lost."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from dispatch import timers
from dispatch.models import Case, Notice
from ingest.pipeline import process
from tests.databases import address
from tests.dispatch.times import city_is_at
from tests.threads import PATIENCE, at_once, wait_for
from twin.models import AuditRow, JournalRow

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]


@contextmanager
def clock_process() -> Iterator[subprocess.Popen[bytes]]:
    """`yiwang clock` on this module's database; what the block leaves running is killed."""
    known = {"YIWANG_DATABASE_URL": make_conninfo(**address(connection))}
    running = subprocess.Popen(
        [sys.executable, "-m", "twin.cli", "clock"], env=os.environ | known, stderr=subprocess.DEVNULL
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def told() -> Counter[tuple[str, str, str]]:
    return Counter(Notice.objects.values_list("case__number", "reason", "role"))


def escalations() -> int:
    return JournalRow.objects.filter(kind="case.escalated").count()


def test_a_clock_that_is_killed_between_and_amid_steps_is_followed_by_another(open_case: Make) -> None:
    case = open_case(at=city_is_at("2026-09-07 09:00"))
    with clock_process() as first:
        city_is_at("2026-09-07 14:12")
        wait_for(lambda: escalations() == 1, "the first clock tells of the warning")
        with psycopg.connect(**address(connection)) as holding:  # the journal's head is taken last, so this is amid
            holding.execute("SELECT seq FROM twin_head FOR UPDATE")
            city_is_at("2026-09-07 15:00")
            wait_for(lambda: waits(holding), "the first clock is in the middle of the next step")
            first.kill()
            first.wait()
    assert (sum(told().values()), escalations()) == (1, 1), "half a step is none"
    with clock_process():
        wait_for(lambda: escalations() == 2, "the second clock goes on where the first was killed")
        city_is_at("2026-09-08 16:00")
        wait_for(lambda: escalations() == 3, "and up to the last step")
    number = case.number
    assert told() == Counter(
        [(number, "warn", "department"), (number, "due", "department"), (number, "due", "dispatcher")]
        + [(number, "due", "department_head"), (number, "due", "duty_chief"), (number, "supervise", "leader")]
    )
    assert AuditRow.objects.filter(act="case.escalated").count() == 3


def waits(holding: psycopg.Connection[Any]) -> bool:
    found = holding.execute(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    ).fetchone()
    return bool(found and found[0])


def test_of_several_clocks_at_once_each_step_is_taken_by_one(
    make_event: Make, message_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More cases than a batch holds, so that the clocks have something to share."""
    monkeypatch.setattr(timers, "BATCH", 7)
    at, before = city_is_at("2026-09-14 09:00"), escalations()
    process([message_of(make_event() | {"time": at.isoformat()}) for _ in range(40)])
    numbers = set(Case.objects.filter(opened_at=at).values_list("number", flat=True))
    city_is_at("2026-09-14 15:00")
    together = Barrier(3)

    def work() -> None:
        together.wait(PATIENCE)
        while timers.turn() == 0.0:
            pass

    with at_once() as start:
        for done in [start(work) for _ in range(3)]:
            done.result(PATIENCE)
    mine = Counter({key: count for key, count in told().items() if key[0] in numbers})
    assert mine == Counter((number, "due", role) for number in numbers for role in ("department", "dispatcher"))
    assert escalations() - before == 40


def test_a_case_on_which_somebody_acts_waits_for_the_next_turn(open_case: Make) -> None:
    case = open_case(at=city_is_at("2026-09-21 09:00"))
    city_is_at("2026-09-21 15:00")
    with psycopg.connect(**address(connection)) as somebody:
        somebody.execute("SELECT 1 FROM dispatch_case WHERE id = %s FOR UPDATE", [case.pk])
        assert timers.turn() == timers.SOON, "neither waits for it, nor spins"
        assert not case.notices.exists()
    timers.turn()
    assert case.notices.count() == 2
