"""The benches in a form so short that their figures mean nothing: that they run, and what they say."""

from collections.abc import Callable
from typing import Any

import pytest

from simulations.proof.private import CannotProve, running_servers

from .conftest import Ran, left_over


def test_bench_ingest(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("bench", "ingest", "--reports", "6000", "--district", "plain", "--profile")
    assert ran.code == 0, ran.progress
    assert ran.said["bench"] == "ingest"
    figures = ran.said["figures"]
    assert figures["cases"] > 5500  # some are broken or wait to be located, as in life
    assert figures["cases_per_second"] > 0
    assert figures["ratio_to_copy"] == pytest.approx(
        figures["cases_per_second"] / figures["copy_cases_per_second"], abs=0.001
    )
    assert figures["ratio_to_bare_heap"] <= figures["ratio_to_copy"]
    assert sum(figures["profile"].values()) == pytest.approx(1, abs=0.01)
    assert {"cpus", "postgresql", "workers", "reports"} <= ran.said["conditions"].keys()
    assert ran.said["limited_by"]
    assert left_over(ran.city) == []


def test_bench_latency(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("bench", "latency", "--seconds", "1", "--rates", "50", "--channels", "mqtt", "--district", "plain")
    assert ran.code == 0, ran.progress
    figures = ran.said["figures"]
    assert figures.keys() == {"p50_ms_at_50", "p99_ms_at_50"}
    assert 0 < figures["p50_ms_at_50"] <= figures["p99_ms_at_50"]
    series = ran.said["conditions"]["mqtt_at_50"]
    assert 0 < series["p50_ms_to_journal"] < figures["p50_ms_at_50"]
    assert left_over(ran.city) == []


def test_bench_route(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("bench", "route", "--rules", "50", "--reports", "2000", "--district", "plain")
    assert ran.code == 0, ran.progress
    figures = ran.said["figures"]
    assert figures["reports_per_second_at_50_rules"] > 0
    assert figures["rules_that_decided"] > 1
    assert left_over(ran.city) == []


def test_bench_fanout(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("bench", "fanout", "--viewers", "20", "--seconds", "1", "--flood", "2")
    assert ran.code == 0, ran.progress
    figures = ran.said["figures"]
    assert figures["missing"] == 0, "each viewer got each commit"
    assert figures["p50_ms"] <= figures["p99_ms"]
    for rival, ratio in (("bare_loop", "ratio_to_bare_loop"), ("group_send", "ratio_to_group_send")):
        there = figures["deliveries_per_second"] / figures[f"{rival}_per_second"]
        assert figures[ratio] == pytest.approx(there, rel=0.05)
    assert left_over(ran.city) == []


@pytest.mark.parametrize(
    ("setting", "variable"), [("MQTT_URL", "YIWANG_MQTT_URL"), ("KAFKA_BOOTSTRAP", "YIWANG_KAFKA")]
)
def test_a_missing_server_is_named(settings: Any, setting: str, variable: str) -> None:
    setattr(settings, setting, "")
    with pytest.raises(CannotProve, match=f"{variable}.*make up"):
        running_servers()
