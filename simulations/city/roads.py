"""The road network down to secondary roads, and the superblocks between them."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, Polygon

from simulations.city.field import Field
from simulations.city.frame import Geometries
from simulations.city.layout import RIVER_WIDTH, Layout
from simulations.city.names import NO_NAME, Name
from simulations.city.streamlines import Spacing, Tracer

# Half the width between the building lines, pavements included, in metres.
HALF_WIDTH = {"expressway": 32.0, "arterial": 24.0, "secondary": 15.0, "residential": 8.5, "path": 4.0}
ARTERIAL_SPACING = 1000.0
ONWARD = {"arterial": 900.0, "secondary": 450.0}  # metres that a road may go straight on to meet another
TOLERANCE = 1.5
SECONDARY_SPACING = {
    "old": 270.0,
    "estate_old": 360.0,
    "estate_mid": 430.0,
    "estate_new": 470.0,
    "cbd": 330.0,
    "tech": 480.0,
    "industry": 520.0,
    "village": 420.0,
}


@dataclass(frozen=True)
class Road:
    road_class: str
    name: Name
    line: LineString


def use_at(layout: Layout, x: float, y: float) -> str:
    """What is built at a place: the use of the quarter whose middle is nearest, in units of its radius."""
    best = min(layout.regions, key=lambda r: ((r.x - x) ** 2 + (r.y - y) ** 2) / r.radius**2)
    return best.use


def network(layout: Layout, field: Field, rng: np.random.Generator) -> list[Road]:
    """Main roads over the whole world, with loose ends; those that the plan does not prescribe have no name yet."""
    roads = [Road(guide.road_class, guide.name, guide.line.simplify(TOLERANCE)) for guide in layout.guides]
    lake = Polygon(layout.lake.exterior).buffer(60)
    roads += _traced("arterial", lambda x, y: ARTERIAL_SPACING, [lake], roads, layout, field, rng)
    closed = [lake, layout.river.buffer(RIVER_WIDTH / 2 + 10), *reserves(layout, [road.line for road in roads])]
    roads += _traced("secondary", _secondary_spacing(layout), closed, roads, layout, field, rng)
    return roads


def _traced(
    road_class: str,
    spacing: Spacing,
    closed: list[Polygon],
    roads: list[Road],
    layout: Layout,
    field: Field,
    rng: np.random.Generator,
) -> list[Road]:
    lines = Tracer(layout, field, spacing, closed).trace([road.line for road in roads], rng)
    lines = [line.simplify(TOLERANCE) for line in lines]
    crossable = [road.line for road in roads] + lines
    barrier = shapely.union_all([layout.river, layout.lake, *closed[2:]])
    return [Road(road_class, NO_NAME, line) for line in _joined(lines, crossable, barrier, ONWARD[road_class])]


def _joined(
    lines: list[LineString], others: list[LineString], barrier: shapely.Geometry, reach: float
) -> list[LineString]:
    """Lines that end in the open go straight on to the next road, if one is within reach this side of any barrier."""
    roads = np.array(others)
    tree = shapely.STRtree(roads)
    shapely.prepare(barrier)
    result = []
    for line in lines:
        coords = shapely.get_coordinates(line)
        for _ in range(2):
            step = (coords[-1] - coords[-2]) / np.hypot(*(coords[-1] - coords[-2]))
            ray = LineString([coords[-1] + step, coords[-1] + reach * step])
            hits = shapely.get_coordinates(shapely.intersection(ray, roads[tree.query(ray, predicate="intersects")]))
            if len(hits):
                hit = hits[np.argmin(np.hypot(*(hits - coords[-1]).T))]
                if not barrier.intersects(LineString([coords[-1], hit])):
                    coords = np.vstack([coords, hit + step])
            coords = coords[::-1]
        result.append(LineString(coords))
    return result


def reserves(layout: Layout, lines: list[LineString]) -> list[Polygon]:
    """Faces between arterials that no secondary road crosses: the university and the great park."""
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([*lines, layout.river])]))
    return [face.buffer(-30) for point in RESERVED for face in faces[shapely.contains_xy(faces, *point)]]


CAMPUS_AT = (1500.0, -3300.0)
GREAT_PARK_AT = (1750.0, 600.0)
RESERVED = [CAMPUS_AT, GREAT_PARK_AT]


def _secondary_spacing(layout: Layout) -> Spacing:
    cache: dict[tuple[int, int], float] = {}

    def spacing(x: float, y: float) -> float:
        key = (int(x // 200), int(y // 200))
        if key not in cache:
            cache[key] = SECONDARY_SPACING[use_at(layout, x, y)]
        return cache[key]

    return spacing


def trim(roads: list[Road], layout: Layout) -> tuple[list[Road], list[Polygon]]:
    """Cut off loose ends and what leaves the world; also gives the faces between the roads. The river's middle
    divides faces but is no road."""
    roads = clip(roads, layout.world)
    noded = shapely.union_all([*(road.line for road in roads), layout.river], grid_size=0.01)
    faces, bridges, dangles, _ = shapely.polygonize_full([noded])
    ends = shapely.union(bridges, dangles)
    # What is cut off stops just short of the roads that stay, so that these are not nicked.
    staying = noded.difference(ends).intersection(ends.buffer(3))
    loose = ends.buffer(0.5, cap_style="flat").difference(staying.buffer(0.7))
    shapely.prepare(loose)
    kept: list[Road] = []
    for road in roads:
        line = road.line.difference(loose) if loose.intersects(road.line) else road.line
        kept += [replace(road, line=part) for part in _lines(line) if part.length > 60]
    return kept, list(shapely.get_parts(faces))


def clip(roads: list[Road], area: Polygon) -> list[Road]:
    """What of the roads lies in the area."""
    shapely.prepare(area)
    return [replace(road, line=part) for road in roads for part in _lines(shapely.intersection(road.line, area))]


def _lines(geometry: shapely.Geometry) -> Geometries:
    parts = shapely.get_parts(geometry)
    merged = shapely.line_merge(shapely.multilinestrings(parts[shapely.get_type_id(parts) == 1]))
    lines: Geometries = shapely.get_parts(merged)
    return lines
