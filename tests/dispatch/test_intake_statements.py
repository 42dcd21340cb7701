"""The hot path is set-based: what a batch costs the database does not depend on how large it is."""

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.models import Case, JointTask, Notice
from dispatch.rules import sets
from ingest.pipeline import process
from tests.dispatch.rule_world import DEFAULT, condition, rule
from tests.small_city import OUTSIDE, middle
from twin import clock, revisions

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]
MOST = 12  # statements of a batch, BEGIN and COMMIT included
PLACES = [middle(column, row) for column in range(4) for row in range(4)]


def batch(make_event: Make, message_of: Make, size: int, **event: Any) -> list[Any]:
    return [message_of(make_event(place=PLACES[i % len(PLACES)], **event)) for i in range(size)]


def test_a_hundred_reports_cost_as_many_statements_as_one(make_event: Make, message_of: Make, statements: Make) -> None:
    process(batch(make_event, message_of, 1))  # loads zones, rules and the catalogue, once
    before, counts = Case.objects.count(), {}
    for size in (1, 100):
        messages = batch(make_event, message_of, size)
        with statements() as sent:
            process(messages)
        counts[size] = len(sent)
    assert (sent[0], sent[-1]) == ("BEGIN", "COMMIT")
    assert sum(statement.startswith("COPY") for statement in sent) == 4, "reports, cases, features and journal"
    assert counts[1] == counts[100] <= MOST, sent
    assert Case.objects.count() == before + 101


NAMED = {
    "kind": "grid.report",
    "source": "grid",
    "worker": "w",
    "component": "9901010101000001",
    "category": "C-01-01",
}


def test_components_cost_no_statement_more_however_many_are_named(
    make_event: Make, message_of: Make, statements: Make
) -> None:
    process(batch(make_event, message_of, 1, **NAMED))
    with statements() as plain:
        process(batch(make_event, message_of, 1))
    counts = []
    for size in (1, 100):
        with statements() as sent:
            process(batch(make_event, message_of, size, **NAMED))
        counts.append(len(sent))
    assert counts[0] == counts[1] == len(plain) <= MOST, sent


def test_a_batch_of_everything_costs_the_same_at_any_size(make_event: Make, message_of: Make, statements: Make) -> None:
    """Cases, parked reports, refusals and undecodable bytes together."""

    def mixed(size: int) -> list[Any]:
        parked = [message_of(make_event(place=None)) for _ in range(size)]
        outside = [message_of(make_event(place=OUTSIDE)) for _ in range(size)]
        return batch(make_event, message_of, size) + parked + outside + [message_of(b"x")] * size

    process(mixed(1))
    counts = []
    for size in (1, 50):
        with statements() as sent:
            process(mixed(size))
        counts.append(len(sent))
    assert counts[0] == counts[1] <= MOST, sent


def test_what_a_rule_can_ask_and_order_keeps_the_budget(make_event: Make, message_of: Make, statements: Make) -> None:
    """A component, a count of earlier reports, a department that helps and one that is told: of one report or many."""
    often = condition("count", "ge", {"reports": 2, "hours": 24, "same": "category"})
    known = revisions.read()
    everything = rule(10, often, department={"from": "component", "role": "manager"}, joint=["WAT"], notify=["GAS"])
    sets.store("all of it", clock.now(known), [everything, DEFAULT], known)
    process(batch(make_event, message_of, 20, **NAMED))
    counts, helped = [], JointTask.objects.count()
    for size in (1, 50):
        messages = batch(make_event, message_of, size, **NAMED)
        with statements() as sent:
            process(messages)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= MOST, sent
    assert JointTask.objects.count() == helped + 51
    assert Notice.objects.filter(reason="rule", department="GAS").count() == JointTask.objects.count()
