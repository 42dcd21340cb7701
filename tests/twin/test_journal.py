"""The journal: what is in it stays, and what is said is there together with the change or not at all."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.twin.journals import AT, entry, head, written
from twin import clock, journal
from twin.journal import Entry
from twin.models import Feature, JournalRow


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE twin_journal SET kind = 'x'", "DELETE FROM twin_journal"])
def test_what_is_written_cannot_be_changed(change: str) -> None:
    journal.write([entry()], AT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert written() == [(head(), "1")]


class Mishap(Exception):
    pass


def say_and_fail(one: Entry) -> None:
    with journal.writing() as said:
        said.say(one)
        raise Mishap


@pytest.mark.django_db
def test_an_error_takes_back_the_change_and_what_was_said_of_it() -> None:
    before = head()
    with pytest.raises(Mishap):
        say_and_fail(entry())
    assert head() == before
    assert not Feature.objects.filter(object_type="lamp").exists()


@pytest.mark.django_db
def test_numbers_follow_each_other_after_a_rollback() -> None:
    journal.write([entry("1")], AT)
    with transaction.atomic():
        journal.write([entry("taken back")], AT)
        transaction.set_rollback(True)
    with pytest.raises(Mishap):
        say_and_fail(entry("taken back too"))
    journal.write([entry("2"), entry("3")], AT)
    (first, _), (second, _), (third, _) = rows = written()
    assert [object_id for _, object_id in rows] == ["1", "2", "3"]
    assert [second, third] == [first + 1, first + 2]


@pytest.mark.django_db
def test_a_transaction_that_says_nothing_takes_no_number() -> None:
    before = head()
    with journal.writing():
        pass
    assert head() == before


@pytest.mark.django_db
def test_time_never_goes_back_as_numbers_grow() -> None:
    later = clock.now() + timedelta(hours=1)
    journal.write([entry("1")], later)
    journal.write([entry("2")], later - timedelta(minutes=30))  # the city's clock was set back
    assert [row.at for row in JournalRow.objects.filter(object_type="lamp").order_by("seq")] == [later, later]


@pytest.mark.django_db
def test_a_feature_is_the_newest_version_and_leaves_with_its_object() -> None:
    journal.write([entry("1"), entry("2")], AT)
    journal.write([entry("1", 2, department="WAT", zones=(7, 8))], AT)
    changed = Feature.objects.get(object_type="lamp", object_id="1")
    assert (changed.version, changed.department, changed.zones, changed.state) == (2, "WAT", [7, 8], {"version": 2})
    journal.write([entry("1", 3, state=None)], AT)
    assert [f.object_id for f in Feature.objects.filter(object_type="lamp")] == ["2"]


@pytest.mark.django_db
def test_an_object_cannot_appear_twice() -> None:
    journal.write([entry("1")], AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        journal.write([entry("1")], AT)


@pytest.mark.django_db
def test_the_state_is_stored_as_the_bytes_that_are_sent() -> None:
    text = '{"b" : 1,  "a":"市"}'
    journal.write([entry(state=text)], AT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.state::text, f.state::text FROM twin_journal j JOIN twin_feature f USING (object_type, object_id)"
            " WHERE object_type = 'lamp'"
        )
        assert cursor.fetchone() == (text, text)


@pytest.mark.django_db
def test_partitions_are_made_ahead_and_making_them_again_does_nothing() -> None:
    for _ in range(2):
        journal.make_partitions(ahead=2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('twin_journal_2') IS NOT NULL, to_regclass('twin_journal_3') IS NULL")
        assert cursor.fetchone() == (True, True)
