"""`bench asof` in a form so short that its figures mean nothing: that it runs, holds, and says what it did."""

from collections.abc import Callable

from .conftest import Ran, left_over

SMALL = ["--rows", "20000", "--rows-a-day", "12000", "--open-cases", "500", "--devices", "100", "--zones", "200"]


def test_bench_asof(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("bench", "asof", *SMALL, "--asks", "10", "--district", "plain")
    assert ran.code == 0, ran.progress
    figures = ran.said["figures"]
    assert 0 < figures["p50_ms_at_20k"] <= figures["p95_ms_at_20k"] <= figures["worst_ms"]
    assert figures["day_replay_seconds"] > 0
    assert 8_000 < figures["day_changes"] < 16_000
    assert ran.said["conditions"]["keyframes"] == 2
    assert ran.said["limited_by"]
    assert left_over(ran.city) == []
