"""Real concurrency for tests: work in threads with connections of their own, and waiting for a fact, never for time."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")
PATIENCE = 20.0  # seconds; a busy machine is slow, a fault is for ever


def wait_for(fact: Callable[[], T], what: str) -> T:
    """Look until `fact` is true, and give what it gave."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := fact():
            return found
        time.sleep(0.01)
    raise AssertionError(f"{what}: not within {PATIENCE:.0f} seconds")


@contextmanager
def at_once(most: int = 8) -> Iterator[Callable[..., Future[Any]]]:
    """Gives `start(work, *arguments)`; each piece of work runs in a thread that closes its database connection."""

    def run(work: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return work(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(most) as pool:
        yield lambda work, *arguments: pool.submit(run, work, *arguments)


def elsewhere(work: Callable[..., T], *arguments: Any) -> T:
    """Do something on another connection, and wait until it is done."""
    with at_once(1) as start:
        done: T = start(work, *arguments).result(PATIENCE)
    return done


def somebody_waits_for_me() -> bool:
    """True while another connection waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])
