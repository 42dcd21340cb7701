"""A device gives an alarm while an open case stands on its report, on every screen; then it is online again."""

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import actions
from dispatch.matters import merging
from dispatch.models import Case
from ingest.alarms import Watch
from ingest.pipeline import process
from tests.small_city import middle
from tests.twin.verify import verify_action
from twin.models import Feature, Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
HERE, ELSEWHERE = middle(2, 0), middle(3, 3)


@pytest.fixture
def alarm(make_event: Make, message_of: Make) -> Callable[..., Case]:
    """The case that a device's alarm has opened."""

    def raise_it(device: str = "WL-0001", place: Any = HERE, **more: Any) -> Case:
        event = make_event("sensor.alarm", "sensors", place, device=device, category="E-05-06", value=0.4, unit="m")
        process([message_of(event | more)])
        return Case.objects.latest("pk")

    return raise_it


@pytest.fixture
def close(make_person: Make) -> Callable[[Case], None]:
    def end(case: Case) -> None:
        administrator = make_person(Role.ADMINISTRATOR)
        actions.act(case.pk, "void", administrator, version=case.version, note="误报")

    return end


def status(device: str = "WL-0001") -> str:
    return str(Feature.objects.get(object_type="device", object_id=device).state["status"])


def test_it_alarms_with_its_case_and_is_online_when_that_has_ended(alarm: Make, close: Make) -> None:
    watch = Watch()
    with verify_action() as told:
        case = alarm()
        watch.turn()
    assert [one.kind for one in told] == ["case.opened", "device.alarmed"]
    assert (status(), status("MT-0001")) == ("alarm", "online")
    with verify_action() as told:
        close(case)
        watch.turn()
    assert [one.kind for one in told][-1] == "device.cleared"
    assert status() == "online"


def test_it_alarms_for_as_long_as_one_of_its_cases_is_open(alarm: Make, close: Make) -> None:
    watch, cases = Watch(), [alarm(), alarm(place=ELSEWHERE)]
    for case, after in zip(cases, ("alarm", "online"), strict=True):
        watch.turn()
        close(case)
        watch.turn()
        assert status() == after


def test_it_alarms_while_the_case_is_open_that_its_own_was_merged_into(
    alarm: Make, close: Make, make_person: Make
) -> None:
    watch, administrator = Watch(), make_person(Role.ADMINISTRATOR)
    case, into = alarm(), alarm("MT-0001", place=ELSEWHERE)
    merging.merge(case.pk, into.pk, administrator, version=case.version, into_version=into.version)
    watch.turn()
    assert (status(), status("MT-0001")) == ("alarm", "alarm")
    merged = Case.objects.get(pk=case.pk)
    case = merging.unmerge(case.pk, administrator, version=merged.version)
    close(Case.objects.get(pk=into.pk))
    watch.turn()
    assert (status(), status("MT-0001")) == ("alarm", "online"), "it goes on by itself"


def test_closing_the_case_it_was_merged_into_clears_it(alarm: Make, close: Make, make_person: Make) -> None:
    watch, case, into = Watch(), alarm(), alarm("MT-0001", place=ELSEWHERE)
    administrator = make_person(Role.ADMINISTRATOR)
    merging.merge(case.pk, into.pk, administrator, version=case.version, into_version=into.version)
    watch.turn()
    close(Case.objects.get(pk=into.pk))
    watch.turn()
    assert (status(), status("MT-0001")) == ("online", "online")


def test_it_is_said_once_however_many_processes_look(alarm: Make) -> None:
    first, second, late = Watch(), Watch(), Watch()
    first.turn()
    second.turn()
    alarm()
    with verify_action() as told:
        for watch in (first, second, late, first):
            watch.turn()
    assert [one.kind for one in told] == ["device.alarmed"]


def test_what_ended_while_no_process_ran_is_made_good_by_the_next(alarm: Make, close: Make) -> None:
    case = alarm()
    Watch().turn()
    close(case)
    Watch().turn()
    assert status() == "online"


def test_one_that_was_away_has_spoken_and_is_online_afterwards(alarm: Make, close: Make) -> None:
    away = Feature.objects.get(object_type="device", object_id="WL-0001")
    Feature.objects.filter(object_type="device", object_id="WL-0001").update(state=away.state | {"status": "offline"})
    watch = Watch()
    watch.turn()
    assert status() == "offline", "nobody has heard of it"
    case = alarm()
    watch.turn()
    assert status() == "alarm"
    close(case)
    watch.turn()
    assert status() == "online"


def test_an_exercise_alarms_nobodys_device(alarm: Make) -> None:
    watch = Watch()
    alarm(exercise="flood-2026")
    watch.turn()
    assert status() == "online"
