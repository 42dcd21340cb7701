"""What happens in the demo city: reports as CloudEvents, with the words, places and coordinate systems of life.

The same seed tells the same stories. Hotline systems work on commercial maps and declare GCJ-02 or BD-09; some
callers give an address only; now and then something is broken, as it is everywhere.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from dispatch.models import Component
from geo.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from geo.models import BasemapShape, ZoneVersion
from ingest.models import Device
from twin import clock

PHRASES = Path(__file__).parent.parent / "city" / "data" / "phrases.json"
ADDRESS_ONLY = 0.03  # share of hotline orders without coordinates
BROKEN = 0.008  # share of messages that somebody will have to mend

type_of = {
    "sensor": "cn.yiwang.sensor.alarm.v1",
    "hotline": "cn.yiwang.hotline.order.v1",
    "grid": "cn.yiwang.grid.report.v1",
}
source_of = {
    "sensor": "urn:yiwang:demo:sensors",
    "hotline": "urn:yiwang:demo:hotline",
    "grid": "urn:yiwang:demo:grid",
}


@dataclass(frozen=True)
class Spot:
    """A place for a story: WGS-84 degrees, longitude first, and an address if there is one."""

    lon: float
    lat: float
    address: str = ""
    component: str = ""


@dataclass(frozen=True)
class Watch:
    """A device and the component that it watches."""

    code: str
    category: str


class Places:
    """Where stories can happen, read from the city once."""

    def __init__(self) -> None:
        self.addresses = [
            Spot(lon, lat, address)
            for address, (lon, lat) in (
                (shape.name_zh, shape.geom.transform(4326, clone=True).coords)
                for shape in BasemapShape.objects.filter(layer="addresses").iterator()
            )
        ]
        self._components: defaultdict[str, list[Spot]] = defaultdict(list)
        for code, category, geom in Component.objects.values_list("code", "category", "geom").iterator():
            self._components[category].append(Spot(geom.x, geom.y, component=code))
        categories = dict(Component.objects.values_list("code", "category"))
        self.devices: defaultdict[str, list[Watch]] = defaultdict(list)
        for code, kind, component in Device.objects.values_list("code", "kind", "component").iterator():
            self.devices[kind].append(Watch(code, categories.get(component, "")))
        self._areas = {kind: self._polygons(kind) for kind in ("park", "estate")}
        self._areas["river"] = _rivers(self._polygons("district"))

    def one(self, kind: str, category: str, dice: random.Random) -> Spot:
        """A spot of a kind: road, park, estate, river, or component (of that category); a road if there is none."""
        if kind == "component" and self._components[category]:
            return dice.choice(self._components[category])
        if self._areas.get(kind):
            return _inside(dice.choice(self._areas[kind]), dice)
        return dice.choice(self.addresses) if self.addresses else dice.choice(self._components["C-01-01"])

    @staticmethod
    def _polygons(kind: str) -> list[shapely.Geometry]:
        held = ZoneVersion.objects.holding(clock.now()).filter(zone__kind=kind)
        return [shapely.from_wkb(bytes(version.geom.wkb)) for version in held]


def _rivers(district: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Water inside the district, WGS-84."""
    shapes = BasemapShape.objects.filter(layer="water")
    water = [shapely.from_wkb(bytes(shape.geom.transform(4326, clone=True).wkb)) for shape in shapes]
    inside = [shapely.intersection(shape, shapely.union_all(district)) for shape in water]
    return [shape for shape in inside if shape.area > 0]


def _inside(area: shapely.Geometry, dice: random.Random) -> Spot:
    west, south, east, north = area.bounds
    for _ in range(200):
        point = shapely.Point(dice.uniform(west, east), dice.uniform(south, north))
        if area.contains(point):
            return Spot(point.x, point.y)
    point = area.representative_point()
    return Spot(point.x, point.y)


