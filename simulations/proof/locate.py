"""`yiwang bench locate`: which zones contain a point, a million times over, on one core; and against the usual ways.

The others get their points ready made, as geometries, and need not tell which zone of an exclusive kind comes first.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas
import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from geo import changes, lookup, outlines
from geo.lookup import CELL, ZoneIndex
from geo.models import Zone, ZoneKind, ZoneVersion
from geo.raster import ASK, Raster
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.private import CannotProve, PrivateCity
from twin import clock, journal, revisions
from twin.models import User

KIND = "event"  # of the free zones
ROUNDS = 3  # the best of which counts, for everybody
OTHERS = 100_000  # points for the other ways, which take longer
METRES = 111_320.0  # in a degree of latitude
PATIENCE = 120.0  # seconds for the raster

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Points inside the district, drawn evenly."""

    lon: Floats
    lat: Floats

    def first(self, count: int) -> "Places":
        return Places(self.lon[:count], self.lat[:count])

    def __len__(self) -> int:
        return len(self.lon)


class Rate(NamedTuple):
    """Points a second: of this process's CPU time, which others on the machine do not shorten, and by the clock."""

    of_cpu: float
    by_clock: float


def check_enough(points: int) -> None:
    """Raises CannotProve if so few points would not make a process draw its raster."""
    asked = ROUNDS * min(points, OTHERS)
    if asked <= lookup.PAYS:
        raise CannotProve(f"{asked:,} look-ups are too few for a raster to pay; ask for more points")


