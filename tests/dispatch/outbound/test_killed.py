"""The outbound process is killed in the middle of a message: another one goes on, and nothing is missing."""

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.models import Delivery
from tests.dispatch.outbound.processes import outbound_process
from tests.dispatch.outbound.receiver import receiving
from tests.threads import wait_for

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]


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
