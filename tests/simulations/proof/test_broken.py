"""Each kind of malformed message, straight through the pipeline."""

import random
from datetime import UTC, datetime

import orjson
import pytest

from dispatch.intake import Opened
from dispatch.refusals import Refusal
from ingest.message import Message
from ingest.pipeline import process
from simulations.proof.broken import HUGE, KINDS, Kind
from simulations.proof.good import event, places
from simulations.proof.publishers import Outgoing


def received(message: Outgoing) -> Message:
    attributes = {
        name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        for name, value in message.attributes.items()
    }
    return Message("kafka", message.body, datetime.now(UTC), attributes=attributes)


@pytest.mark.parametrize("kind", [*KINDS, HUGE], ids=lambda kind: kind.name)
def test_it_is_refused_for_the_right_reason(city: None, kind: Kind) -> None:
    (result,) = process([received(kind.make(event("bad-1", places()[0]), random.Random(1)))])
    assert isinstance(result.outcome, Refusal), result.outcome
    assert result.outcome.code in kind.reasons
    assert result.outcome.zh
    assert result.outcome.en


@pytest.mark.parametrize("channel", ["sensor", "hotline", "grid"])
def test_unbroken_it_becomes_a_case(city: None, channel: str) -> None:
    device = {"device": "WL-0001"} if channel == "sensor" else {}
    body = orjson.dumps(event("good-1", places()[0], channel, **device))
    (result,) = process([received(Outgoing(body))])
    assert isinstance(result.outcome, Opened)
