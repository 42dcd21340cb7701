"""Land to build on: blocks less the roads and the water beside them. All in local metres."""

import numpy as np
import shapely

from simulations.city.frame import Geometries, Ints
from simulations.city.roads import HALF_WIDTH, Road

BANK = 10.0  # metres from the water to the nearest wall


def parcels(blocks: Geometries, roads: list[Road]) -> Geometries:
    """What is left of each block between the building lines of its roads."""
    lines = np.array([road.line for road in roads])
    width = np.array([HALF_WIDTH[road.road_class] for road in roads])
    segments, owner = _segments(lines)
    return _subtract(blocks, shapely.buffer(segments, width[owner], quad_segs=3))


def dry(land: Geometries, water: Geometries) -> Geometries:
    """The land less water and banks."""
    return _subtract(land, shapely.get_parts(shapely.buffer(shapely.simplify(water, 2), BANK, quad_segs=3)))


def _segments(lines: Geometries) -> tuple[Geometries, Ints]:
    """The lines as two-point segments, with the index of the line of each."""
    coords, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[:-1] == owner[1:]
    segments = shapely.linestrings(np.stack([coords[:-1][same], coords[1:][same]], axis=1))
    return segments, owner[:-1][same]


def _subtract(land: Geometries, takers: Geometries) -> Geometries:
    """Each piece of land less all takers that touch it, by rounds of one taker each; of what falls apart, the largest
    part."""
    land = land.copy()
    piece, taker = shapely.STRtree(takers).query(land, predicate="intersects")
    order = np.lexsort((taker, piece))
    piece, taker = piece[order], taker[order]
    starts = np.flatnonzero(np.diff(piece, prepend=-1))
    rank = np.arange(len(piece)) - np.repeat(starts, np.diff(np.append(starts, len(piece))))
    for turn in range(int(rank.max()) + 1 if len(rank) else 0):
        now = rank == turn
        land[piece[now]] = shapely.difference(land[piece[now]], takers[taker[now]])
    return _largest_parts(land)


def _largest_parts(shapes: Geometries) -> Geometries:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    first = np.unique(owner[order], return_index=True)[1]
    result = np.full(len(shapes), shapely.Polygon(), dtype=object)
    result[owner[order][first]] = parts[order][first]
    return result
