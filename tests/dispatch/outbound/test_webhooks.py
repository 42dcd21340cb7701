"""A department's own system, told by signed webhooks: everything, in order, and of exercises only where it asked."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dispatch.models import Channel, Delivery
from dispatch.outbound import retry
from ingest.pipeline import process
from tests.dispatch.outbound.receiver import receiving
from twin.models import Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def at_once_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "pause", lambda attempts: timedelta(0))


@pytest.fixture
def drilled(make_event: Make, message_of: Make) -> Make:
    """Report something in an exercise."""
    return lambda: process([message_of(make_event() | {"exercise": "drill-7"})])


@pytest.mark.usefixtures("at_once_again")
def test_a_receiver_that_fails_half_of_the_time_gets_every_task_in_order(
    channel: Make, open_case: Make, do: Make, sent: Make, make_person: Make, client: Client
) -> None:
    worker = make_person(Role.DEPARTMENT, ["UMB.SAN"])
    with receiving(lambda attempt: 503 if attempt % 2 else 204) as receiver:
        out = channel(url=receiver.url)
        cases = [open_case() for _ in range(4)]
        for case in cases:
            do(case, "accept", worker)
        for case in cases:
            do(case, "complete", worker, note="已清运")
        sent(out)
    told = defaultdict(list)
    for event in receiver.taken:
        told[event["subject"]].append(event["type"])
    steps = [f"cn.yiwang.task.{past}" for past in ("opened", "accepted", "handled")]
    assert dict(told) == {case.number: steps for case in cases}
    assert receiver.attempts == 24, "half of them were refused"
    assert receiver.forged == 0
    client.force_login(make_person(Role.ADMINISTRATOR))
    log = client.get("/api/deliveries", {"channel": out.pk}).json()["items"]
    assert {(one["state"], one["response_code"], one["last_error"]) for one in log} == {("delivered", 204, "")}
    assert {one["seq"]: one["attempts"] for one in log} == receiver.tried
    assert len(receiver.taken) == len(log) == 12, "each was taken once"


def test_a_task_says_in_words_what_it_is_and_never_who_reported(channel: Make, open_case: Make, sent: Make) -> None:
    with receiving() as receiver:
        out = channel(url=receiver.url)
        case = open_case(description="王某某反映", reporter={"name": "王某某", "phone": "13800000000"})
        sent(out)
    (event,) = receiver.taken
    assert "王某某" not in str(event)
    assert "13800000000" not in str(event)
    assert event["specversion"] == "1.0"
    assert event["id"].endswith("-UMB.SAN")
    assert event["subject"] == case.number
    data = event["data"]
    assert (data["case"], data["version"], data["part"]) == (case.pk, 1, "lead")
    assert data["status"] == "dispatched"
    assert data["status_zh"] == "待签收"
    assert data["category_en"]


def test_a_case_that_leaves_the_department_is_told_without_what_became_of_it(
    channel: Make, open_case: Make, do: Make, sent: Make, make_person: Make
) -> None:
    with receiving() as receiver:
        out = channel(url=receiver.url)
        case = open_case()
        do(case, "redirect", make_person(Role.DISPATCHER), department="WAT", note="属排水")
        do(case, "accept", make_person(Role.DEPARTMENT, ["WAT"]))
        sent(out)
    assert [event["data"]["part"] for event in receiver.taken] == ["lead", "none"]
    assert "WAT" not in str(receiver.taken[1])
    assert "属排水" not in str(receiver.taken[1])


def test_one_that_helps_hears_of_its_part(
    channel: Make, open_case: Make, do: Make, sent: Make, make_person: Make
) -> None:
    with receiving() as receiver:
        out = channel(url=receiver.url, department="WAT")
        case = open_case()
        do(case, "accept", make_person(Role.DEPARTMENT, ["UMB.SAN"]))
        do(case, "invite", make_person(Role.DISPATCHER), departments=["WAT"], note="需排水配合")
        sent(out)
    (event,) = receiver.taken
    assert event["data"]["part"] == "joint"
    assert event["data"]["note"] == "需排水配合"


def test_an_ended_case_is_told_with_the_status_in_which_it_ended(
    channel: Make, open_case: Make, do: Make, sent: Make, make_person: Make
) -> None:
    with receiving() as receiver:
        out = channel(url=receiver.url)
        do(open_case(), "force_close", make_person(Role.DUTY_CHIEF), note="无法联系")
        sent(out)
    last = receiver.taken[-1]["data"]
    assert (last["status"], last["status_zh"], last["due_at"]) == ("force_closed", "强制结案", None)


def test_an_exercise_goes_only_where_exercises_are_taken_and_is_marked(
    channel: Make, drilled: Make, sent: Make
) -> None:
    with receiving() as real, receiving() as drill:
        outs = [channel(url=real.url), channel(url=drill.url, exercises=True)]
        drilled()
        for out in outs:
            sent(out)
        assert real.attempts == 0
        (event,) = drill.taken
        assert event["exercise"] == event["data"]["exercise"] == "drill-7"


def test_an_exercise_that_waits_is_held_back_when_the_channel_takes_none_any_more(
    channel: Make, drilled: Make, sent: Make
) -> None:
    with receiving(lambda attempt: 500) as drill:
        out = channel(url=drill.url, exercises=True)
        drilled()
        sent(out)
        Channel.objects.filter(pk=out.pk).update(exercises=False)
        Delivery.objects.update(next_at=timezone.now())
        sent(out)
    assert drill.attempts == 1
    assert Delivery.objects.get().state == "failed"


@pytest.mark.usefixtures("at_once_again")
def test_what_is_given_up_is_seen_and_holds_up_nothing_after_it(
    channel: Make, open_case: Make, do: Make, sent: Make, make_person: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "ATTEMPTS", 3)
    with receiving(lambda attempt: 500 if attempt <= 3 else 204) as receiver:
        out = channel(url=receiver.url)
        do(open_case(), "accept", make_person(Role.DEPARTMENT, ["UMB.SAN"]))
        sent(out)
    first, second = Delivery.objects.order_by("seq")
    assert (first.state, first.attempts, first.response_code) == ("failed", 3, 500)
    assert second.state == "delivered"
    assert second.delivered_at is not None


def test_a_later_task_of_a_case_waits_for_the_earlier_and_other_cases_do_not(
    channel: Make, open_case: Make, do: Make, sent: Make, make_person: Make
) -> None:
    with receiving(lambda attempt: 500 if attempt == 1 else 204) as receiver:
        out = channel(url=receiver.url)
        stuck, free = open_case(), open_case()
        do(stuck, "accept", make_person(Role.DEPARTMENT, ["UMB.SAN"]))
        sent(out)
    assert [event["subject"] for event in receiver.taken] == [free.number]
    waiting = Delivery.objects.filter(case_id=stuck.pk).order_by("seq")
    assert [(one.state, one.attempts) for one in waiting] == [("waiting", 1), ("waiting", 0)]
