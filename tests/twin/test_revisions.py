"""Settings in memory: loaded again when they have changed, and only then."""

import pytest
from django.db import connection, transaction

from tests.threads import at_once, elsewhere, somebody_waits_for_me, wait_for
from twin import revisions
from twin.revisions import Cached


class Loads:
    """Counts how often something was loaded, and gives the count."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        return self.count


def test_what_has_not_changed_is_not_loaded_again(city: None) -> None:
    cached = Cached("weather", Loads())
    revisions.bump("tides")
    assert [cached.fresh() for _ in range(3)] == [1, 1, 1]
    revisions.bump("tides")
    assert cached.fresh() == 1, "another topic's change is none of this one's"


def test_a_change_by_another_connection_is_seen_from_its_commit_on(own_city: None) -> None:
    cached = Cached("weather", Loads())
    assert cached.fresh() == 1
    elsewhere(revisions.bump, "weather")
    assert [cached.fresh(), cached.fresh()] == [2, 2]
    elsewhere(revisions.bump, "weather")
    assert cached.fresh() == 3


def test_a_change_that_is_taken_back_is_not_seen(own_city: None) -> None:
    def change_and_take_back() -> None:
        with transaction.atomic():
            revisions.bump("weather")
            transaction.set_rollback(True)

    cached = Cached("weather", Loads())
    cached.fresh()
    elsewhere(change_and_take_back)
    assert cached.fresh() == 1


def test_what_a_transaction_saw_that_was_taken_back_is_not_mistaken_for_the_next_change(own_city: None) -> None:
    cached = Cached("weather", Loads())
    with transaction.atomic():
        revisions.bump("weather")
        assert cached.fresh() == 1
        transaction.set_rollback(True)
    revisions.bump("weather")
    assert cached.fresh() == 2


def test_of_two_that_change_one_topic_at_once_none_is_missed(own_city: None) -> None:
    revisions.bump("weather")
    cached = Cached("weather", Loads())
    with at_once() as start:
        with transaction.atomic():
            revisions.bump("weather")
            assert cached.fresh() == 1
            second = start(revisions.bump, "weather")
            wait_for(somebody_waits_for_me, "the second change waits for the first")
        second.result(20)
    assert cached.fresh() == 2


def test_with_revisions_in_hand_it_costs_no_statement(
    city: None, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    known = revisions.read()
    cached = Cached("weather", Loads())
    with django_assert_num_queries(0, connection=connection):  # type: ignore[operator]
        assert cached.fresh(known) == 1


def test_what_was_forgotten_is_loaded_again(city: None) -> None:
    cached = Cached("weather", Loads())
    cached.fresh()
    cached.forget()
    assert (cached.known(), cached.fresh(), cached.known()) == (None, 2, 2)
