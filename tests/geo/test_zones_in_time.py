"""Zones that begin, end and change while the city works: each batch is located by what holds then."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.gis.geos import MultiPolygon

from dispatch.models import Case
from geo.lookup import index
from geo.models import Zone, ZoneVersion
from tests.small_city import middle
from tests.threads import elsewhere
from twin import clock, revisions

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def fair(begin: datetime, end: datetime | None = None, department: str = "") -> Zone:
    """An event ground over cell (0, 0)."""
    made = Zone.objects.create(kind_id="event", code="FAIR")
    cell = ZoneVersion.objects.get(zone__code="990101001001003").geom
    ZoneVersion.objects.create(
        zone=made, holds_from=begin, holds_to=end, name_zh="庙会", geom=MultiPolygon(*cell), precedence=90,
        department=department,
    )  # fmt: skip
    revisions.bump("zones")
    return made


def end(zone: Zone) -> None:
    ZoneVersion.objects.filter(zone=zone).update(holds_to=datetime.now(UTC))
    revisions.bump("zones")


def stands(at: datetime) -> bool:
    return "event:FAIR" in index.fresh(at).by_ref


def test_a_version_holds_from_its_beginning_until_before_its_end(city: None) -> None:
    fair(NOW, NOW + HOUR)
    moments = [NOW - HOUR / 2, NOW, NOW + HOUR / 2, NOW + HOUR - timedelta.resolution, NOW + HOUR]
    assert [stands(at) for at in moments] == [False, True, True, True, False]


def test_a_clock_that_is_set_back_finds_the_zones_of_then(city: None) -> None:
    fair(NOW, NOW + HOUR)
    assert [stands(at) for at in (NOW + HOUR, NOW, NOW - HOUR, NOW)] == [False, True, False, True]


def test_between_two_boundaries_the_zones_are_not_loaded_again(
    city: None, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    fair(NOW, NOW + HOUR)
    known = revisions.read()
    index.fresh(NOW, known)
    with django_assert_num_queries(0):
        for minutes in (59, 0, 30):
            index.fresh(NOW + timedelta(minutes=minutes), known)


def test_a_zone_saved_by_another_process_takes_effect_in_the_next_batch(
    own_city: None, open_case: Callable[..., Case]
) -> None:
    """Nothing is restarted, nobody is told, and not one report in between is located by the old zones."""
    before = open_case(place=middle(0, 0))
    made = elsewhere(fair, datetime.now(UTC))
    after = open_case(place=middle(0, 0))
    assert made.pk not in before.zones
    assert after.zones[0] == made.pk
    elsewhere(end, made)
    assert open_case(place=middle(0, 0)).zones == before.zones


def test_a_zone_that_begins_while_the_city_works_takes_effect_without_any_change(
    city: None, open_case: Callable[..., Case]
) -> None:
    """No revision of the zones moves when its time has come: the index knows until when it is good."""
    begins = datetime.now(UTC) + HOUR
    made = fair(begins)
    assert made.pk not in open_case(place=middle(0, 0)).zones
    clock.change(begins, 1)
    assert made.pk in open_case(place=middle(0, 0)).zones
