"""A batch through the pipeline: nothing twice, nothing lost, and one bad message holds up nobody."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
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
from twin import revisions
from twin.models import JournalRow
from twin.revisions import NotReady

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


def kinds(messages: list[Message]) -> list[str]:
    return [type(result.outcome).__name__ for result in process(messages)]


# Nothing twice


def test_an_id_that_comes_twice_in_a_batch_is_taken_once(make_event: Make, message_of: Make) -> None:
    event = make_event()
    assert kinds([message_of(event), message_of(make_event()), message_of(event)]) == [
        "Opened",
        "Opened",
        "Duplicate",
    ]
    assert Case.objects.count() == 2


def test_an_id_that_comes_again_later_is_answered_with_its_case(make_event: Make, message_of: Make) -> None:
    event = make_event()
    (first,), (again,) = process([message_of(event)]), process([message_of(event)])
    assert isinstance(first.outcome, Opened)
    assert again.outcome == Duplicate(first.outcome.case_id)
    assert Case.objects.count() == 1


def test_an_id_that_comes_over_another_channel_is_the_same_report(make_event: Make) -> None:
    event = make_event()
    messages = [replace(structured(channel, event), position=None) for channel in ("mqtt", "kafka", "http")]
    assert [kinds([message]) for message in messages] == [["Opened"], ["Duplicate"], ["Duplicate"]]


def test_another_source_may_use_the_same_id(make_event: Make, message_of: Make) -> None:
    one = make_event()
    other = make_event("grid.report", "grid", worker="w") | {"id": one["id"]}
    assert kinds([message_of(one), message_of(other)]) == ["Opened", "Opened"]


def test_a_parked_report_that_comes_again_stays_one(make_event: Make, message_of: Make) -> None:
    event = make_event(place=None)
    assert kinds([message_of(event)]) + kinds([message_of(event)]) == ["Parked", "Duplicate"]
    assert Report.objects.count() == 1


def test_a_refused_report_that_comes_again_is_kept_once_with_the_newest_bytes_and_their_reason(
    make_event: Make, message_of: Make
) -> None:
    event = make_event(place=OUTSIDE)
    process([message_of(event)])
    event["data"]["category"] = "E-99-99"
    again = message_of(event)
    assert kinds([again]) == ["Refusal"]
    letter = DeadLetter.objects.get()
    assert (letter.reason_code, bytes(letter.raw)) == ("unknown_category", again.body)


def test_a_refused_report_that_comes_again_mended_becomes_a_case(make_event: Make, message_of: Make) -> None:
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


def test_what_is_refused_leaves_no_other_trace(make_event: Make, message_of: Make) -> None:
    before = JournalRow.objects.count()
    process([message_of(make_event(place=OUTSIDE)), message_of(b"x")])
    assert JournalRow.objects.count() == before
    assert not Report.objects.exists()


def test_a_city_without_rules_waits_and_refuses_nothing(make_event: Make, message_of: Make) -> None:
    RuleSet.objects.update(holds_from="2099-01-01T00:00Z")
    revisions.bump("rules")
    with pytest.raises(NotReady, match="no rule set is in force"):
        process([message_of(make_event())])
    assert not DeadLetter.objects.exists()


INSIDE = ["description", "address", "urgency", "caller", "x"]
OUTSIDE_OF_DATA = ["subject", "time", "id", "y"]


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
