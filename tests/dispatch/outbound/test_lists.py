"""What the lists of a department's systems cost: a hundred lines as many statements as one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Delivery
from dispatch.outbound.making import read_on
from ingest.pipeline import process
from twin.models import Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.mark.parametrize("path", ["deliveries", "channels"])
def test_a_hundred_lines_cost_as_many_statements_as_one(
    client: Client, make_person: Make, channel: Make, make_event: Make, message_of: Make, statements: Make, path: str
) -> None:
    client.force_login(make_person(Role.ADMINISTRATOR))
    counts, lines = [], []
    for more in (1, 99):
        outs = [channel(url="http://127.0.0.1:1/") for _ in range(1 if path == "deliveries" else more)]
        process([message_of(make_event()) for _ in range(more)])
        read_on(outs[0].pk)
        with statements() as sent:
            lines.append(len(client.get(f"/api/{path}").json()["items"]))
        counts.append(len(sent))
    assert (lines, Delivery.objects.count()) == ([1, 100], 100)
    assert counts[0] == counts[1], sent
