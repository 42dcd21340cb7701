import random
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import lookup, rasterize
from geo.changes import Draft, retire, save
from geo.lookup import Located, ZoneFacts, ZoneIndex
from geo.models import Zone
from geo.raster import ASK, Raster
from tests.geo.drawn import SIDE, SOUTH, STEP, WEST, bad_places, shapes
from twin import clock, journal
from twin.models import User

EXCLUSIVE = {"cell", "street"}
KINDS = ["cell", "street", "park", "event"]


def zone(number: int, kind: str, precedence: int = 0) -> ZoneFacts:
    return ZoneFacts(number, kind, f"{number:03d}", "", "", precedence, "")


def of_shapes(drawn: Sequence[shapely.Geometry]) -> Raster:
    return rasterize.rasterize(shapely.to_wkb(list(drawn)).tolist())


def with_raster(
    zones: Sequence[ZoneFacts], drawn: Sequence[shapely.Geometry], raster: Raster | None = None
) -> ZoneIndex:
    index = ZoneIndex(zones, drawn, EXCLUSIVE)
    index.use(raster or of_shapes(drawn))
    return index


def as_rows(located: Located, index: ZoneIndex) -> list[list[int]]:
    return [index.ids[located.of(i)].tolist() for i in range(len(located.cells))]


def assert_same(a: Located, b: Located) -> None:
    for name in ("starts", "zones", "cells"):
        one, other = getattr(a, name), getattr(b, name)
        assert one.dtype == other.dtype == np.int64
        np.testing.assert_array_equal(one, other)


def squares(side: int = SIDE, width: int = 1) -> list[shapely.Geometry]:
    """A grid of square cells, `width` steps wide."""
    edges = np.arange(side + 1) * STEP * width
    wests, souths = np.meshgrid(WEST + edges, SOUTH + edges, indexing="ij")
    return shapely.box(wests[:-1, :-1], souths[:-1, :-1], wests[1:, 1:], souths[1:, 1:]).ravel().tolist()


def anywhere(count: int, reach: float = SIDE * STEP) -> tuple[Any, Any]:
    rng = np.random.default_rng(5)
    return WEST + rng.uniform(0, reach, count), SOUTH + rng.uniform(0, reach, count)


@given(st.lists(shapes(), max_size=8), st.integers(0, 2**32))
def test_the_raster_answers_as_each_geometry_does(drawn: list[shapely.Geometry], seed: int) -> None:
    raster = of_shapes(drawn)
    lon, lat = bad_places(drawn, raster.frame, seed)
    number_of = [raster.shapes[wkb] for wkb in shapely.to_wkb(drawn).tolist()] if drawn else []
    finite = np.isfinite(lon) & np.isfinite(lat)
    points = shapely.points(np.where(finite, lon, 500), np.where(finite, lat, 500))
    for i, face in enumerate(raster.faces_of(lon, lat).tolist()):
        if face != ASK:
            members = set(raster.members[raster.starts[face] : raster.starts[face + 1]].tolist())
            hits = shapely.intersects(np.array(drawn, dtype=object), points[i]).tolist()
            assert members == {number for number, hit in zip(number_of, hits, strict=True) if hit}


@given(st.lists(st.tuples(shapes(), st.sampled_from(KINDS)), max_size=8), st.integers(0, 2**32))
def test_zones_are_the_same_with_and_without_a_raster(drawn: list[tuple[shapely.Geometry, str]], seed: int) -> None:
    zones = [zone(number, kind, number % 3) for number, (_, kind) in enumerate(drawn)]
    fast = with_raster(zones, [shape for shape, _ in drawn])
    assert fast.raster is not None
    lon, lat = bad_places([shape for shape, _ in drawn], fast.raster.frame, seed)
    slow = ZoneIndex(zones, [shape for shape, _ in drawn], EXCLUSIVE)
    assert_same(fast.locate(lon, lat), slow.locate(lon, lat))


