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
ARTERIAL_SPACING = 1150.0
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


def network(layout: Layout, field: Field, rng: np.random.Generator) -> tuple[list[Road], list[Polygon]]:
    """Main roads (unnamed ones among them) and the faces between them, over the whole world."""
    roads = [Road(guide.road_class, guide.name, guide.line) for guide in layout.guides]
    lake = layout.lake.buffer(60)
    arterials = Tracer(layout, field, lambda x, y: ARTERIAL_SPACING, [lake]).trace([r.line for r in roads], rng)
    roads += [Road("arterial", NO_NAME, line) for line in arterials]

    closed = [lake, layout.river.buffer(RIVER_WIDTH / 2 + 10), *reserves(layout, [r.line for r in roads])]
    secondaries = Tracer(layout, field, _secondary_spacing(layout), closed).trace([r.line for r in roads], rng)
    roads += [Road("secondary", NO_NAME, line) for line in secondaries]
    roads = [replace(road, line=road.line.simplify(1.5).intersection(layout.world)) for road in roads]
    roads = [replace(road, line=part) for road in roads for part in _lines(road.line)]
    return _trim(roads, layout.river)


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


def _trim(roads: list[Road], river: LineString) -> tuple[list[Road], list[Polygon]]:
    """Cut off loose ends and give the faces. The river's middle divides faces but is no road."""
    noded = shapely.union_all([*(road.line for road in roads), river], grid_size=0.01)
    faces, _, dangles, _ = shapely.polygonize_full([noded])
    loose = shapely.buffer(dangles, 0.5, cap_style="flat")
    shapely.prepare(loose)
    kept = []
    for road in roads:
        line = road.line.difference(loose) if loose.intersects(road.line) else road.line
        kept += [replace(road, line=part) for part in _lines(line) if part.length > 60]
    return kept, list(shapely.get_parts(faces))


def _lines(geometry: shapely.Geometry) -> Geometries:
    parts = shapely.get_parts(geometry)
    merged = shapely.line_merge(shapely.multilinestrings(parts[shapely.get_type_id(parts) == 1]))
    return shapely.get_parts(merged)
