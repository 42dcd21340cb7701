"""Which way streets run: a cross field (four-fold symmetric directions) over the plan.

The direction at a point is kept as exp(4i·angle), so that directions a quarter turn apart are one and the same and
directions can be averaged. Quarters give the base, water and ring roads bend it.
"""

import math
from dataclasses import dataclass

import numpy as np
import shapely

from simulations.city.frame import Floats
from simulations.city.layout import Layout

STEP = 100.0


@dataclass(frozen=True)
class Field:
    """Directions at the nodes of a lattice: `cross[row][column]`, rows from south to north."""

    west: float
    south: float
    cross: list[list[complex]]

    def angle(self, x: float, y: float) -> float:
        """Direction in radians from east, somewhere in (-pi/4, pi/4]; the other three follow by quarter turns."""
        column, row = (x - self.west) / STEP, (y - self.south) / STEP
        i = min(max(int(column), 0), len(self.cross[0]) - 2)
        j = min(max(int(row), 0), len(self.cross) - 2)
        u, v = min(max(column - i, 0.0), 1.0), min(max(row - j, 0.0), 1.0)
        below, above = self.cross[j], self.cross[j + 1]
        z = (1 - v) * ((1 - u) * below[i] + u * below[i + 1]) + v * ((1 - u) * above[i] + u * above[i + 1])
        return math.atan2(z.imag, z.real) / 4

    def along(self, x: float, y: float, heading: float) -> float:
        """The direction at the point that is nearest to a heading, in radians."""
        angle = self.angle(x, y)
        return angle + round((heading - angle) / (math.pi / 2)) * (math.pi / 2)


def build(layout: Layout) -> Field:
    xs = np.arange(-layout.half_width - STEP, layout.half_width + 2 * STEP, STEP)
    ys = np.arange(-layout.half_height - STEP, layout.half_height + 2 * STEP, STEP)
    gx, gy = np.meshgrid(xs, ys)
    z = np.full(gx.shape, 0.02 + 0j)
    for region in layout.regions:
        weight = np.exp(-((gx - region.x) ** 2 + (gy - region.y) ** 2) / (2 * region.radius**2))
        z += weight * np.exp(4j * math.radians(region.angle))
    z /= np.abs(z) + 0.15
    for line, reach in layout.flow:
        distance, tangent = _nearest(line, gx, gy)
        z += 2.5 * np.exp(-((distance / reach) ** 2)) * np.exp(4j * tangent)
    return Field(float(xs[0]), float(ys[0]), z.tolist())


def _nearest(line: shapely.LineString, gx: Floats, gy: Floats) -> tuple[Floats, Floats]:
    """Distance to the line and its direction at the nearest place, for each node."""
    line = line.simplify(4)
    points = shapely.points(gx, gy)
    at = shapely.line_locate_point(line, points)
    before = shapely.line_interpolate_point(line, np.maximum(at - 60, 0))
    after = shapely.line_interpolate_point(line, np.minimum(at + 60, line.length))
    tangent = np.arctan2(shapely.get_y(after) - shapely.get_y(before), shapely.get_x(after) - shapely.get_x(before))
    return shapely.distance(line, points), tangent
