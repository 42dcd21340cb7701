"""The hand-drawn plan that every seed varies a little: water, the great roads, and what lies where.

A generated city only looks like one if its main lines tell a story. Here: an old town inside a moat, grown at the
bend of a river beside a canal; a lake to the south-west; a new town to the east; industry north of the river; a
university quarter to the south. All coordinates are local metres (see `frame`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, Polygon

from simulations.city import names
from simulations.city.frame import Floats
from simulations.city.names import Name

OLD_TOWN = (-700.0, -300.0)
NEW_TOWN = (4500.0, 1700.0)
RIVER_WIDTH, CANAL_WIDTH, MOAT_WIDTH, CREEK_WIDTH = 130.0, 46.0, 26.0, 16.0
AREA = 70e6


@dataclass(frozen=True)
class Region:
    """A quarter of the city: what is built there, and which way its streets run (degrees from east)."""

    use: str
    x: float
    y: float
    radius: float
    angle: float


@dataclass(frozen=True)
class Guide:
    """A road that the plan itself prescribes."""

    road_class: str
    name: Name
    line: LineString


@dataclass(frozen=True)
class Water:
    kind: str
    name: Name
    shape: Polygon


@dataclass(frozen=True)
class Layout:
    area: float
    half_width: float
    half_height: float
    river: LineString
    lake: Polygon
    regions: list[Region]
    water: list[Water]
    # Lines that streets bend with: (line, reach in metres).
    flow: list[tuple[LineString, float]] = field(default_factory=list)
    guides: list[Guide] = field(default_factory=list)

    @property
    def world(self) -> Polygon:
        """The stretch of country that is drawn; the district lies well inside it."""
        return shapely.box(-self.half_width, -self.half_height, self.half_width, self.half_height)


REGIONS = [
    Region("old", -700, -300, 1150, 7),
    Region("estate_old", -1500, 1000, 1200, 10),
    Region("estate_old", 700, -1500, 1300, -6),
    Region("estate_mid", -2300, -700, 1300, 16),
    Region("estate_mid", 1500, 1100, 1000, -10),
    Region("cbd", 4400, 1700, 1000, -22),
    Region("estate_new", 2900, 1000, 900, -20),
    Region("estate_new", 2900, 2900, 1400, -22),
    Region("estate_new", 4900, 300, 1400, -22),
    Region("estate_mid", 3000, -900, 1000, -18),
    Region("estate_mid", 700, 2900, 900, 4),
    Region("estate_mid", -700, -3300, 1100, 10),
    Region("estate_mid", 3100, -2900, 1200, -4),
    Region("estate_new", -4600, 300, 1300, -14),
    Region("tech", 1300, -3500, 1300, 15),
    Region("industry", -2900, 3300, 1600, 20),
    Region("industry", -1000, 4300, 1500, 15),
    Region("industry", 5400, -2300, 1300, -22),
    Region("village", -4100, 2300, 700, 20),
    Region("village", 900, 4200, 700, 5),
    Region("village", -2700, -3700, 600, -8),
]


def plan(rng: np.random.Generator, scale: float = 1.0) -> Layout:
    """Draw the plan. `scale` is the share of the full district's area that is wanted."""
    river = _curve(
        rng,
        [(-9500, 3300), (-6800, 2900), (-5100, 1900), (-3600, 1500), (-2200, 1800), (-1200, 2330), (-350, 1850)]
        + [(500, 700), (1250, -250), (2300, -760), (3300, -1000), (4200, -1750), (5300, -2300), (6500, -2200)]
        + [(8000, -3600), (9500, -3900)],
        60,
    )
    moat = _moat()
    canal = _curve(
        rng,
        [(1700, 8500), (2100, 6500), (1500, 4800), (1700, 3300), (1100, 2100), (640, 1100), (430, 300), (420, -500)]
        + [(300, -1200), (-300, -2100), (-200, -3200), (-800, -4600), (-600, -6400), (-1100, -8500)],
        30,
    )
    lake = _lake(rng)
    creeks = [
        _curve(rng, [(-1780, -560), (-2400, -900), (-3050, -1500), (-3700, -1950)], 20),
        _curve(rng, [(1500, 3900), (2700, 3700), (3800, 2900), (5000, 3100), (6500, 2500), (8500, 3100)], 60),
        _curve(rng, [(2800, -880), (3600, 350), (4600, 520), (5600, 1000), (7000, 600), (8500, 900)], 50),
        _curve(rng, [(-4600, -2600), (-5200, -3600), (-5000, -5200), (-5800, -8000)], 60),
        _curve(rng, [(-200, -3000), (900, -2700), (1900, -3000), (2900, -3900), (3400, -5500), (4200, -8000)], 50),
    ]
    half = (8600.0, 7400.0)
    if scale < 1:
        half = (half[0] * scale**0.5 + 900, half[1] * scale**0.5 + 900)
    return Layout(
        area=AREA * scale,
        half_width=half[0],
        half_height=half[1],
        river=river,
        lake=lake,
        regions=REGIONS,
        water=_water(river, canal, moat, lake, creeks),
        flow=[(river, 650), (moat, 330), (lake.exterior, 500), (canal, 350), (_ring(), 420)]
        + [(creek, 160) for creek in creeks],
        guides=_guides(rng, river, canal, moat, lake),
    )


