"""A batch through the pipeline: nothing twice, nothing lost, and one bad message holds up nobody."""

import json
from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import intake
from dispatch.intake import Opened, Parked
from dispatch.models import Case, Report, RuleSet
from dispatch.refusals import Refusal
from ingest.message import Message
from ingest.models import DeadLetter
from ingest.pipeline import Duplicate, process
from tests.ingest.deliveries import structured
from tests.small_city import OUTSIDE, middle
from tests.threads import PATIENCE, at_once, elsewhere
from twin import journal, revisions
from twin.models import JournalRow
from twin.revisions import NotReady

Make = Callable[..., Any]


def kinds(messages: list[Message]) -> list[str]:
    return [type(result.outcome).__name__ for result in process(messages)]


# Nothing twice


@pytest.mark.usefixtures("city")
class TestDuplicates:
    def test_an_id_that_comes_twice_in_a_batch_is_taken_once(self, make_event: Make, message_of: Make) -> None:
        event = make_event()
        assert kinds([message_of(event), message_of(make_event()), message_of(event)]) == [
            "Opened",
            "Opened",
            "Duplicate",
        ]
        assert Case.objects.count() == 2

    def test_an_id_that_comes_again_later_is_answered_with_its_case(self, make_event: Make, message_of: Make) -> None:
        event = make_event()
        (first,), (again,) = process([message_of(event)]), process([message_of(event)])
        assert isinstance(first.outcome, Opened)
        assert again.outcome == Duplicate(first.outcome.case_id)
        assert Case.objects.count() == 1

    def test_an_id_that_comes_over_another_channel_is_the_same_report(self, make_event: Make) -> None:
        event = make_event()
        messages = [replace(structured(channel, event), position=None) for channel in ("mqtt", "kafka", "http")]
        assert [kinds([message]) for message in messages] == [["Opened"], ["Duplicate"], ["Duplicate"]]

    def test_another_source_may_use_the_same_id(self, make_event: Make, message_of: Make) -> None:
        one = make_event()
        other = make_event("grid.report", "grid", worker="w") | {"id": one["id"]}
        assert kinds([message_of(one), message_of(other)]) == ["Opened", "Opened"]

    def test_a_parked_report_that_comes_again_stays_one(self, make_event: Make, message_of: Make) -> None:
        event = make_event(place=None)
        assert kinds([message_of(event)]) + kinds([message_of(event)]) == ["Parked", "Duplicate"]
        assert Report.objects.count() == 1

    def test_a_refused_report_that_comes_again_is_kept_once_with_the_newest_reason(
        self, make_event: Make, message_of: Make
    ) -> None:
        event = make_event(place=OUTSIDE)
        process([message_of(event)])
        event["data"]["category"] = "E-99-99"
        assert kinds([message_of(event)]) == ["Refusal"]
        assert DeadLetter.objects.get().reason_code == "unknown_category"

    def test_a_refused_report_that_comes_again_mended_becomes_a_case(self, make_event: Make, message_of: Make) -> None:
        event = make_event(place=OUTSIDE)
        process([message_of(event)])
        event["data"]["location"] = make_event()["data"]["location"]
        assert kinds([message_of(event)]) == ["Opened"]
        assert DeadLetter.objects.get().state == "resent"


# One bad message


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> str:
    """A category whose reports make the intake fail as no check foresaw."""
    register = intake.register

    def failing(said: Any, reports: Any, *more: Any) -> Any:
        if any(report.category == "E-05-06" for report in reports):
            raise ZeroDivisionError("an unforeseen fault")
        return register(said, reports, *more)

    monkeypatch.setattr(intake, "register", failing)
    return "E-05-06"


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("position", [0, 1, 6])
def test_a_message_that_breaks_its_batch_is_found_and_kept_and_all_others_go_through(
    make_event: Make, message_of: Make, poison: str, position: int
) -> None:
    batch = [message_of(make_event()) for _ in range(7)]
    batch[position] = message_of(make_event(category=poison))
    outcomes = [result.outcome for result in process(batch)]
    assert [isinstance(outcome, Opened) for outcome in outcomes] == [i != position for i in range(7)]
    refusal = outcomes[position]
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "ZeroDivisionError: an unforeseen fault" in refusal.en) == ("unprocessable", True)
    letter = DeadLetter.objects.get()
    assert bytes(letter.raw) == batch[position].body
    assert Case.objects.count() == 6


@pytest.mark.usefixtures("city")
def test_what_is_refused_leaves_no_other_trace(make_event: Make, message_of: Make) -> None:
    before = JournalRow.objects.count()
    process([message_of(make_event(place=OUTSIDE)), message_of(b"x")])
    assert JournalRow.objects.count() == before
    assert not Report.objects.exists()


@pytest.mark.usefixtures("city")
def test_a_city_without_rules_waits_and_refuses_nothing(make_event: Make, message_of: Make) -> None:
    RuleSet.objects.update(holds_from="2099-01-01T00:00Z")
    revisions.bump("rules")
    with pytest.raises(NotReady, match="no rule set is in force"):
        process([message_of(make_event())])
    assert not DeadLetter.objects.exists()


INSIDE = ["description", "address", "urgency", "caller", "x"]
OUTSIDE_OF_DATA = ["subject", "time", "id", "y"]


@pytest.mark.usefixtures("city")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.data())
def test_whatever_an_event_says_it_is_taken_or_refused_for_a_reason_that_was_foreseen(
    make_event: Make, message_of: Make, data: st.DataObject
) -> None:
    text = st.text(st.characters(exclude_categories=()), max_size=12)
    numbers = st.integers() | st.floats(allow_nan=False)
    values = st.one_of(st.none(), st.booleans(), numbers, text, st.lists(text, max_size=2))
    place = st.sampled_from([middle(0, 0), middle(2, 3), (0.0, 0.0), (180.0, 90.0), (-180.0, -90.0), None])
    batch = []
    for _ in range(3):
        event = make_event(place=data.draw(place))
        event["data"] |= data.draw(st.dictionaries(st.sampled_from(INSIDE), values, max_size=2))
        event |= data.draw(st.dictionaries(st.sampled_from(OUTSIDE_OF_DATA), values, max_size=1))
        crs = data.draw(st.sampled_from(["WGS84", "GCJ02", "BD09", "CGCS2000"]))
        if "location" in event["data"]:
            event["data"]["location"]["crs"] = crs
        batch.append(message_of(json.dumps(event).encode()))  # unlike orjson it writes large numbers and surrogates
    for result in process(batch):
        assert isinstance(result.outcome, Opened | Parked | Duplicate | Refusal)
        assert not isinstance(result.outcome, Refusal) or result.outcome.code != "unprocessable", result.outcome.en


# At the same moment


@pytest.mark.usefixtures("own_city")
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


@pytest.mark.usefixtures("own_city")
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


@pytest.mark.usefixtures("own_city")
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
