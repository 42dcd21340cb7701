"""What moves in the demo city: grid workers on foot and the city's vehicles, along its roads.

The same seed sends them the same ways. At the end of a road each takes another that begins there, or turns back.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from geo.lookup import index
from geo.models import BasemapShape
from twin import clock

Way = list[tuple[float, float]]  # metres of the Web-Mercator plane
Node = tuple[int, int]
EARTH = 6_378_137.0
DRIVEN = ("expressway", "arterial", "secondary")
WALKED = ("residential", "secondary")
# Kind of vehicle, the department that runs it, and metres a second.
VEHICLES = [
    ("洒水车", "UMB.SAN", 5.5),
    ("清运车", "UMB.SAN", 7.0),
    ("执法巡查车", "UMB.ENF", 8.0),
    ("排水抢险车", "WAT.DRN", 9.0),
]
PACE = 1.3  # of somebody on foot


def degrees(x: float, y: float) -> tuple[float, float]:
    """WGS-84, longitude first, of a place in the plane."""
    return math.degrees(x / EARTH), math.degrees(2 * math.atan(math.exp(y / EARTH)) - math.pi / 2)


class Roads:
    """The ways of the city and where they meet."""

    def __init__(self, kinds: Sequence[str]) -> None:
        shapes = BasemapShape.objects.filter(layer="roads", kind__in=kinds).order_by("pk").values_list("geom")
        lines = [shapely.from_wkb(bytes(geom.wkb)) for (geom,) in shapes.iterator()]
        parts = [part for line in lines for part in getattr(line, "geoms", [line]) if part.length > 0]
        self.ways: list[Way] = [[(x, y) for x, y, *_ in part.coords] for part in parts]
        self._at: defaultdict[Node, list[tuple[int, bool]]] = defaultdict(list)
        for number, way in enumerate(self.ways):
            self._at[_node(way[0])].append((number, False))
            self._at[_node(way[-1])].append((number, True))

    def after(self, number: int, end: tuple[float, float], dice: random.Random) -> tuple[int, bool]:
        """A way that begins where one ends, and whether it is gone backwards; the same one if there is no other."""
        others = [found for found in self._at[_node(end)] if found[0] != number]
        mine = [found for found in self._at[_node(end)] if found[0] == number]
        return dice.choice(others or mine)


def _node(place: tuple[float, float]) -> Node:
    return round(place[0]), round(place[1])


@dataclass
class Mover:
    """Somebody or something under way: `left` is what lies ahead on its road, the next corner first."""

    type: str
    id: str
    name: str
    department: str
    speed: float
    way: int
    here: tuple[float, float]
    left: Way
    heading: float = 0.0

    def go(self, metres: float, roads: Roads, dice: random.Random) -> None:
        """Walk on along the road. A metre of the plane is shorter on the ground, by the cosine of the latitude."""
        metres /= math.cos(math.radians(degrees(*self.here)[1]))
        while True:
            if not self.left:
                self.way, backwards = roads.after(self.way, self.here, dice)
                way = roads.ways[self.way]
                self.left = (way[::-1] if backwards else way)[1:]
            (x, y), (to_x, to_y) = self.here, self.left[0]
            ahead = math.dist((x, y), (to_x, to_y))
            if ahead > 0:
                self.heading = math.degrees(math.atan2(to_x - x, to_y - y)) % 360
            if ahead > metres:
                self.here = (x + (to_x - x) * metres / ahead, y + (to_y - y) * metres / ahead)
                return
            metres -= ahead
            self.here = self.left.pop(0)


class Fleet:
    """All that moves. `fixes` is what their trackers would say, as `POST /api/positions` takes it."""

    def __init__(self, people: int, vehicles: int, seed: int) -> None:
        self._dice = random.Random(seed)
        driven, walked = Roads(DRIVEN), Roads(WALKED)
        self._movers = [(mover, driven) for mover in self._vehicles(driven, vehicles if driven.ways else 0)]
        self._movers += [(mover, walked) for mover in self._people(walked, people if walked.ways else 0)]

    def __len__(self) -> int:
        return len(self._movers)

    def go(self, seconds: float) -> None:
        for mover, roads in self._movers:
            mover.go(mover.speed * seconds, roads, self._dice)

    def fixes(self, at: datetime) -> dict[str, Any]:
        return {"crs": "WGS84", "fixes": [_fix(mover, at) for mover, _ in self._movers]}

    def _vehicles(self, roads: Roads, count: int) -> Iterator[Mover]:
        for number in range(count):
            kind, department, speed = VEHICLES[number % len(VEHICLES)]
            name = f"{kind} {number // len(VEHICLES) + 1:02d}"
            yield self._start("vehicle", f"V-{number + 1:03d}", name, department, speed, roads)

    def _people(self, roads: Roads, count: int) -> Iterator[Mover]:
        movers = [self._start("person", f"G-{n + 1:03d}", f"网格员 {n + 1:03d}", "", PACE, roads) for n in range(count)]
        for mover, office in zip(movers, _offices([degrees(*mover.here) for mover in movers]), strict=True):
            mover.department = office
            yield mover

    def _start(self, kind: str, code: str, name: str, department: str, speed: float, roads: Roads) -> Mover:
        way = self._dice.randrange(len(roads.ways))
        corners = roads.ways[way]
        at = self._dice.randrange(len(corners) - 1)
        speed *= self._dice.uniform(0.8, 1.2)
        return Mover(kind, code, name, department, speed, way, corners[at], corners[at + 1 :])


def _offices(places: Sequence[tuple[float, float]]) -> list[str]:
    """The street office on whose ground each place lies; empty outside the city."""
    if not places:
        return []
    zones = index.fresh(clock.now())
    lon, lat = np.array(places).T
    located = zones.locate(lon, lat)
    facts = zones.by_id
    offices = []
    for number in range(len(places)):
        under = [facts[zone] for zone in zones.ids[located.of(number)].tolist()]
        offices.append(next((zone.department for zone in under if zone.kind == "street"), ""))
    return offices


def _fix(mover: Mover, at: datetime) -> dict[str, Any]:
    lon, lat = degrees(*mover.here)
    return {
        "type": mover.type,
        "id": mover.id,
        "at": at.isoformat(timespec="milliseconds"),
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "heading": round(mover.heading, 1),
        "speed": round(mover.speed, 2),
        "name": mover.name,
        "department": mover.department,
    }
