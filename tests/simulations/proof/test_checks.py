"""The checks in their short form, over real brokers and a real PostgreSQL."""

from collections.abc import Callable

from .conftest import Ran, left_over


def test_every_message_is_there_once_whatever_is_killed(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("check", "exactly-once", "--messages", "1500", "--kills", "3", "--restarts", "1")
    assert ran.code == 0, ran.said or ran.progress
    assert ran.said["ok"]
    figures = ran.said["figures"]
    assert figures["became_cases"] == 1425
    assert figures["became_dead_letters"] == 75
    assert figures["missing"] == figures["more_than_once"] == 0
    assert (figures["workers_killed"], figures["postgresql_restarted"]) == (3, 1)


def test_every_malformed_message_is_kept_with_its_reason(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("check", "malformed", "--messages", "1500")
    assert ran.code == 0, ran.said or ran.progress
    figures = ran.said["figures"]
    assert figures["dead_letters"] == figures["malformed"] == 1500
    assert figures["good_that_became_cases"] == figures["good"] == 30
    assert figures["workers_that_fell"] == 0
    assert sum(figures["reasons"].values()) == 1500
    assert left_over(ran.city) == []


def test_viewers_who_lose_the_line_come_back_whole(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("check", "storm", "--viewers", "40", "--within", "1")
    assert ran.code == 0, ran.said or ran.progress
    figures = ran.said["figures"]
    assert figures["taken_up_again"] == figures["viewers"] == 40
    assert figures["with_a_gap_or_twice"] == 0
    assert figures["bad_line_taken_up_again"] > 0
    assert left_over(ran.city) == []


def test_an_interrupted_run_leaves_nothing_behind(yiwang: Callable[..., Ran]) -> None:
    ran = yiwang("check", "malformed", "--messages", "500", interrupt_at="publishing")
    assert ran.code == 130
    assert ran.said == {}
    assert left_over(ran.city) == []