def _water(
    river: LineString, canal: LineString, moat: LineString, lake: Polygon, creeks: list[LineString]
) -> list[Water]:
    return [
        Water("river", names.RIVER, swelling(river, RIVER_WIDTH, 0.18)),
        Water("canal", names.CANAL, swelling(canal, CANAL_WIDTH, 0.1)),
        Water("canal", names.MOAT, swelling(moat, MOAT_WIDTH, 0.1)),
        Water("lake", names.LAKE, lake),
        *(
            Water("stream", name, swelling(line, CREEK_WIDTH, 0.25))
            for name, line in zip(names.CREEKS, creeks, strict=True)
        ),
    ]


def _guides(
    rng: np.random.Generator, river: LineString, canal: LineString, moat: LineString, lake: Polygon
) -> list[Guide]:
    bank, towpath = RIVER_WIDTH / 2 + 42, CANAL_WIDTH / 2 + 26
    spurs = [
        _curve(rng, [(3100, -40), (4500, -560), (6000, -1000), (9500, -1900)], 40),
        _curve(rng, [(-950, 2700), (-1500, 3900), (-1300, 5200), (-2000, 7000), (-1900, 9000)], 40),
        _curve(rng, [(250, -2800), (700, -4000), (400, -5300), (900, -7000), (700, -9000)], 40),
    ]
    avenues = _avenues(rng)
    spur_names = [
        Name("东环快速路", "East Expressway"),
        Name("北环快速路", "North Expressway"),
        Name("南环快速路", "South Expressway"),
    ]
    ring, shore = _ring(), Polygon(lake.exterior)
    spurs = [_from_ring(ring, spur) for spur in spurs]
    return [
        Guide("expressway", Name("内环快速路", "Inner Ring Expressway"), ring),
        *(Guide("expressway", name, line) for name, line in zip(spur_names, spurs, strict=True)),
        *(Guide("arterial", name, line) for name, line in zip(AVENUES, avenues, strict=True)),
        Guide("arterial", Name("滨江北路", "Riverside North Road"), river.offset_curve(bank)),
        Guide("arterial", Name("滨江南路", "Riverside South Road"), river.offset_curve(-bank)),
        Guide("arterial", Name("环城路", "Moat Ring Road"), Polygon(moat).buffer(MOAT_WIDTH / 2 + 22).exterior),
        Guide("secondary", Name("环湖路", "Lake Ring Road"), smooth_ring(shore.buffer(75).simplify(25))),
        Guide("secondary", Name("运河东路", "Canal East Road"), canal.offset_curve(towpath)),
        Guide("secondary", Name("运河西路", "Canal West Road"), canal.offset_curve(-towpath)),
    ]


AVENUES = [Name("人民路", "Renmin Road"), Name("中山路", "Zhongshan Road"), Name("华夏大道", "Huaxia Avenue")]


