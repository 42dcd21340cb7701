"""A raster that knows of nearly every place which shapes contain it, without asking a geometry.

The borders of all shapes cut the plane into *faces*: all points of a face lie in the same shapes. A pixel that no
border touches lies in one face, and the number of that face is all that a look-up needs. The straight lines of the
borders that do pass through a pixel cut it into convex pieces, each of which lies in one face again; a point's piece
is told by the side of each line that it lies on. What remains is *asked* of the geometries themselves: points so near
a line that rounding could decide, pixels full of lines, and the surroundings of shapes that came later (`doubt`).

So what the raster answers is exact. It knows shapes, by their WKB, and no zones: it stays true whatever else of a
zone changes, its kind, precedence or validity. `geo.rasterize` makes it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.segments import Mask, sides
from geo.shapes import Floats, Ints

ASK = -1
CHUNK = 1 << 15  # points at once: their columns then stay in the processor's cache

Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Frame:
    """Where the pixels lie: from `west` and `south` (WGS-84 degrees) on, `step` degrees both ways, row by row.

    The outermost pixels stand for all that lies beyond, too.
    """

    west: float
    south: float
    step: float
    columns: int
    rows: int

    def pixels_of(self, lon: Floats, lat: Floats) -> Ints:
        """The pixel of each point. Not-a-number belongs to an outermost one."""
        return self._line(lat, self.south, self.rows) * self.columns + self._line(lon, self.west, self.columns)

    def _line(self, degrees: Floats, begin: float, count: int) -> Ints:
        with np.errstate(over="ignore"):  # infinitely far is an answer
            place = (degrees - begin) * (1 / self.step)
        np.fmin(np.fmax(place, 0, out=place), count - 1, out=place)
        return place.astype(np.int64)

    def points_of(self, pixels: Ints, right: float, up: float) -> tuple[Floats, Floats]:
        """The point of each pixel that lies `right` and `up` of its south-western corner, in pixels."""
        rows, columns = np.divmod(pixels, self.columns)
        return self.west + (columns + right) * self.step, self.south + (rows + up) * self.step


@dataclass(frozen=True)
class Edges:
    """Pixels that borders pass through. Edge i has `lines[i]` lines: `line[first_line[i]]` and those that follow.

    `face[first_face[i] + sides]` is the face of a piece, or ASK; bit j of `sides` is set to the left of line j.
    """

    lines: Numbers
    first_line: Numbers
    line: Numbers  # rows of `segments`
    segments: Floats  # shape (m, 4), see `geo.segments`
    first_face: Numbers
    face: Numbers

    def faces_of(self, edges: NDArray[np.integer], lon: Floats, lat: Floats) -> Numbers:
        """The face of each point, or ASK, given the edge in which it lies."""
        pieces, certain = self.pieces_of(edges, lon, lat)
        return np.where(certain, self.face.take(pieces), ASK)

    def pieces_of(self, edges: NDArray[np.integer], lon: Floats, lat: Floats) -> tuple[Numbers, Mask]:
        """The piece of each point, as a position in `face`, and whether it is certain."""
        lines, first = self.lines.take(edges), self.first_line.take(edges)
        pieces = self.first_face.take(edges)
        certain = np.ones(len(edges), dtype=bool)
        some, number = np.arange(len(edges)), 0
        while len(some):
            segments = self.segments.take(self.line.take(first[some] + number), axis=0)
            left, sure = sides(segments, lon[some], lat[some])
            pieces[some] += left.astype(np.int32) << number
            certain[some] &= sure
            number += 1
            some = some[lines[some] > number]
        return pieces, certain


@dataclass
class Raster:
    """Which face a point lies in. Face f lies in the shapes `members[starts[f] : starts[f + 1]]`."""

    frame: Frame
    pixels: Numbers  # a face, or ASK, or -2 - i for edge i
    edges: Edges
    starts: Ints
    members: Ints
    shapes: dict[bytes, int]  # WKB of each shape to its number
    doubted: bool = False

    def faces_of(self, lon: Floats, lat: Floats) -> Numbers:
        """The face of each point (WGS-84 degrees, shape (n,)), or ASK."""
        faces = np.empty(len(lon), dtype=np.int32)
        for begin in range(0, len(lon), CHUNK):
            some = slice(begin, begin + CHUNK)
            faces[some] = self._faces_of(lon[some], lat[some])
        return faces

    def _faces_of(self, lon: Floats, lat: Floats) -> Numbers:
        faces = self.pixels.take(self.frame.pixels_of(lon, lat))
        on_edges = np.flatnonzero(faces < ASK)
        faces[on_edges] = self.edges.faces_of(-2 - faces[on_edges], lon[on_edges], lat[on_edges])
        return faces

    def doubt(self, bounds: Floats) -> None:
        """Have all be asked within boxes (west, south, east, north; shape (n, 4)): shapes have come there.

        Those who look up meanwhile, for the zones as they were, may: to ask is never wrong, only slower.
        """
        pixels = self.pixels.reshape(self.frame.rows, self.frame.columns)
        low = self.frame.pixels_of(bounds[:, 0], bounds[:, 1])
        high = self.frame.pixels_of(bounds[:, 2], bounds[:, 3])
        corners = np.stack([*np.divmod(low, self.frame.columns), *np.divmod(high, self.frame.columns)], axis=1)
        # Rounding can take no point out of its box: a pixel's number never falls while a coordinate grows.
        for south, west, north, east in corners.tolist():
            pixels[south : north + 1, west : east + 1] = ASK
        self.doubted |= len(bounds) > 0
