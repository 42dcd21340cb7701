"""Two outbound processes at once, and people at the log while a message is on its way."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dispatch.models import Channel, Delivery
from tests.dispatch.outbound.processes import outbound_process
from tests.dispatch.outbound.receiver import receiving
from tests.threads import PATIENCE, at_once, wait_for
from twin.models import Role

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]
STEPS = [f"cn.yiwang.task.{past}" for past in ("opened", "accepted", "handled")]


def others_here() -> int:
    """Connections of other processes to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type ="
            " 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_two_processes_share_the_work_send_nothing_twice_and_keep_the_order_of_each_case(
    channel: Make, open_case: Make, do: Make, make_person: Make
) -> None:
    worker = make_person(Role.DEPARTMENT, ["UMB.SAN"])
    before = others_here()
    with (
        receiving(lambda attempt: 503 if attempt in (2, 5) else 204) as receiver,
        outbound_process(),
        outbound_process(),
    ):
        out = channel(url=receiver.url)
        receiver.hold.clear()
        wait_for(lambda: others_here() >= before + 4, "each has a connection that serves the channel")
        cases = [open_case() for _ in range(5)]
        wait_for(lambda: receiver.attempts == 2, "both are in the middle of a message")
        receiver.hold.set()
        for case in cases:
            do(case, "accept", worker)
            do(case, "complete", worker, note="已清运")
        wait_for(lambda: Delivery.objects.filter(channel=out, state="delivered").count() == 15, "all have arrived")
    told = defaultdict(list)
    for event in receiver.taken:
        told[event["subject"]].append(event["type"])
    assert dict(told) == {case.number: STEPS for case in cases}
    assert len({event["id"] for event in receiver.taken}) == 15
    assert receiver.attempts == sum(Delivery.objects.filter(channel=out).values_list("attempts", flat=True)) == 17
    assert receiver.forged == 0


def test_nobody_waits_for_a_receiver_that_hangs(
    channel: Make, open_case: Make, do: Make, sent: Make, make_person: Make, client: Client
) -> None:
    client.force_login(make_person(Role.ADMINISTRATOR))
    with receiving() as receiver, at_once() as start:
        receiver.hold.clear()
        out, case = channel(url=receiver.url), open_case()
        sending = start(sent, out)
        wait_for(lambda: receiver.taken, "a message is on its way")
        (line,) = client.get("/api/deliveries", {"channel": out.pk}).json()["items"]
        again = client.post(f"/api/deliveries/{line['id']}/send-again")
        assert (again.status_code, "detail_zh" in again.json()) == (409, True)
        body = {"enabled": True, "version": 1}
        assert client.put(f"/api/channels/{out.pk}", body, "application/json").status_code == 200
        do(case, "accept", make_person(Role.DEPARTMENT, ["UMB.SAN"]))
        assert client.get("/healthz").status_code == 200
        receiver.hold.set()
        sending.result(PATIENCE)
    assert Channel.objects.get(pk=out.pk).deliveries.filter(state="delivered").exists()