@pytest.mark.parametrize(
    ("limit", "value"),
    [("MOST_PIXELS", 100), ("MOST_TOUCHES", 60), ("MOST_ACROSS", 3), ("MOST_LINES", 1), ("SAMPLES", 1)],
)
def test_a_coarse_raster_is_as_exact(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(rasterize, limit, value)
    rng = np.random.default_rng(3)
    places = rng.uniform([WEST, SOUTH], [WEST + SIDE * STEP, SOUTH + SIDE * STEP], (30, 2))
    drawn = squares(8, 5) + shapely.buffer(shapely.points(places), 4 * STEP).tolist()
    zones = [zone(i, "cell" if i < 64 else "park") for i in range(len(drawn))]
    fast, slow = with_raster(zones, drawn), ZoneIndex(zones, drawn, EXCLUSIVE)
    assert fast.raster is not None
    lon, lat = bad_places(drawn, fast.raster.frame, 1)
    assert_same(fast.locate(lon, lat), slow.locate(lon, lat))


def test_the_raster_answers_nearly_all() -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform([WEST, SOUTH], [WEST + SIDE * STEP, SOUTH + SIDE * STEP], (30, 2))
    drawn = squares(8, 5) + shapely.buffer(shapely.points(places), 4 * STEP).tolist()
    raster = of_shapes(drawn)
    assert np.mean(raster.faces_of(*anywhere(100_000)) == ASK) < 0.01


def test_a_stray_zone_does_not_make_the_city_coarse() -> None:
    drawn = [*squares(20, 2), shapely.box(0, 0, 0.001, 0.001)]
    fast = with_raster([zone(i, "park") for i in range(401)], drawn)
    raster = fast.raster
    assert raster is not None
    assert raster.frame.step == rasterize.FINEST
    assert as_rows(fast.locate(np.array([0.0005, 1.0]), np.array([0.0005, 1.0])), fast) == [[400], []]
    assert np.mean(raster.faces_of(*anywhere(10_000)) == ASK) < 0.01


@given(st.lists(st.tuples(shapes(), st.sampled_from(KINDS)), max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_insertion_changes_nothing(drawn: list[tuple[shapely.Geometry, str]], dice: random.Random) -> None:
    rows = [(zone(number, kind, number % 2), shape) for number, (shape, kind) in enumerate(drawn)]
    first = with_raster([z for z, _ in rows], [s for _, s in rows])
    dice.shuffle(rows)
    second = with_raster([z for z, _ in rows], [s for _, s in rows])
    assert first.raster is not None
    lon, lat = bad_places([s for _, s in rows], first.raster.frame, 1)
    assert_same(first.locate(lon, lat), second.locate(lon, lat))
    assert [z.id for z in first.zones] == [z.id for z in second.zones]


def test_of_an_exclusive_kind_there_is_one_zone_also_on_borders() -> None:
    drawn = squares(4)
    index = with_raster([zone(i, "cell") for i in range(16)], drawn)
    places = np.unique(shapely.get_coordinates(drawn), axis=0)
    located = index.locate(places[:, 0].copy(), places[:, 1].copy())
    assert np.diff(located.starts).tolist() == [1] * len(places)
    assert (located.cells == located.zones).all()
    by_hand = [next(i for i, cell in enumerate(drawn) if cell.intersects(shapely.Point(place))) for place in places]
    assert index.ids[located.cells].tolist() == by_hand


def added(zones: list[ZoneFacts], drawn: list[shapely.Geometry]) -> None:
    zones.append(zone(900, "event", 5))
    drawn.append(shapely.Point(WEST + 11 * STEP, SOUTH + 9 * STEP).buffer(7 * STEP))


def added_beyond(zones: list[ZoneFacts], drawn: list[shapely.Geometry]) -> None:
    zones.append(zone(900, "event", 5))
    drawn.append(shapely.box(WEST - 1, SOUTH - 1, WEST + 2 * STEP, SOUTH + 2 * STEP))


def moved(zones: list[ZoneFacts], drawn: list[shapely.Geometry]) -> None:
    drawn[70] = shapely.box(WEST + 3.3 * STEP, SOUTH + 1.1 * STEP, WEST + 17.7 * STEP, SOUTH + 20.2 * STEP)


def retired(zones: list[ZoneFacts], drawn: list[shapely.Geometry]) -> None:
    del zones[64:70], drawn[64:70]


def one_of_two_that_overlap_is_retired(zones: list[ZoneFacts], drawn: list[shapely.Geometry]) -> None:
    del zones[0], drawn[0]  # zone 94 is a cell, too, and lies over it


def raised(zones: list[ZoneFacts], drawn: list[shapely.Geometry]) -> None:
    zones[75] = zone(75, "park", 99)


def twin(zones: list[ZoneFacts], drawn: list[shapely.Geometry]) -> None:
    zones.append(zone(901, "event", -5))
    drawn.append(drawn[80])


def emptied(zones: list[ZoneFacts], drawn: list[shapely.Geometry]) -> None:
    drawn[66] = shapely.MultiPolygon()


CHANGES = [added, added_beyond, moved, retired, one_of_two_that_overlap_is_retired, raised, twin, emptied]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_at_once_through_the_old_raster(change: Callable[..., None]) -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform([WEST, SOUTH], [WEST + SIDE * STEP, SOUTH + SIDE * STEP], (30, 2))
    drawn = squares(8, 5) + shapely.buffer(shapely.points(places), 4 * STEP).tolist()
    drawn.append(shapely.box(WEST - STEP, SOUTH - STEP, WEST + 7 * STEP, SOUTH + 7 * STEP))
    zones = [zone(i, "cell" if i < 64 else "park") for i in range(94)] + [zone(94, "cell")]
    before = with_raster(zones, drawn)
    raster = before.raster
    assert raster is not None
    lon, lat = bad_places(drawn, raster.frame, 1)
    then = before.locate(lon, lat)
    changed_zones, changed = list(zones), list(drawn)
    change(changed_zones, changed)
    after = with_raster(changed_zones, changed, raster)
    assert after.raster is raster
    assert_same(after.locate(lon, lat), with_raster(changed_zones, changed).locate(lon, lat))
    assert_same(after.locate(lon, lat), ZoneIndex(changed_zones, changed, EXCLUSIVE).locate(lon, lat))
    assert_same(before.locate(lon, lat), then)  # who still works with the zones as they were is not disturbed


def test_only_what_lies_near_a_new_zone_is_asked() -> None:
    drawn = squares(8, 5)
    index = with_raster([zone(i, "cell") for i in range(64)], drawn)
    lon, lat = anywhere(10_000)
    index.locate(lon, lat)
    assert index.slow == 0
    drawn.append(shapely.box(WEST, SOUTH, WEST + 10 * STEP, SOUTH + 10 * STEP))
    changed = with_raster([zone(i, "cell") for i in range(65)], drawn, index.raster)
    changed.locate(lon, lat)
    assert 500 < changed.slow < 1_000


def test_memory_is_bounded_however_large_and_tangled_the_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasterize, "MOST_PIXELS", 400_000)
    monkeypatch.setattr(rasterize, "MOST_TOUCHES", 200_000)
    monkeypatch.setattr(rasterize, "MOST_MEMBERS", 300_000)
    rng = np.random.default_rng(3)
    drawn = shapely.buffer(shapely.points(rng.uniform(100, 110, (150, 2))), 2).tolist()
    wkb = shapely.to_wkb(drawn).tolist()
    tracemalloc.start()
    raster = rasterize.rasterize(wkb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(raster.pixels) < 410_000
    assert len(raster.members) < 2_000_000
    assert peak < 100e6


@pytest.mark.usefixtures("city")
def test_a_raster_is_made_when_it_pays_and_a_change_holds_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PAYS", 1_000)
    index = lookup._Index()
    lon, lat = anywhere(2_000)
    first = index.fresh(clock.now())
    without = first.locate(lon, lat)
    assert index.fresh(clock.now()) is first
    assert index._making is not None
    index._making.join(30)
    assert first.raster is not None
    assert_same(first.locate(lon, lat), without)

    shape = shapely.multipolygons([shapely.box(WEST, SOUTH, WEST + 30 * STEP, SOUTH + 30 * STEP)])
    admin = User.objects.get(username="demo-admin")
    with journal.writing() as book:
        save(book, Draft("event", "EV900", "灯会", shape), admin)
    second = index.fresh(clock.now())
    event = Zone.objects.get(code="EV900")
    place = np.array([WEST + 15.5 * STEP]), np.array([SOUTH + 15.5 * STEP])
    assert event.pk in second.ids[second.locate(*place).of(0)]
    assert second.raster is first.raster

    second.locate(lon, lat)
    assert index.fresh(clock.now()) is second
    assert index._making is not None  # so much was asked near the event that a new raster pays
    index._making.join(30)
    assert second.raster is not first.raster
    assert event.pk in second.ids[second.locate(*place).of(0)]

    with journal.writing() as book:
        retire(book, event, admin)
    third = index.fresh(clock.now())
    assert event.pk not in third.ids[third.locate(*place).of(0)]
    assert_same(third.locate(lon, lat), without)
