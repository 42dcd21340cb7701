"""Rows of low shops along the edges of residential blocks, behind which the houses stand."""

import math
from itertools import pairwise

import numpy as np
import shapely

from simulations.city.buildings import FLOOR, Buildings
from simulations.city.frame import Floats, Geometries

DEPTH = 11.0
YARD = 7.0  # metres between the shops and the houses behind them
CORNER = DEPTH + 3.0
PASSAGE = 4.0
SMALLEST = 30.0  # square metres
SHORTEST, LONGEST = 24.0, 70.0
SHARE = {"slab6": 0.6, "slab11": 0.45, "tower": 0.3}
EDGE_SHARE = 0.7


def build(land: Geometries, styles: list[str], rng: np.random.Generator) -> tuple[Buildings, Geometries]:
    """Shops on the land of some blocks, and the land that is left to build on."""
    left = land.copy()
    corners: list[Floats] = []
    owner: list[int] = []
    for number, style in enumerate(styles):
        if rng.random() >= SHARE.get(style, 0) or land[number].is_empty:
            continue
        ring = shapely.orient_polygons(shapely.simplify(land[number], 2.0)).exterior
        for start, end in pairwise(shapely.get_coordinates(ring)):
            if rng.random() < EDGE_SHARE:
                row = _row(start, end)
                corners += row
                owner += [number] * len(row)
        left[number] = land[number].buffer(-(DEPTH + YARD), join_style="mitre")
    shapes: Geometries = shapely.polygons(np.array(corners).reshape(-1, 4, 2))
    block = np.array(owner, dtype=np.int64)
    stay = np.flatnonzero(shapely.covers(shapely.buffer(land[block], 2.5), shapes))
    stay = stay[_without_overlaps(shapes[stay])]
    heights = FLOOR * rng.integers(1, 4, len(stay)).astype(np.float64) + 1.5
    return Buildings(shapes[stay], ["shop"] * len(stay), heights, block[stay]), left


def _row(start: Floats, end: Floats) -> list[Floats]:
    """Shops along an edge whose inner side is on the left, with ways through between them."""
    length = float(math.dist(start, end)) - 2 * CORNER
    if length < SHORTEST:
        return []
    along = (end - start) / math.dist(start, end)
    inward = np.array([-along[1], along[0]])
    count = math.ceil(length / LONGEST)
    size = (length - YARD * (count - 1)) / count
    made = []
    for k in range(count):
        corner = start + along * (CORNER + k * (size + YARD))
        far = corner + along * size
        made.append(np.array([corner, far, far + inward * DEPTH, corner + inward * DEPTH]))
    return made


def _without_overlaps(shapes: Geometries) -> np.ndarray:
    """Which shapes stay when of two that overlap the later goes."""
    keep = np.ones(len(shapes), dtype=bool)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    keep[second[first < second]] = False
    return keep


def with_passages(built: Buildings, cuts: Geometries) -> Buildings:
    """The shops that a cut between cells crosses are parted by a passage there."""
    shop, cut = shapely.STRtree(cuts).query(built.shapes, predicate="intersects")
    mine = np.array([built.kinds[i] == "shop" for i in shop], dtype=bool)
    shapes = built.shapes.copy()
    for i, k in zip(shop[mine], cut[mine], strict=True):
        shapes[i] = shapes[i].difference(cuts[k].buffer(PASSAGE / 2, cap_style="flat"))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, owner = parts[shapely.area(parts) > SMALLEST], owner[shapely.area(parts) > SMALLEST]
    return Buildings(parts, [built.kinds[i] for i in owner], built.heights[owner], built.block[owner])
