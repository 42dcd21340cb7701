"""Places beside roads."""

from dataclasses import dataclass

import numpy as np
import shapely

from simulations.city.frame import Floats, Geometries, Ints
from simulations.city.roads import Road


@dataclass(frozen=True)
class Places:
    """Points in local metres, each with the index of its road, the distance along it, and 1 for left of it or
    -1 for right."""

    points: Geometries
    road: Ints
    at: Floats
    side: Ints


def beside(lines: Geometries, at: Floats, offset: Floats) -> Geometries:
    """The point `at[i]` metres along line i, moved `offset[i]` metres to its left."""
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, at))
    back = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at - 1, 0)))
    way = shapely.get_coordinates(shapely.line_interpolate_point(lines, at + 1)) - back
    way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    points: Geometries = shapely.points(here + offset[:, None] * np.column_stack([-way[:, 1], way[:, 0]]))
    return points


def along(roads: list[Road], step: float, offset: Floats, sides: tuple[int, ...] = (1, -1)) -> Places:
    """Places every `step` metres on each side of each road, `offset[i]` metres from road i; the sides are staggered."""
    lines = np.array([road.line for road in roads])
    lengths = shapely.length(lines)
    # The first place of a road carries on the distance of the road before it, so that short roads get their share.
    before = np.cumsum(lengths) - lengths
    made = []
    for number, side in enumerate(sides):
        start = -(before + number * step / len(sides)) % step
        count = np.maximum(0, np.ceil((lengths - start) / step)).astype(int)
        road = np.repeat(np.arange(len(lines)), count)
        order = np.arange(len(road)) - np.repeat(np.cumsum(count) - count, count)
        made.append(np.column_stack([road, start[road] + order * step, np.full(len(road), side)]))
    every = np.concatenate(made)
    every = every[np.lexsort((-every[:, 2], every[:, 1], every[:, 0]))]
    road, at, hand = every[:, 0].astype(np.int64), every[:, 1], every[:, 2].astype(np.int64)
    return Places(beside(lines[road], at, hand * offset[road]), road, at, hand)
