"""The outbound process is killed in the middle of a message: another one goes on, and nothing is missing."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from dispatch.models import Delivery
from tests.databases import address
from tests.dispatch.outbound.receiver import receiving
from tests.threads import wait_for

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]


@contextmanager
def outbound_process() -> Iterator[subprocess.Popen[bytes]]:
    known = {"YIWANG_DATABASE_URL": make_conninfo(**address(connection))}
    running = subprocess.Popen(
        [sys.executable, "-m", "twin.cli", "outbound"], env=os.environ | known, stderr=subprocess.DEVNULL
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def test_nothing_is_lost_when_the_process_is_killed_amid_a_message(channel: Make, open_case: Make) -> None:
    with receiving() as receiver:
        receiver.hold.clear()
        channel(url=receiver.url)
        cases = [open_case() for _ in range(3)]
        with outbound_process() as first:
            wait_for(lambda: receiver.taken, "the first message has arrived and is not answered yet")
            first.kill()
            first.wait()
        assert not Delivery.objects.filter(state="delivered").exists()
        receiver.hold.set()
        with outbound_process():
            wait_for(lambda: Delivery.objects.filter(state="delivered").count() == 3, "the second sends all")
    assert {event["subject"] for event in receiver.taken} == {case.number for case in cases}
    ids = [event["id"] for event in receiver.taken]
    assert (len(ids), len(set(ids))) == (4, 3), "what was on its way comes twice, under the same id"
