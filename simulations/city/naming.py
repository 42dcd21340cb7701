"""Names of roads."""

from collections import Counter
from dataclasses import replace

import numpy as np
import shapely
from shapely import LineString

from simulations.city import names
from simulations.city.frame import Geometries, Ints
from simulations.city.layout import NEW_TOWN, OLD_TOWN
from simulations.city.names import Inventions, Name
from simulations.city.roads import Road

SPLIT_FROM = 1000.0  # metres that an arterial must run on both sides of the old town to have an east and a west half


def name_main(roads: list[Road], invent: Inventions) -> list[Road]:
    """Give every main road a name; long arterials are split into halves such as 人民东路 and 人民西路."""
    great = iter(names.MAIN_ROADS)
    named = []
    for road in sorted(roads, key=lambda road: -road.line.length):
        if road.name == names.NO_NAME:
            stem = next(great, None) if road.road_class == "arterial" else None
            road = replace(road, name=_typed(stem or next(invent), road))
        named += _halves(road) if road.road_class == "arterial" else [road]
    return named


def name_small(streets: Geometries, superblock: Ints, uses: list[str], invent: Inventions) -> list[Road]:
    """Residential streets: lanes with names of their own in the old town, elsewhere numbered within the superblock."""
    roads = []
    stems: dict[int, Name] = {}
    count: Counter[int] = Counter()
    for line, home in zip(streets, superblock.tolist(), strict=True):
        if uses[home] == "campus":
            roads.append(Road("path", names.NO_NAME, line))
            continue
        if uses[home] == "old":
            stem = next(invent)
            name = Name(f"{stem.zh}巷", f"{stem.en} Lane")
        else:
            if home not in stems:
                stems[home] = next(invent)
            stem = stems[home]
            count[home] += 1
            name = Name(f"{stem.zh}{_numeral(count[home])}路", f"{stem.en} Road No. {count[home]}")
        roads.append(Road("residential", name, line))
    return roads


def _numeral(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    digits = "零一二三四五六七八九"
    tens, units = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[units] if units else "")


def _typed(stem: Name, road: Road) -> Name:
    """大道 in the new town, 街 for every other secondary road that runs east to west, else 路."""
    middle = road.line.interpolate(0.5, normalized=True)
    west, south, east, north = road.line.bounds
    if road.road_class == "arterial" and middle.distance(shapely.Point(NEW_TOWN)) < 2200:
        return Name(f"{stem.zh}大道", f"{stem.en} Avenue")
    if road.road_class == "secondary" and east - west > 1.5 * (north - south):
        return Name(f"{stem.zh}街", f"{stem.en} Street")
    return Name(f"{stem.zh}路", f"{stem.en} Road")


def _halves(road: Road) -> list[Road]:
    if not road.name.zh.endswith("路") or road.name.zh.endswith(("北路", "南路")) or road.line.is_ring:
        return [road]
    coords = shapely.get_coordinates(road.line)
    across = int(np.ptp(coords[:, 0]) < np.ptp(coords[:, 1]))  # 0: runs east to west, 1: north to south
    split = int(np.argmin(np.abs(coords[:, across] - OLD_TOWN[across])))
    if not 0 < split < len(coords) - 1:
        return [road]
    parts = [LineString(coords[: split + 1]), LineString(coords[split:])]
    if min(part.length for part in parts) < SPLIT_FROM:
        return [road]
    sides = (Name("西", "West"), Name("东", "East")) if across == 0 else (Name("南", "South"), Name("北", "North"))
    parts.sort(key=lambda part: shapely.get_coordinates(part.centroid)[0][across])
    words = road.name.en.split(" ")
    sided = [Name(f"{road.name.zh[:-1]}{s.zh}路", " ".join([*words[:-1], s.en, words[-1]])) for s in sides]
    return [Road(road.road_class, name, part) for name, part in zip(sided, parts, strict=True)]