class Stories:
    """An endless supply of events for one channel after the other."""

    def __init__(self, places: Places, seed: int, phrases: Path = PHRASES) -> None:
        self.dice = random.Random(seed)
        self.places = places
        self.phrases: dict[str, Any] = json.loads(phrases.read_text(encoding="utf-8"))
        self._run = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
        self._count = 0
        self._told: dict[str, Callable[[], dict[str, Any]]] = {
            "sensor": self._sensor,
            "hotline": self._hotline,
            "grid": self._grid,
        }

    def next(self) -> tuple[str, dict[str, Any]]:
        """A channel (sensor, hotline, grid) and the CloudEvent that comes over it."""
        channels: Mapping[str, float] = self.phrases["channels"]
        (channel,) = self.dice.choices(list(channels), list(channels.values()))
        data = self._told[channel]()
        if self.dice.random() < BROKEN:
            self.dice.choice(_BREAK)(data)
        self._count += 1
        event = {
            "specversion": "1.0",
            "id": f"{channel}-{self._run}-{self._count:06d}",
            "source": source_of[channel],
            "type": type_of[channel],
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "datacontenttype": "application/json",
            "data": data,
        }
        if channel == "sensor":
            event["subject"] = data["device"]
        return channel, event

    def _sensor(self) -> dict[str, Any]:
        alarms = [alarm for alarm in self.phrases["sensors"] if self.places.devices[alarm["device_kind"]]]
        (alarm,) = self.dice.choices(alarms, [a["weight"] for a in alarms])
        watch = self.dice.choice(self.places.devices[alarm["device_kind"]])
        low, high = alarm["range"]
        value = round(self.dice.uniform(low, high), alarm["decimals"])
        text = self.dice.choice(alarm["texts"])["zh"].format(value=value, threshold=alarm["threshold"])
        category = watch.category if watch.category in alarm["categories"] else alarm["categories"][0]
        return {
            "device": watch.code,
            "category": category,
            "condition": alarm["condition"],
            "value": value,
            "unit": alarm["unit"],
            "text": text,
        }

    def _hotline(self) -> dict[str, Any]:
        category, text, spot = self._matter("hotline")
        callers = self.phrases["callers"]
        title, surname = self.dice.choice(callers["titles"]), self.dice.choice(callers["surnames"])
        data = {
            "order": f"12345-{self._run}-{self._count:05d}",
            "category": category,
            "condition": text["condition"],
            "description": text["zh"],
            "address": spot.address,
            "caller": {
                "name": callers["name"]["zh"].format(surname=surname["zh"], title=title["zh"]),
                "phone": callers["phone"].format(number=self.dice.randrange(10_000)),
            },
        }
        if not (spot.address and self.dice.random() < ADDRESS_ONLY):
            data["location"] = located(spot, self.dice.choice(("GCJ02", "GCJ02", "BD09")))
        return data

    def _grid(self) -> dict[str, Any]:
        category, text, spot = self._matter("grid")
        data = {
            "worker": f"网格员 {self.dice.randrange(1, 120):03d}",
            "category": category,
            "condition": text["condition"],
            "description": text["zh"],
            "address": spot.address,
            "location": located(spot, self.dice.choice(("WGS84", "WGS84", "GCJ02", "CGCS2000"))),
        }
        return data | ({"component": spot.component} if spot.component else {})

    def _matter(self, channel: str) -> tuple[str, dict[str, Any], Spot]:
        found = [entry for entry in self.phrases["categories"] if entry["texts"].get(channel)]
        (entry,) = self.dice.choices(found, [e["weights"].get(channel, 0) for e in found])
        spot = self.places.one(entry["place"], entry["category"], self.dice)
        return entry["category"], self.dice.choice(entry["texts"][channel]), spot


def located(spot: Spot, crs: str) -> dict[str, Any]:
    """A spot as a source would declare it in its own coordinate system."""
    forward = {"GCJ02": wgs84_to_gcj02, "BD09": wgs84_to_bd09}.get(crs)
    lon, lat = spot.lon, spot.lat
    if forward is not None:
        x, y = forward(np.array([lon]), np.array([lat]))
        lon, lat = float(x[0]), float(y[0])
    return {"lon": round(lon, 7), "lat": round(lat, 7), "crs": crs}


def _no_fix(data: dict[str, Any]) -> None:
    data["location"] = {"lon": 0.0, "lat": 0.0, "crs": "WGS84"}


def _old_code(data: dict[str, Any]) -> None:
    data["category"] = "E-21-99"


def _far_away(data: dict[str, Any]) -> None:
    data["location"] = {"lon": 118.05, "lat": 30.2, "crs": "WGS84"}


_BREAK = [_no_fix, _old_code, _far_away]