def bench_locate(city: PrivateCity, points: int, free_zones: int, say: Narrator) -> Outcome:
    """Raises CannotProve when two ways find different zones."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(everywhere)})
    try:
        return _bench(city, points, free_zones, say)
    finally:
        os.sched_setaffinity(0, everywhere)


def _bench(city: PrivateCity, points: int, free_zones: int, say: Narrator) -> Outcome:
    say(f"drawing {free_zones} zones over each other and {points:,} points")
    _draw_zones(free_zones)
    places = draw_points(points)
    zones = lookup.index.fresh(clock.now())
    few = places.first(OTHERS)
    say("asking without a raster: boxes from the tree, then prepared polygons")
    without = _best(len(few), lambda: zones.locate(few.lon, few.lat))
    say("waiting for the raster")
    raster, seconds = _await_raster(zones)
    say("asking the raster")
    fast = _best(len(places), lambda: zones.locate(places.lon, places.lat))
    say("comparing")
    borders = _compare(zones, few)
    say(f"the others, {len(few):,} points each")
    others = _others(city, zones, few)
    figures = _against(fast, others | {"prepared_strtree": without}) | {
        "points_per_second_by_the_clock": round(fast.by_clock),
        "cpu_seconds_to_make_raster": round(seconds, 2),
        "raster_mib": round(_bytes(raster) / 2**20, 1),
        "milliseconds_from_saved_to_located": round(_change(places) * 1000, 1),
    }
    conditions = machine() | {
        "cores_used": 1,
        "unit_grid_cells": int((zones.kind_of == zones.kinds[CELL]).sum()),
        "zones": len(zones.zones),
        "free_zones_drawn": free_zones,
        "points": len(places),
        "points_for_the_others": len(few),
        "pixel_metres": round(raster.frame.step * METRES, 1),
        "compared": f"{len(few):,} points and {borders:,} on borders: the same zones with and without the raster",
        "figures": f"best of {ROUNDS} rounds, by CPU time; those of PostGIS by the clock",
    }
    return Outcome("locate", figures, conditions, _limit(raster, zones, places, fast.of_cpu))


def _against(fast: Rate, others: Mapping[str, Rate]) -> dict[str, Any]:
    figures: dict[str, Any] = {"points_per_second": round(fast.of_cpu)}
    for name, other in others.items():
        # PostGIS works in a process that may be on another machine: what it does there only the clock tells.
        mine, theirs = (fast.by_clock, other.by_clock) if name == "postgis" else (fast.of_cpu, other.of_cpu)
        figures |= {f"ratio_to_{name}": round(mine / theirs, 1), f"{name}_points_per_second": round(theirs)}
    return figures


def _draw_zones(count: int) -> None:
    """Blobs 80 to 700 m wide either way, stored as zones that hold now."""
    dice = np.random.default_rng(1)
    west, south, east, north = _district().bounds
    kind = ZoneKind.objects.get(pk=KIND)
    zones = Zone.objects.bulk_create(Zone(kind=kind, code=f"BENCH{i:04d}") for i in range(count))
    begin = clock.now()
    versions = []
    for zone in zones:
        corners = int(dice.integers(5, 40))
        turn = np.sort(dice.uniform(0, 2 * np.pi, corners))
        reach = np.exp(dice.uniform(np.log(80), np.log(700))) / METRES * dice.uniform(0.7, 1.3, corners)
        x, y = dice.uniform(west, east), dice.uniform(south, north)
        ring = np.column_stack([x + reach * np.cos(turn) / np.cos(np.radians(y)), y + reach * np.sin(turn)])
        shape = outlines.stored(outlines.check_shape(shapely.Polygon(ring)))
        more = {"name_zh": zone.code, "precedence": kind.precedence, "geom": shape}
        versions.append(ZoneVersion(zone=zone, holds_from=begin, **more))
    ZoneVersion.objects.bulk_create(versions)
    revisions.bump("zones")


def _district() -> shapely.Geometry:
    return shapely.from_wkb(bytes(ZoneVersion.objects.get(zone__kind="district").geom.wkb))


def draw_points(count: int) -> Places:
    district = _district()
    shapely.prepare(district)
    dice = np.random.default_rng(2)
    west, south, east, north = district.bounds
    share = district.area / shapely.box(*district.bounds).area
    tries = int(count / share * 1.05) + 1000
    lon, lat = dice.uniform(west, east, tries), dice.uniform(south, north, tries)
    inside = np.flatnonzero(shapely.contains_xy(district, lon, lat))[:count]
    return Places(lon[inside], lat[inside])


def _best(count: int, work: Callable[[], object]) -> Rate:
    cpu, clock = np.inf, np.inf
    for _ in range(ROUNDS):
        began = time.process_time(), time.perf_counter()
        work()
        cpu, clock = min(cpu, time.process_time() - began[0]), min(clock, time.perf_counter() - began[1])
    return Rate(count / float(cpu), count / float(clock))


def _await_raster(zones: ZoneIndex) -> tuple[Raster, float]:
    """The raster that a process makes for itself when it has looked up enough, and the CPU seconds that it takes."""
    until, began = time.monotonic() + PATIENCE, time.process_time()
    lookup.index.fresh(clock.now())
    while zones.raster is None:
        if time.monotonic() > until:
            raise CannotProve(f"no raster was made in {PATIENCE:g} s")
        time.sleep(0.01)
    return zones.raster, time.process_time() - began


def _compare(zones: ZoneIndex, places: Places) -> int:
    """Raises CannotProve if raster and geometries differ. Gives the number of points on borders that were compared."""
    shapes = shapely.from_wkb(zones.wkb())
    corners = np.unique(shapely.get_coordinates(shapes), axis=0)
    between = shapely.get_coordinates(shapely.line_interpolate_point(shapely.boundary(shapes), 0.3, normalized=True))
    borders = np.concatenate([corners, between])
    lon, lat = np.concatenate([places.lon, borders[:, 0]]), np.concatenate([places.lat, borders[:, 1]])
    exclusive = set(ZoneKind.objects.filter(exclusive=True).values_list("code", flat=True))
    fast, slow = zones.locate(lon, lat), ZoneIndex(zones.zones, shapes, exclusive).locate(lon, lat)
    if not all(np.array_equal(getattr(fast, name), getattr(slow, name)) for name in ("starts", "zones", "cells")):
        raise CannotProve("the raster and the geometries do not give the same zones")
    return len(borders)


def _others(city: PrivateCity, zones: ZoneIndex, places: Places) -> dict[str, Rate]:
    """Raises CannotProve unless all find the same number of pairs."""
    shapes, points = shapely.from_wkb(zones.wkb()), shapely.points(places.lon, places.lat)
    tree = shapely.STRtree(shapes)
    left, right = geopandas.GeoDataFrame(geometry=points, crs=4326), geopandas.GeoDataFrame(geometry=shapes, crs=4326)
    ways: dict[str, Callable[[], int]] = {
        "strtree": lambda: tree.query(points, predicate="intersects").shape[1],
        "sjoin": lambda: len(geopandas.sjoin(left, right, predicate="intersects")),
    }
    with psycopg.connect(city.database_url) as connection:
        _copy_points(connection, places)
        ways["postgis"] = lambda: connection.execute(_JOIN).fetchone()[0]  # type: ignore[index]
        pairs = {name: way() for name, way in ways.items()}
        if len(set(pairs.values())) > 1:
            raise CannotProve(f"the ways do not find the same number of pairs of point and zone: {pairs}")
        return {name: _best(len(places), way) for name, way in ways.items()}


_JOIN = """
SELECT count(*) FROM bench_point p JOIN geo_zoneversion v ON ST_Intersects(v.geom, p.geom)
WHERE v.holds_from <= now() AND (v.holds_to IS NULL OR v.holds_to > now())
"""


def _copy_points(connection: psycopg.Connection, places: Places) -> None:
    # One process is one core; and compiling the query takes longer than it saves.
    connection.execute("SET max_parallel_workers_per_gather = 0; SET jit = off")
    connection.execute("CREATE TEMP TABLE bench_point (geom geometry(Point, 4326))")
    wkb = shapely.to_wkb(shapely.set_srid(shapely.points(places.lon, places.lat), 4326), hex=True, include_srid=True)
    with connection.cursor().copy("COPY bench_point FROM STDIN") as copy:
        copy.write("\n".join(wkb) + "\n")
    connection.execute("CREATE INDEX ON bench_point USING gist (geom)")
    connection.execute("ANALYZE bench_point")


def _change(places: Places) -> float:
    """Seconds from the commit of a zone to the first look-up that finds it, raster and all."""
    lon, lat = places.lon[:1], places.lat[:1]
    shape = shapely.Point(lon[0], lat[0]).buffer(100 / METRES)
    admin = User.objects.get(username="demo-admin")
    with journal.writing() as book:
        zone = changes.save(book, changes.Draft(KIND, "BENCH-SAVED", "BENCH-SAVED", shape), admin).zone_id
    begin = time.perf_counter()
    zones = lookup.index.fresh(clock.now())
    located = zones.locate(lon, lat)
    seconds = time.perf_counter() - begin
    if zone not in zones.ids[located.of(0)]:
        raise CannotProve("a zone was saved, and the next look-up does not find it")
    return seconds


def _bytes(raster: Raster) -> int:
    parts = [*vars(raster).values(), *vars(raster.edges).values()]
    return sum(part.nbytes for part in parts if isinstance(part, np.ndarray))


def _limit(raster: Raster, zones: ZoneIndex, places: Places, rate: float) -> str:
    pixels = raster.pixels[raster.frame.pixels_of(places.lon, places.lat)]
    asked = np.mean(raster.faces_of(places.lon, places.lat) == ASK)
    each = len(zones.locate(places.lon, places.lat).zones) / len(places)
    return (
        f"one core, {1e9 / rate:.0f} ns a point, with {each:.1f} zones each; {np.mean(pixels < ASK):.1%} of the points"
        f" lie in pixels that borders cross, and {asked:.2%} are asked of the geometries"
    )
