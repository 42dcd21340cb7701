"""Superblocks cut into blocks by residential streets."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

from simulations.city.cutting import columns, extent, split
from simulations.city.field import Field
from simulations.city.frame import Geometries, Ints

# A block between streets, by use, in square metres; uses that are not named here have no streets inside.
BLOCK_AREA = {
    "old": 13_000.0,
    "village": 19_000.0,
    "estate_old": 30_000.0,
    "estate_mid": 40_000.0,
    "estate_new": 55_000.0,
    "cbd": 26_000.0,
    "tech": 48_000.0,
    "industry": 63_000.0,
    "campus": 60_000.0,
}
JITTER = 0.08


@dataclass(frozen=True)
class Blocks:
    """Blocks and the streets between them (local metres), each with the index of its superblock."""

    shapes: Geometries
    superblock: Ints
    streets: Geometries
    street_superblock: Ints


def cut_blocks(superblocks: list[Polygon], uses: list[str], field: Field, rng: np.random.Generator) -> Blocks:
    blocks: list[tuple[Polygon, int]] = []
    streets: list[tuple[LineString, int]] = []
    for number, (superblock, use) in enumerate(zip(superblocks, uses, strict=True)):
        todo = [superblock]
        while todo:
            piece = todo.pop()
            count = round(piece.area / BLOCK_AREA[use]) if use in BLOCK_AREA else 1
            if count <= 1:
                blocks.append((piece, number))
                continue
            lines, parts = _halve(piece, count, field, rng)
            streets += [(line, number) for line in lines]
            todo += parts
    return Blocks(*columns(blocks), *columns(streets))


def _halve(
    piece: Polygon, count: int, field: Field, rng: np.random.Generator
) -> tuple[list[LineString], list[Polygon]]:
    """Cut across the longer side, near the middle, in the direction of the field where the cut passes."""
    coords, centre = shapely.get_coordinates(piece), piece.centroid
    angle = field.angle(centre.x, centre.y)
    sides = [(way, *extent(coords, way)) for way in (angle, angle + math.pi / 2)]
    angle, low, high = max(sides, key=lambda side: side[2] - side[1])
    share = (count // 2) / count + float(rng.uniform(-JITTER, JITTER))
    away = low + share * (high - low) - (centre.x * math.cos(angle) + centre.y * math.sin(angle))
    x, y = centre.x + away * math.cos(angle), centre.y + away * math.sin(angle)
    return split(piece, x, y, field.along(x, y, angle + math.pi / 2))
