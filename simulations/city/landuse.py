"""What stands where: the use of each superblock, and the style in which each block is built."""

import math

import numpy as np
import shapely
from shapely import Polygon

from simulations.city.frame import Floats, Geometries, Ints
from simulations.city.layout import NEW_TOWN, Layout
from simulations.city.roads import CAMPUS_AT, GREAT_PARK_AT, use_at

# Styles of blocks by use, with their shares.
MIX: dict[str, dict[str, float]] = {
    "old": {"old": 0.80, "slab6": 0.10, "mall": 0.07, "square": 0.03},
    "village": {"village": 0.72, "farmland": 0.18, "wood": 0.10},
    "estate_old": {"slab6": 0.80, "slab11": 0.08, "mall": 0.07, "square": 0.05},
    "estate_mid": {"slab11": 0.55, "slab6": 0.25, "tower": 0.07, "mall": 0.07, "wood": 0.06},
    "estate_new": {"tower": 0.50, "slab11": 0.32, "mall": 0.07, "wood": 0.06, "vacant": 0.05},
    "cbd": {"office": 0.58, "mall": 0.24, "tower": 0.08, "square": 0.10},
    "tech": {"office": 0.30, "lab": 0.52, "slab11": 0.08, "wood": 0.10},
    "campus": {"campus": 0.78, "wood": 0.12, "park": 0.10},
    "industry": {"factory": 0.84, "lab": 0.06, "vacant": 0.06, "wood": 0.04},
}
SCHOOLS, PARKS, ESTATES = 45, 25, 60
ESTATE_STYLES = ("slab6", "slab11", "tower")


def superblock_uses(faces: list[Polygon], layout: Layout, rng: np.random.Generator) -> list[str]:
    water = shapely.union_all([w.shape for w in layout.water])
    wet = shapely.area(shapely.intersection(faces, water)) / shapely.area(faces)
    rim = shapely.union_all(faces).boundary
    shapely.prepare(rim)
    remote = shapely.distance(rim, shapely.centroid(faces)) < 420
    shore = shapely.intersects(layout.lake.buffer(110), faces)
    uses = []
    for face, share, edge, lakeside in zip(faces, wet, remote, shore, strict=True):
        x, y = face.centroid.x, face.centroid.y
        use = use_at(layout, x, y)
        luck = rng.random()
        if share > 0.28:
            use = "lake" if lakeside and layout.lake.intersection(face).area > 0.2 * face.area else "bank"
        elif shapely.contains_xy(face, *CAMPUS_AT):
            use = "campus"
        elif shapely.contains_xy(face, *GREAT_PARK_AT) or (lakeside and luck < 0.45):
            use = "park"
        elif edge and use != "industry" and luck < 0.55 and math.dist((x, y), NEW_TOWN) > 1500:
            use = ("village", "farmland", "wood")[int(rng.integers(3))]
        uses.append(use)
    return uses


def block_styles(
    blocks: Geometries, superblock: Ints, uses: list[str], scale: float, rng: np.random.Generator
) -> list[str]:
    styles = []
    for number in superblock.tolist():
        use = uses[number]
        mix = MIX.get(use)
        styles.append(str(rng.choice(list(mix), p=list(mix.values()))) if mix else use)
    areas = shapely.area(blocks)
    centres = shapely.get_coordinates(shapely.centroid(blocks))
    homes = np.array([style in (*ESTATE_STYLES, "old", "village") for style in styles])
    fit = np.flatnonzero(homes & (areas > 14_000) & (areas < 75_000))
    for index in _spread(centres[fit], round(SCHOOLS * scale), rng):
        styles[int(fit[index])] = "school"
    whole = sum(style == "park" and uses[home] != "campus" for style, home in zip(styles, superblock, strict=True))
    fit = np.flatnonzero(np.array([style in ESTATE_STYLES for style in styles]) & (areas > 15_000) & (areas < 70_000))
    for index in _spread(centres[fit], max(0, round(PARKS * scale) - whole), rng):
        styles[int(fit[index])] = "park"
    return styles


def _spread(points: Floats, count: int, rng: np.random.Generator) -> list[int]:
    """Points far from each other: each next one is the farthest of a random handful."""
    if not len(points):
        return []
    picked = [int(rng.integers(len(points)))]
    distance = np.hypot(*(points - points[picked[0]]).T)
    while len(picked) < min(count, len(points)):
        handful = rng.choice(len(points), min(12, len(points)), replace=False)
        picked.append(int(handful[np.argmax(distance[handful])]))
        distance = np.minimum(distance, np.hypot(*(points - points[picked[-1]]).T))
    return picked[:count]
