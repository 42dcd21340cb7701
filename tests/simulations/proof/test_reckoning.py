"""The reckoning of `check exactly-once` sees what is missing, double or at odds."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
import pytest
from django.db import connection

from dispatch.models import Report
from ingest.message import Message
from ingest.pipeline import process
from simulations.proof.good import event, places
from simulations.proof.numbered import CHANNELS, Numbered, write
from simulations.proof.reckoning import reckon

COUNT = 240  # twice through all kinds of bad ones


@pytest.fixture
def taken(city: None) -> Sequence[Numbered]:
    """Numbered messages that the pipeline has taken, all of them."""
    sent = write(COUNT, random.Random(1))
    now = datetime.now(UTC)
    process([Message("kafka", one.message.body, now, attributes=dict(one.message.attributes)) for one in sent])  # type: ignore[arg-type]
    return sent


def test_all_is_well(taken: Sequence[Numbered]) -> None:
    figures, faults = reckon(taken)
    assert faults == []
    bad = sum(one.bad for one in taken)
    assert bad == COUNT // 20
    assert figures == {
        "messages": COUNT,
        "became_cases": COUNT - bad,
        "became_dead_letters": bad,
        "missing": 0,
        "more_than_once": 0,
    }


def test_a_missing_one_is_named(taken: Sequence[Numbered]) -> None:
    Report.objects.filter(message_id="n-0000007").delete()
    figures, faults = reckon(taken)
    assert figures["missing"] == 1
    assert faults == ["missing: 1 (7)", faults[1]]
    assert faults[1].startswith("cases with more or less than one report: 1 (")


def test_one_that_is_there_twice_is_named(taken: Sequence[Numbered]) -> None:
    assert taken[7].number % len(CHANNELS) == CHANNELS.index("hotline")
    again = event("n-0000007", places()[0], "grid")
    process([Message("kafka", orjson.dumps(again), datetime.now(UTC))])
    figures, faults = reckon(taken)
    assert figures["more_than_once"] == 1
    assert faults == ["there more than once: 1 (7)"]


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("DELETE FROM twin_feature WHERE object_type = 'case' AND ctid = (SELECT min(ctid) FROM twin_feature"
         " WHERE object_type = 'case')", "open cases without their feature: 1"),
        ("UPDATE dispatch_case SET closed_at = opened_at", "features without an open case: "),
        ("UPDATE twin_head SET seq = seq + 1", "gaps in the journal's sequence: 1"),
        ("UPDATE dispatch_report SET case_id = case_id + 1000000 WHERE message_id = 'n-0000001'",
         "reports whose case is not there: 1"),
    ],
)  # fmt: skip
def test_tables_at_odds_are_named(taken: Sequence[Numbered], damage: str, fault: str) -> None:
    execute(damage)
    _, faults = reckon(taken)
    assert any(one.startswith(fault) for one in faults), faults


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
