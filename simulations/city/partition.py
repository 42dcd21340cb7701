"""The district and how it is divided: superblocks are gathered into communities, communities into streets.

Superblocks are the faces of the main road network, so every administrative line follows a road or the river.
"""

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from simulations.city.frame import Floats, Ints
from simulations.city.layout import OLD_TOWN, Layout
from simulations.city.roads import Road

STREET_SEATS = [  # where each of names.STREETS has its office, in the same order
    (-700, -300),
    (-1700, 1500),
    (900, -1700),
    (4400, 1500),
    (-3900, -1200),
    (1200, -3500),
    (2300, 2800),
    (-2300, 4000),
    (4500, -1600),
]
COMMUNITIES = 150
LEAST_SEED = 60_000.0  # square metres; a community is not grown from a smaller face if there is a choice
MIDDLE = (-50.0, -50.0)
ROUNDING = 260.0  # metres
# What it costs to grow across a line, in metres: so that borders settle on it.
BARRIERS = {"river": 3000.0, "expressway": 900.0, "arterial": 600.0}
OLD_TOWN_RADIUS = 850.0


@dataclass(frozen=True)
class Graph:
    """Neighbours of each face: `edges[i]` maps a face beside i to the cost of growing into it."""

    edges: list[dict[int, float]]


def choose_district(faces: list[Polygon], layout: Layout) -> list[Polygon]:
    """The faces that make up the district: an uneven round patch of the wanted area, in one piece without holes."""
    centres = shapely.get_coordinates(shapely.centroid(faces))
    x, y = (centres - MIDDLE).T
    angle = np.arctan2(y, x)
    rim = 1 + 0.07 * np.sin(2 * angle + 2.6) + 0.05 * np.sin(3 * angle + 0.4) + 0.03 * np.sin(7 * angle)
    reach = np.hypot(x / 1.12, y) / rim
    areas = shapely.area(faces)
    whole = Polygon()
    # Faces that stick out are dropped and dents are filled, so the limit is raised until the area is reached.
    for limit in np.sort(reach):
        if areas[reach <= limit].sum() < 0.97 * layout.area:
            continue
        whole = _rounded([face for face, far in zip(faces, reach, strict=True) if far <= limit])
        if whole.area >= layout.area:
            break
    shapely.prepare(whole)
    return [face for face in faces if whole.contains(face.representative_point())]


def _rounded(faces: list[Polygon]) -> Polygon:
    """Their union without what is narrower than a superblock, as faces: opened and closed by a disc."""
    whole = shapely.union_all(faces)
    smooth = whole.buffer(-ROUNDING).buffer(2 * ROUNDING).buffer(-ROUNDING)
    kept = [face for face in faces if face.intersection(smooth).area > 0.5 * face.area]
    part = max(shapely.get_parts(shapely.union_all(kept)), key=lambda part: float(part.area))
    return Polygon(part.exterior)


def adjacency(faces: list[Polygon], roads: list[Road], layout: Layout) -> Graph:
    """Which faces share a side, and what lies on it."""
    coords, owner = shapely.get_coordinates(faces, return_index=True)
    points = np.round(coords * 100).astype(np.int64)
    same = owner[:-1] == owner[1:]
    ends = np.sort(np.column_stack([points[:-1, 0] + 1j * points[:-1, 1], points[1:, 0] + 1j * points[1:, 1]])[same])
    holders: dict[tuple[complex, complex], list[int]] = defaultdict(list)
    for (a, b), face in zip(ends.tolist(), owner[:-1][same].tolist(), strict=True):
        holders[a, b].append(face)
    shared = {key: pair for key, pair in holders.items() if len(pair) == 2 and pair[0] != pair[1]}
    middles = np.array([(a + b) / 200 for a, b in shared])
    cost = _barrier_cost(middles.real, middles.imag, roads, layout)
    centres = shapely.get_coordinates(shapely.centroid(faces))
    edges: list[dict[int, float]] = [{} for _ in faces]
    for (i, j), extra in zip(shared.values(), cost.tolist(), strict=True):
        step = float(math.dist(centres[i], centres[j])) + extra
        edges[i][j] = edges[j][i] = min(step, edges[i].get(j, math.inf))
    return Graph(edges)


