"""Who holds which MQTT slot: shared between workers, given on, and taken over when a worker is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from dispatch.models import Report
from tests.ingest.conftest import Running
from tests.ingest.test_mqtt import topic
from tests.threads import wait_for

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]


def held() -> dict[int, set[int]]:
    """Which database connection, that is which worker, has the locks of which slots."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.pid, l.objid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objid > 0 AND d.datname = current_database()"
        )
        found: dict[int, set[int]] = {}
        for pid, number in cursor.fetchall():
            found.setdefault(pid, set()).add(number)
        return found


def shared() -> bool:
    return sorted(map(sorted, held().values())) == [[1], [2]]


def one_has_both() -> bool:
    return [sorted(numbers) for numbers in held().values()] == [[1, 2]]


def test_a_worker_alone_takes_all_slots_and_lets_go_of_them_when_it_stops(keeper: Make, running: Running) -> None:
    with running(keeper):
        wait_for(one_has_both, "it takes both")
    assert held() == {}


def test_a_worker_that_has_two_gives_one_to_a_worker_that_has_none(keeper: Make, running: Running) -> None:
    with running(keeper):
        wait_for(one_has_both, "the first takes both")
        with running(keeper):
            wait_for(shared, "they share")
        wait_for(one_has_both, "the first takes back what the second has left")


def test_slots_of_a_worker_whose_connection_dies_are_taken_over_and_nothing_is_lost(
    make_event: Make, publish: Make, keeper: Make, running: Running
) -> None:
    events = [make_event() for _ in range(12)]
    with running(keeper), running(keeper) as stop_second:
        wait_for(shared, "they share")
        for event in events[:4]:
            publish(topic(), event)
        lost = next(iter(held()))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [lost])
        for event in events[4:8]:
            publish(topic(), event)
        wait_for(lambda: lost not in held() and shared(), "both slots are held again, by a new connection too")
        stop_second.set()
        wait_for(one_has_both, "the worker that is left takes over")
        for event in events[8:]:
            publish(topic(), event)
        ids = [event["id"] for event in events]
        wait_for(lambda: Report.objects.filter(message_id__in=ids).count() == 12, "every report is taken")
