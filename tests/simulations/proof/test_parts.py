"""The small parts of the proof commands."""

import io
import os
import time

import numpy as np
import orjson
import pytest

from simulations.proof.generator import pace
from simulations.proof.machine import Meter
from simulations.proof.outcome import Outcome
from simulations.proof.publishers import TRIES, NotAcknowledged, Outgoing, Publisher


class Forgetful(Publisher):
    """Acknowledges every message at the given try."""

    def __init__(self, at_try: int) -> None:
        super().__init__()
        self.at_try = at_try
        self.tries: dict[bytes, int] = {}

    def _publish(self, message: Outgoing) -> bytes:
        self.tries[message.body] = self.tries.get(message.body, 0) + 1
        return message.body

    def _kept(self, promise: bytes) -> bool:
        return self.tries[promise] >= self.at_try

    def close(self) -> None: ...


def test_what_is_not_acknowledged_is_sent_again() -> None:
    publisher = Forgetful(at_try=3)
    publisher.send(Outgoing(b"a"))
    publisher.send(Outgoing(b"b"))
    publisher.settle()
    assert publisher.tries == {b"a": 3, b"b": 3}
    assert publisher.resent == 4


def test_a_broker_that_never_acknowledges_is_given_up() -> None:
    publisher = Forgetful(at_try=TRIES + 1)
    publisher.send(Outgoing(b"a"))
    with pytest.raises(NotAcknowledged):
        publisher.settle()


def test_the_generator_keeps_its_schedule_and_leaves_nothing_out() -> None:
    publisher = Forgetful(at_try=1)
    times = pace([b"%d" % number for number in range(50)], 500, publisher)
    assert len(publisher.tries) == 50
    assert np.diff(times[:, 0]).tolist() == [2_000_000] * 49
    assert (times[:, 1] >= times[:, 0]).all()


def test_the_meter_sees_who_works() -> None:
    meter = Meter({"this test": [os.getpid()]})
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        pass
    usage = meter.read()
    assert usage.cores["this test"] > 0.1
    assert 0 < usage.busy <= 1
    assert "this test" in usage.sentence()


def test_an_outcome_is_one_json_object_or_a_table() -> None:
    outcome = Outcome("ingest", {"cases_per_second": 5123.4, "parts": {"a": 1}}, {"cpus": 2}, "the cores")
    output = io.StringIO()
    outcome.print(output, kind="bench", as_json=True)
    assert orjson.loads(output.getvalue()) == {
        "bench": "ingest",
        "figures": {"cases_per_second": 5123.4, "parts": {"a": 1}},
        "conditions": {"cpus": 2},
        "limited_by": "the cores",
    }
    output = io.StringIO()
    outcome.print(output, kind="bench", as_json=False)
    assert "cases per second" in output.getvalue()
    assert "5,123" in output.getvalue()
    assert "the cores" in output.getvalue()


def test_a_check_says_what_does_not_hold() -> None:
    output = io.StringIO()
    Outcome("exactly-once", {"missing": 1}, {}, faults=["missing: 1 (7)"]).print(output, kind="check", as_json=True)
    assert orjson.loads(output.getvalue())["faults"] == ["missing: 1 (7)"]
    output = io.StringIO()
    Outcome("exactly-once", {"missing": 1}, {}, faults=["missing: 1 (7)"]).print(output, kind="check", as_json=False)
    assert "missing: 1 (7)" in output.getvalue()
