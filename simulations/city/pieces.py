"""Blocks cut into pieces of about one unit grid cell, between the buildings wherever there is a way."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

from simulations.city.blocks import Blocks
from simulations.city.buildings import Buildings
from simulations.city.cutting import columns, extent, split
from simulations.city.field import Field
from simulations.city.frame import Floats, Geometries, Ints

CELL_AREA = 10_000.0
WINDOW = 0.2  # a cut may move by this share of the piece's length
TRIES = 41
CLEARANCE = 1.5  # metres between a cut and a wall
# What spoils a cut, in metres of displacement from the middle. Shops can be parted by a passage.
PER_BUILDING, PER_SHOP, PER_METRE_OF_SLIMNESS = 160.0, 6.0, 0.8


@dataclass(frozen=True)
class Pieces:
    """Future cells (local metres) with the block of each, and the cuts between them with the block of each."""

    shapes: Geometries
    block: Ints
    cuts: Geometries
    cut_block: Ints


@dataclass(frozen=True)
class _Part:
    shape: Polygon
    houses: Ints  # indices of the buildings inside


@dataclass(frozen=True)
class _Walls:
    """Least and greatest coordinate of each building along its rows and across them, shape (2, 2, buildings), and
    what it costs to cut it."""

    extents: Floats
    cost: Floats


def cut_pieces(blocks: Blocks, built: Buildings, angles: Floats, field: Field) -> Pieces:
    """`angles[b]` is the direction of the rows of buildings in block b."""
    order = np.argsort(built.block, kind="stable")
    bounds = np.searchsorted(built.block[order], np.arange(len(blocks.shapes) + 1))
    cost = np.array([PER_SHOP if kind == "shop" else PER_BUILDING for kind in built.kinds])
    walls = _Walls(_extents(built.shapes, angles[built.block]), cost)
    shapes, cuts = [], []
    for number, block in enumerate(blocks.shapes):
        mine = order[bounds[number] : bounds[number + 1]]
        todo = [_Part(block, mine)]
        while todo:
            part = todo.pop()
            count = round(part.shape.area / CELL_AREA)
            if count <= 1:
                shapes.append((part.shape, number))
                continue
            lines, parts = _cut(part, count, float(angles[number]), walls, field)
            cuts += [(line, number) for line in lines]
            todo += parts
    return Pieces(*columns(shapes), *columns(cuts))


def _extents(shapes: Geometries, angle: Floats) -> Floats:
    coords, owner = shapely.get_coordinates(shapes, return_index=True)
    cos, sin = np.cos(angle)[owner], np.sin(angle)[owner]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    if not len(starts):
        return np.zeros((2, 2, 0))
    both = (coords[:, 0] * cos + coords[:, 1] * sin, coords[:, 1] * cos - coords[:, 0] * sin)
    return np.array([[np.minimum.reduceat(c, starts), np.maximum.reduceat(c, starts)] for c in both])


def _cut(part: _Part, count: int, angle: float, walls: _Walls, field: Field) -> tuple[list[LineString], list[_Part]]:
    coords, centre = shapely.get_coordinates(part.shape), part.shape.centroid
    if not len(part.houses):  # open ground: follow the field
        angle = field.angle(centre.x, centre.y)
    ranges = [extent(coords, angle), extent(coords, angle + math.pi / 2)]
    sizes = [high - low for low, high in ranges]
    best = (math.inf, 0, 0.0)
    for axis in (0, 1):
        wanted = ranges[axis][0] + sizes[axis] * (count // 2) / count
        at = wanted + np.linspace(-WINDOW, WINDOW, TRIES) * sizes[axis]
        near, far = walls.extents[axis][:, part.houses]
        hit = (near - CLEARANCE < at[:, None]) & (far + CLEARANCE > at[:, None])
        cost = hit @ walls.cost[part.houses] + np.abs(at - wanted)
        cost += PER_METRE_OF_SLIMNESS * max(0.0, sizes[1 - axis] - sizes[axis])
        k = int(np.argmin(cost))
        best = min(best, (float(cost[k]), axis, float(at[k])))
    _, axis, offset = best
    way = angle + axis * math.pi / 2
    away = offset - (centre.x * math.cos(way) + centre.y * math.sin(way))
    x, y = centre.x + away * math.cos(way), centre.y + away * math.sin(way)
    across = way + math.pi / 2
    lines, shapes = split(part.shape, x, y, across if len(part.houses) else field.along(x, y, across))
    beyond = walls.extents[axis][:, part.houses].mean(axis=0) > offset
    return lines, [_Part(shape, part.houses[beyond == _is_beyond(shape, way, offset)]) for shape in shapes]


def _is_beyond(shape: Polygon, way: float, offset: float) -> bool:
    return bool(shape.centroid.x * math.cos(way) + shape.centroid.y * math.sin(way) > offset)
