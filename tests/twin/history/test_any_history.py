"""For any history: the city at a moment is what a viewer holds who has seen all of it up to then."""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.history.stories import EVERYTHING, VIEWS, Story, acts, as_of, follow
from tests.twin.journals import head
from twin.history import keyframes
from twin.history.making import Maker
from twin.models import Feature

pytestmark = pytest.mark.django_db


def make_all() -> int:
    """All keyframes that are due, each turn by another process."""
    made = 0
    while Maker().make_next() is not None:
        made += 1
    return made


@given(st.lists(acts, min_size=1, max_size=40), st.data())
@settings(max_examples=30)
def test_a_moment_is_all_frames_up_to_it(history: list[Any], data: st.DataObject) -> None:
    with transaction.atomic():
        begin, story = head(), Story()
        for act in history:
            story.tell(act)
            if data.draw(st.integers(0, 9)) == 0:
                make_all()
        make_all()
        seq = data.draw(st.integers(begin, head()))
        later = data.draw(st.integers(seq, head()))
        for view in VIEWS:
            then = as_of(seq, view)
            assert then == follow({}, view, begin + 1, seq), "from the beginning"
            assert follow(then, view, seq + 1, later) == as_of(later, view), "and on from there"
        assert as_of(head()).keys() == _features(), "the last moment is the present"
        transaction.set_rollback(True)


def _features() -> set[tuple[str, str]]:
    return set(Feature.objects.filter(object_type__in=["lamp", "bench"]).values_list("object_type", "object_id"))


def test_one_process_makes_what_many_make() -> None:
    """Keyframes made in a row by one process are, byte for byte, those that were made one by one."""
    story = Story()
    for number in range(60):
        story.tell(("lamp", number % 7, number % 5 > 0, (120.3, 31.57), (1,), "UMB", 1))
    with transaction.atomic():
        assert make_all() > 8
        one_by_one = _kept()
        transaction.set_rollback(True)
    maker = Maker()
    while maker.make_next() is not None:
        pass
    assert _kept() == one_by_one
    assert make_all() == 0, "and there is nothing left to do"


def _kept() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, at, parts::text FROM twin_keyframe ORDER BY seq")
        frames = cursor.fetchall()
        cursor.execute("SELECT seq, object_type, part, features, body FROM twin_keyframe_part ORDER BY 1, 2, 3")
        parts = [(*row, bytes(body)) for *row, body in cursor.fetchall()]
        cursor.execute("SELECT department, at, kind, changes FROM twin_tally ORDER BY 1, 2, 3")
        return frames, parts, cursor.fetchall()


def test_what_does_not_change_is_not_kept_again() -> None:
    story = Story()
    for number in range(30):
        story.tell(("bench", number, True, (120.3, 31.57), (1,), "UMB", 1))
    make_all()
    for _ in range(30):
        story.tell(("lamp", 1, True, (120.3, 31.57), (1,), "UMB", 1))
    make_all()
    last = keyframes.at_or_before(head())
    assert last is not None
    assert max(last.parts["bench"]) < max(last.parts["lamp"]) == last.seq
    assert len(as_of(head(), EVERYTHING)) == 31
