"""Every action there is, seen by every kind of viewer: old snapshot + frames = fresh snapshot."""

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import actions, workflow
from dispatch.models import Report
from geo import changes
from geo.changes import Draft
from geo.models import Zone
from ingest.message import Message
from ingest.pipeline import process
from simulations.city import seed
from tests.dispatch.people import ENDS, LONG, as_reported, everybody, steps
from tests.small_city import OUTSIDE, middle, small_city, square
from tests.twin.verify import verify_action
from twin import journal
from twin.models import Role, User

Make = Callable[..., Any]
CHANNELS = [
    ("sensor.alarm", "sensors", {"device": "MT-0001", "category": "C-01-01", "text": "井盖倾斜"}),
    ("hotline.order", "hotline", {"category": "E-01-10", "description": "垃圾"}),
    ("grid.report", "grid", {"worker": "w1", "category": "E-01-10"}),
]


@pytest.mark.parametrize(("kind", "source", "data"), CHANNELS, ids=[source for _, source, _ in CHANNELS])
@pytest.mark.parametrize("place", [middle(0, 0), middle(1, 1), middle(3, 3)], ids=["street", "park", "school"])
def test_a_case_opened(
    city: None, make_event: Make, message_of: Make, kind: str, source: str, data: dict[str, Any], place: Any
) -> None:
    with verify_action() as told:
        process([message_of(make_event(kind, source, place, **data))])
    assert [(one.kind, one.change["version"]) for one in told] == [("case.opened", 1)]


def test_a_batch_of_everything_at_once(city: None, make_event: Make, message_of: Make) -> None:
    batch: list[Message] = [
        message_of(make_event(place=middle(column, row))) for column in range(4) for row in range(4)
    ]
    batch += [message_of(make_event(place=None, address="中路 1 号")), message_of(make_event(place=OUTSIDE))]
    batch += [message_of(b"no event"), batch[0]]
    with verify_action() as told:
        process(batch)
    assert [one.kind for one in told] == ["report.parked"] + ["case.opened"] * 16


def test_a_refused_report_changes_nothing_on_any_screen(city: None, make_event: Make, message_of: Make) -> None:
    with verify_action() as told:
        process([message_of(make_event(place=OUTSIDE)), message_of(b"")])
    assert told == []


def test_a_report_parked_and_located(city: None, operator: User, make_event: Make, message_of: Make) -> None:
    with verify_action() as told:
        process([message_of(make_event(place=None, address="中路 1 号"))])
    assert [one.kind for one in told] == ["report.parked"]
    with verify_action() as told:
        actions.locate(Report.objects.get(address="中路 1 号").pk, *middle(1, 1), operator)
    assert [one.kind for one in told] == ["case.opened", "report.located"]


@pytest.mark.usefixtures("media")
def test_every_verb_of_the_workflow(city: None, make_person: Make, open_case: Make) -> None:
    """All verbs are walked, so that a new one has to be added to `tests.dispatch.people`."""
    people, walked = everybody(make_person), set()
    for walk in [LONG, *ENDS.values()]:
        case = as_reported(open_case(place=middle(0, 0)))
        for step in steps(walk, case, people):
            with verify_action() as told:
                case = actions.act(case.pk, step.verb, people[step.who], version=case.version, **step.inputs)
            walked.add(step.verb)
            assert [(one.change["type"], one.change["version"]) for one in told] == [("case", case.version)]
            assert (told[0].change["state"] is None) == (case.closed_at is not None), "what has ended leaves the map"
    assert walked == set(workflow.current().verbs)


def test_a_zone_saved_changed_and_retired(city: None, make_person: Make) -> None:
    planner = make_person(Role.PLANNER)
    for base, column in [(None, 0), (1, 1)]:
        draft = Draft(kind="school", code="SC777", name_zh="第七小学", shape=square(column, 3))
        with verify_action() as told, journal.writing() as said:
            changes.save(said, draft, planner, base=base)
        assert [one.kind for one in told] == ["zone.saved"]
    with verify_action() as told, journal.writing() as said:
        changes.retire(said, Zone.objects.get(code="SC777"), planner)
    assert [one.change["state"] for one in told] == [None]


def test_a_zone_changed_that_was_never_on_a_screen(city: None, make_person: Make) -> None:
    """The seed tells the journal of no zone: its first change lets it appear."""
    draft = Draft(kind="park", code="PK001", name_zh="中央公园", shape=square(1, 1))
    with verify_action(), journal.writing() as said:
        changes.save(said, draft, make_person(Role.PLANNER), base=1)


def test_a_zone_retired_in_its_first_version(city: None, make_person: Make) -> None:
    planner = make_person(Role.PLANNER)
    with journal.writing() as said:
        changes.save(said, Draft(kind="school", code="SC777", name_zh="第七小学", shape=square(0, 3)), planner)
    with verify_action(), journal.writing() as said:
        changes.retire(said, Zone.objects.get(code="SC777"), planner)


def test_devices_registered(db: None) -> None:
    """The seed lets devices stand on the map; here two more are registered beside those of the small city."""
    devices = small_city().devices
    devices["code"] = ["WL-0002", "MT-0002"]
    with verify_action() as told:
        seed._devices(devices)
    assert [one.key for one in told] == [("device", "WL-0002"), ("device", "MT-0002")]


def test_an_exercise_is_marked_on_every_screen(city: None, make_event: Make, message_of: Make) -> None:
    with verify_action() as told:
        process([message_of(make_event() | {"exercise": "flood-2026"})])
    assert [one.change["state"]["exercise"] for one in told] == ["flood-2026"]