def _avenues(rng: np.random.Generator) -> list[LineString]:
    """The cross of the old town, drawn on to the new town, and the new town's own axis."""
    return [
        _curve(
            rng,
            [(-9500, -300), (-6500, -500), (-4300, -600), (-2600, -450), (-700, -280), (400, -150), (1050, 150)]
            + [(1900, 850), (3250, 1150), (4500, 750), (6000, 150), (9500, -900)],
            25,
        ),
        _curve(
            rng,
            [(-1500, -8500), (-1700, -5500), (-1150, -3500), (-950, -2000), (-750, -300), (-560, 700), (-130, 1800)]
            + [(100, 2700), (200, 4000), (0, 5500), (200, 8500)],
            25,
        ),
        _curve(
            rng,
            [(2900, -8500), (2500, -5200), (1950, -3000), (1850, -1600), (2000, -400), (2350, 900), (2900, 2200)]
            + [(3500, 3700), (4300, 5600), (5300, 8500)],
            25,
        ),
    ]


def _ring() -> LineString:
    """The inner ring: a rounded square around the old town and the new, pulled in before the lake."""
    angle = np.linspace(0, 2 * np.pi, 181)
    cos, sin = np.cos(angle), np.sin(angle)
    radius = (np.abs(cos / 3000) ** 3.2 + np.abs(sin / 2950) ** 3.2) ** (-1 / 3.2)
    radius *= 1 + 0.035 * np.sin(3 * angle + 0.7) + 0.02 * np.sin(5 * angle)
    return LineString(np.column_stack([250 + radius * cos, -60 + radius * sin]))


def _from_ring(ring: LineString, line: LineString) -> LineString:
    """What of the line lies outside the ring, and a few metres more, so that the two surely cross."""
    outside = line.difference(Polygon(ring).buffer(-5))
    return max(shapely.get_parts(outside), key=lambda part: float(part.length))


def _moat() -> LineString:
    angle = np.linspace(0, 2 * np.pi, 121)
    cos, sin = np.cos(angle), np.sin(angle)
    radius = (np.abs(cos / 1080) ** 2.8 + np.abs(sin / 870) ** 2.8) ** (-1 / 2.8) * (1 + 0.03 * np.sin(4 * angle + 1))
    return LineString(np.column_stack([OLD_TOWN[0] + radius * cos, OLD_TOWN[1] + radius * sin]))


def _lake(rng: np.random.Generator) -> Polygon:
    angle = np.linspace(0, 2 * np.pi, 160, endpoint=False)
    phase = rng.uniform(-0.3, 0.3, 4)
    waves = zip((2, 3, 5, 8), (0.12, 0.15, 0.09, 0.04), (0.5, 2.1, 0.4, 1.0), phase, strict=True)
    radius = 1 + sum(size * np.sin(k * angle + shift + turn) for k, size, shift, turn in waves)
    shore = np.column_stack([-3950 + 1080 * radius * np.cos(angle), -2150 + 760 * radius * np.sin(angle)])
    island = shapely.Point(-3700, -2050).buffer(95).union(shapely.Point(-3590, -2010).buffer(60))
    return Polygon(shore, [island.buffer(30).buffer(-30).exterior])


def _curve(rng: np.random.Generator, points: Sequence[tuple[float, float]], jitter: float) -> LineString:
    """A smooth line (Catmull-Rom) through the points, each moved a little; a vertex about every 30 m."""
    p = np.array(points, dtype=float)
    p[1:-1] += rng.normal(0, jitter, (len(p) - 2, 2))
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        t = np.linspace(0, 1, max(4, int(np.hypot(*(c - b)) / 30)), endpoint=False)[:, None]
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return LineString(np.vstack([*parts, p[-2:-1]]))


def smooth_ring(polygon: Polygon, rounds: int = 2) -> LineString:
    """The polygon's outline with its corners cut (Chaikin)."""
    points: Floats = shapely.get_coordinates(polygon.exterior)[:-1]
    for _ in range(rounds):
        after = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], axis=1).reshape(-1, 2)
    return LineString(np.vstack([points, points[:1]]))


def swelling(line: LineString, width: float, share: float) -> Polygon:
    """A band along the line whose width swings by `share`, as banks do."""
    length = line.length
    at = np.linspace(0, length, max(8, int(length / 60)))
    points = shapely.get_coordinates(line.interpolate(at))
    half = width / 2 * (1 + share * (np.sin(at / 310) + 0.6 * np.sin(at / 127 + 1)) / 1.6)
    return shapely.union_all(
        [LineString([a, b]).buffer(w) for a, b, w in zip(points[:-1], points[1:], half[:-1], strict=True)]
    ).simplify(1.0)
