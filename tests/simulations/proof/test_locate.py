from collections.abc import Callable

import pytest

from .conftest import Ran, left_over


def test_bench_locate(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("bench", "locate", "--points", "70000", "--free-zones", "20", "--district", "plain")
    assert ran.code == 0, ran.progress
    figures = ran.said["figures"]
    for way in ("strtree", "prepared_strtree", "sjoin"):
        ratio = figures["points_per_second"] / figures[f"{way}_points_per_second"]
        assert figures[f"ratio_to_{way}"] == pytest.approx(ratio, abs=0.06)
        assert ratio > 1
    assert figures["ratio_to_postgis"] > 1
    assert figures["milliseconds_from_saved_to_located"] > 0
    assert ran.said["conditions"]["zones"] == 20 + 196 + 4 + 2 + 1 + 3
    assert ran.said["limited_by"]
    assert left_over(ran.city) == []


def test_too_few_points_for_a_raster_are_refused(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("bench", "locate", "--points", "100", "--free-zones", "3", "--district", "plain")
    assert ran.code == 1
    assert "ask for more points" in ran.progress
    assert "yiwang_proof_" not in ran.progress, "said before a city is made"
