"""Evenly spaced streets: streamlines of the direction field that keep their distance from those beside them.

A line starts as a cross street of an existing one, follows the field both ways, and stops where it would run too
close beside another; crossing others is free. This gives long through streets with proper crossings that bend with
the river, where a subdivision of blocks alone would give T-junctions everywhere.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Polygon

from simulations.city.field import Field
from simulations.city.frame import Floats
from simulations.city.layout import Layout

PIXEL = 25.0
STRIDE = 30.0
BINS = 8  # directions modulo a half turn
SHORTEST, LONGEST = 250.0, 9000.0
# A line may start at 0.9 of the spacing from its neighbours and goes on until it is nearer than half of it.
START, STOP = 0.9, 0.55
MAX_TURN = math.radians(9)  # per stride; beyond it the field is too knotted to follow

Spacing = Callable[[float, float], float]


class Tracer:
    """Traces one class of streets. `closed` are places that they do not enter."""

    def __init__(self, layout: Layout, field: Field, spacing: Spacing, closed: Iterable[Polygon]) -> None:
        self._field, self._spacing = field, spacing
        self._west, self._south = -layout.half_width, -layout.half_height
        columns, rows = int(2 * layout.half_width / PIXEL), int(2 * layout.half_height / PIXEL)
        # For each direction and pixel: the distance to the nearest street running that way, in units of the spacing.
        self._gap = np.full((BINS, rows, columns), 9.0, dtype=np.float32)
        gx, gy = np.meshgrid(
            self._west + PIXEL * (np.arange(columns) + 0.5), self._south + PIXEL * (np.arange(rows) + 0.5)
        )
        self._closed = np.zeros((rows, columns), dtype=bool)
        for polygon in closed:
            shapely.prepare(polygon)
            self._closed |= shapely.contains_xy(polygon, gx, gy)

    def trace(self, existing: Iterable[LineString], rng: np.random.Generator) -> list[LineString]:
        """New streets beside and across the existing ones, which keep their distance from those too."""
        queue: deque[tuple[float, float, float]] = deque()
        for line in existing:
            points = _resample(line)
            self._stamp(points)
            queue.extend(self._cross_streets(points, rng))
        made = []
        while queue:
            x, y, heading = queue.popleft()
            if self._free(x, y, heading) < START:
                continue
            back = self._follow(x, y, heading + math.pi)
            points = np.array([*reversed(back), (x, y), *self._follow(x, y, heading)])
            line = LineString(points) if len(points) > 2 else None
            if line is None or line.length < SHORTEST:
                continue
            self._stamp(points)
            queue.extend(self._cross_streets(points, rng))
            made.append(line)
        return made

    def _follow(self, x: float, y: float, heading: float) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        heading = self._field.along(x, y, heading)
        turned = 0.0
        while len(points) * STRIDE < LONGEST:
            half = STRIDE / 2
            ahead = self._field.along(x + half * math.cos(heading), y + half * math.sin(heading), heading)
            turn = ahead - heading
            turned += turn
            if abs(turn) > MAX_TURN or abs(turned) > 2.6:
                break
            heading = ahead
            x, y = x + STRIDE * math.cos(heading), y + STRIDE * math.sin(heading)
            if self._free(x, y, heading) < STOP:
                # One more point, so that a road just ahead is reached and not narrowly missed.
                points.append((x, y))
                break
            points.append((x, y))
        return points

    def _free(self, x: float, y: float, heading: float) -> float:
        """Distance to the nearest parallel street in units of the spacing; 0 outside the world and where closed."""
        i, j = int((x - self._west) / PIXEL), int((y - self._south) / PIXEL)
        if not (0 <= i < self._gap.shape[2] and 0 <= j < self._gap.shape[1]) or self._closed[j, i]:
            return 0.0
        return float(self._gap[_bin(heading), j, i])

    def _cross_streets(self, points: Floats, rng: np.random.Generator) -> list[tuple[float, float, float]]:
        seeds = []
        along, until = 0.0, float(rng.uniform(0.2, 0.8)) * self._spacing(*points[0])
        for (x, y), (x2, y2) in pairwise(points.tolist()):
            along += math.hypot(x2 - x, y2 - y)
            if along >= until:
                seeds.append((x, y, math.atan2(y2 - y, x2 - x) + math.pi / 2))
                until = along + float(rng.uniform(0.92, 1.2)) * self._spacing(x, y)
        return seeds

    def _stamp(self, points: Floats) -> None:
        """Enter a street into the gap raster: every second vertex, a disc as wide as the spacing."""
        for (x, y), (x2, y2) in zip(points[:-1:2], points[1::2], strict=False):
            size = self._spacing(x, y)
            reach = int(size / PIXEL)
            i, j = int((x - self._west) / PIXEL), int((y - self._south) / PIXEL)
            i0, i1 = max(i - reach, 0), min(i + reach + 1, self._gap.shape[2])
            j0, j1 = max(j - reach, 0), min(j + reach + 1, self._gap.shape[1])
            if i0 >= i1 or j0 >= j1:
                continue
            disc = _distances(reach)[j0 - j + reach : j1 - j + reach, i0 - i + reach : i1 - i + reach] / size
            middle = _bin(math.atan2(y2 - y, x2 - x))
            for turn in (-1, 0, 1):
                window = self._gap[(middle + turn) % BINS, j0:j1, i0:i1]
                np.minimum(window, disc, out=window)


_DISTANCES: dict[int, Floats] = {}


def _distances(reach: int) -> Floats:
    """Distance in metres from the middle of a square of pixels."""
    if reach not in _DISTANCES:
        offset = PIXEL * np.arange(-reach, reach + 1)
        _DISTANCES[reach] = np.hypot(offset[:, None], offset[None, :]).astype(np.float32)
    return _DISTANCES[reach]


def _bin(heading: float) -> int:
    return int(heading % math.pi / math.pi * BINS + 0.5) % BINS


def _resample(line: LineString) -> Floats:
    points: Floats = shapely.get_coordinates(shapely.segmentize(line, STRIDE))
    return points