def _barrier_cost(x: Floats, y: Floats, roads: list[Road], layout: Layout) -> Floats:
    points = shapely.points(x, y)
    cost = np.zeros(len(points))
    for kind, price in BARRIERS.items():
        lines = [layout.river] if kind == "river" else [road.line for road in roads if road.road_class == kind]
        barrier = shapely.union_all(lines)
        shapely.prepare(barrier)
        # The old town's own high streets divide nothing.
        far = np.hypot(x - OLD_TOWN[0], y - OLD_TOWN[1]) > OLD_TOWN_RADIUS if kind == "arterial" else True
        cost = np.maximum(cost, price * (shapely.dwithin(barrier, points, 1.0) & far))
    return cost


def grow(graph: Graph, seeds: list[int], members: list[int]) -> dict[int, int]:
    """Give each member face the number of the seed that reaches it most cheaply; each part is connected."""
    allowed = set(members)
    reached: dict[int, int] = {}
    queue = [(0.0, seed, number) for number, seed in enumerate(seeds)]
    while queue:
        spent, face, number = heapq.heappop(queue)
        if face in reached:
            continue
        reached[face] = number
        for beside, step in graph.edges[face].items():
            if beside in allowed and beside not in reached:
                heapq.heappush(queue, (spent + step, beside, number))
    return reached


def divide(faces: list[Polygon], graph: Graph, scale: float) -> tuple[Ints, Ints]:
    """Street number of each face, and community number of each face (counted through the whole district)."""
    centres = shapely.get_coordinates(shapely.centroid(faces))
    areas = shapely.area(faces)
    seats = np.array(STREET_SEATS) * min(1.0, scale**0.5 * 0.95 + 0.05)
    seeds = _distinct_nearest(centres, seats)
    grown = grow(graph, seeds, list(range(len(faces))))
    streets = np.array([grown[i] for i in range(len(faces))])
    weights = _settledness(centres, areas)
    communities = np.full(len(faces), -1)
    count = 0
    for street in range(len(seeds)):
        members = np.flatnonzero(streets == street)
        share = weights[members].sum() / weights.sum()
        wanted = min(max(1, round(COMMUNITIES * scale * share)), len(members))
        parts = grow(graph, _spread(centres[members], areas[members], wanted, members), members.tolist())
        for face, part in parts.items():
            communities[face] = count + part
        count += wanted
    return streets, communities


def _settledness(centres: Floats, areas: Floats) -> Floats:
    """How many people a face may hold: the middle of the city is denser, and so has smaller communities."""
    weights: Floats = areas * (0.45 + np.exp(-(np.hypot(*centres.T) ** 2) / (2 * 2600.0**2)))
    return weights


def _distinct_nearest(centres: Floats, seats: Floats) -> list[int]:
    seeds: list[int] = []
    for seat in seats:
        order = np.argsort(np.hypot(*(centres - seat).T))
        seeds.append(next(int(i) for i in order if int(i) not in seeds))
    return seeds


def _spread(centres: Floats, areas: Floats, count: int, members: Ints) -> list[int]:
    """Members that lie well apart: farthest point first, then a few rounds of weighted k-means."""
    picked = [int(np.argmax(areas))]
    distance = np.hypot(*(centres - centres[picked[0]]).T)
    while len(picked) < count:
        picked.append(int(np.argmax(distance)))
        distance = np.minimum(distance, np.hypot(*(centres - centres[picked[-1]]).T))
    means = centres[picked]
    for _ in range(6):
        nearest = np.argmin(np.hypot(*(centres[:, None] - means[None]).transpose(2, 0, 1)), axis=1)
        for k in range(count):
            mine = nearest == k
            if mine.any():
                means[k] = np.average(centres[mine], axis=0, weights=areas[mine])
    large = np.flatnonzero(areas >= LEAST_SEED)
    choice = large if len(large) >= count else np.arange(len(members))
    return [int(members[choice[i]]) for i in _distinct_nearest(centres[choice], means)]
