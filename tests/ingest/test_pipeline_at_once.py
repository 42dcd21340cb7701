"""Two workers take the same report at the same moment, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import wait
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from dispatch import intake
from dispatch.intake import Opened
from dispatch.models import Report
from ingest.models import DeadLetter
from ingest.pipeline import Duplicate, process
from tests.threads import PATIENCE, at_once, elsewhere
from twin import journal

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]


def test_an_id_that_two_workers_take_at_once_becomes_one_case_and_no_dead_letter(
    make_event: Make, message_of: Make
) -> None:
    events = [make_event() for _ in range(5)]
    together = Barrier(2)

    def work() -> list[Any]:
        batch = [message_of(event) for event in events]
        together.wait(PATIENCE)
        return process(batch)

    with at_once() as start:
        workers = [start(work) for _ in range(2)]
        wait(workers, PATIENCE)
    outcomes = [[result.outcome for result in worker.result()] for worker in workers]
    opened, known = sorted(outcomes, key=lambda its: isinstance(its[0], Duplicate))
    assert [isinstance(outcome, Opened) for outcome in opened] == [True] * 5
    assert known == [Duplicate(outcome.case_id) for outcome in opened]
    assert not DeadLetter.objects.exists()


def test_an_id_that_another_worker_commits_meanwhile_is_known_at_the_second_try(
    make_event: Make, message_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's commit falls between this worker's look for known ids and its own write."""
    event, register = make_event(), intake.register

    def late(*arguments: Any) -> Any:
        monkeypatch.setattr(intake, "register", register)
        with at_once(1) as start:
            start(process, [message_of(event)]).result(PATIENCE)
        return register(*arguments)

    monkeypatch.setattr(intake, "register", late)
    (result,) = process([message_of(event)])
    assert isinstance(result.outcome, Duplicate)
    assert Report.objects.get(message_id=event["id"]).case_id == result.outcome.case_id
    assert not DeadLetter.objects.exists()


def test_nothing_is_answered_before_the_commit(make_event: Make, message_of: Make) -> None:
    """A worker that dies before its commit has answered nobody and left nothing."""
    event = make_event()
    with transaction.atomic():
        process([message_of(event)])
        assert elsewhere(lambda: Report.objects.filter(message_id=event["id"]).count()) == 0
        transaction.set_rollback(True)
    assert not Report.objects.filter(message_id=event["id"]).exists()
    with journal.writing():
        pass  # the head is free again
