"""Making the raster of a set of shapes. Read `geo.raster` first.

No face is ever drawn. Pixels that no border touches and that hang together lie in one face, and so do pieces of pixels
that share a corner. Each such patch has a *spot*, a point inside it, and only the spots are looked up in the shapes.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import shapely

from geo.raster import ASK, Edges, Frame, Numbers, Raster
from geo.segments import border_segments, touched_pixels
from geo.shapes import CHUNK, Floats, Ints, Shapes

FINEST = 7.2e-5  # degrees, 8 m: finer pixels cost memory and time to make, and look-ups gain nothing
MOST_PIXELS = 8_000_000
MOST_ACROSS = 100_000
MOST_TOUCHES = 4_000_000  # of a segment and a pixel
MOST_MEMBERS = 8_000_000  # of faces
MOST_LINES = 6  # through a pixel; the table of its pieces has 2 to the power of them entries
FAR_OUT = 0.005  # this part of all borders may lie beyond the frame, so that a stray shape makes no coarse pixels
SAMPLES = 6  # along each side of a pixel: points where pieces are sought that reach none of its corners
CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))  # right, up


class _Spots:
    """Points to look up, numbered as they come."""

    def __init__(self) -> None:
        self._lon: list[Floats] = []
        self._lat: list[Floats] = []
        self._count = 0

    def add(self, lon: Floats, lat: Floats) -> Numbers:
        self._lon.append(lon)
        self._lat.append(lat)
        self._count += len(lon)
        return np.arange(self._count - len(lon), self._count, dtype=np.int32)

    def points(self) -> tuple[Floats, Floats]:
        return np.concatenate(self._lon), np.concatenate(self._lat)


def rasterize(shapes: Iterable[bytes]) -> Raster:
    """The raster of polygons and multipolygons, given as WKB, in WGS-84 degrees.

    A city of 7,000 cells and 500 free zones takes 2 seconds of one core and 20 MB.
    """
    numbers = {wkb: number for number, wkb in enumerate(dict.fromkeys(shapes))}
    known = Shapes(shapely.from_wkb(list(numbers)))
    segments = border_segments(known.geometries)
    frame = _frame(segments)
    pixel, lines, line = _crossings(segments, frame)
    spots = _Spots()
    spot_of_pixel = _untouched(frame, pixel, spots)
    few = lines <= MOST_LINES
    edge = pixel[few]
    edges = _edges(lines[few], line[np.repeat(few, lines)], segments)
    _spread_over_corners(frame, edge, edges, spot_of_pixel)
    _search_inside(frame, edge, edges, spots)
    starts, members, face_of_spot = _faces(known, *spots.points())
    pixels = face_of_spot.take(spot_of_pixel, mode="clip")
    pixels[pixel] = ASK
    pixels[edge] = -2 - np.arange(len(edge))
    if _reaches_beyond(segments, frame):
        around = pixels.reshape(frame.rows, frame.columns)
        around[[0, -1], :] = around[:, [0, -1]] = ASK
    faces = np.where(edges.face == ASK, ASK, face_of_spot.take(edges.face, mode="clip"))
    return Raster(frame, pixels, replace(edges, face=faces), starts, members, numbers)


def _frame(segments: Floats) -> Frame:
    x, y = segments[:, 0::2], segments[:, 1::2]
    (west, width), (south, height) = _extent(x), _extent(y)
    length = np.abs(np.diff(x)).sum() + np.abs(np.diff(y)).sum()
    step = max(
        FINEST,
        (width * height / MOST_PIXELS) ** 0.5,
        max(width, height) / MOST_ACROSS,
        float(length) / MOST_TOUCHES,
    )
    # Two pixels on each side are free of borders, one of them the outermost.
    return Frame(west - 2 * step, south - 2 * step, step, int(width / step) + 5, int(height / step) + 5)


def _extent(degrees: Floats) -> tuple[float, float]:
    """Where a direction's frame begins, and how far it reaches."""
    if not degrees.size:
        return 0.0, 0.0
    low, high = np.quantile(degrees, (FAR_OUT, 1 - FAR_OUT))
    reach = (high - low) / 10
    low, high = max(low - reach, degrees.min()), min(high + reach, degrees.max())
    return float(low), float(high - low)


def _reaches_beyond(segments: Floats, frame: Frame) -> bool:
    rows, columns = np.divmod(frame.pixels_of(segments[:, 0::2], segments[:, 1::2]), frame.columns)
    return bool(((rows == 0) | (rows == frame.rows - 1) | (columns == 0) | (columns == frame.columns - 1)).any())


def _crossings(segments: Floats, frame: Frame) -> tuple[Ints, Ints, Ints]:
    """The pixels that segments touch, ascending; how many each; and which, pixel after pixel."""
    touches = touched_pixels((segments - np.tile([frame.west, frame.south], 2)) / frame.step, frame.columns, frame.rows)
    pixels = touches.row * frame.columns + touches.column
    order = np.argsort(pixels, kind="stable")
    pixel, lines = np.unique(pixels[order], return_counts=True)
    return pixel, lines, touches.segment[order]


def _untouched(frame: Frame, touched: Ints, spots: _Spots) -> Numbers:
    """The spot of each pixel that no border touches. Those that hang together share one, as far as rows tell."""
    free = np.ones((frame.rows, frame.columns), dtype=bool)
    free.ravel()[touched] = False
    begins = free.copy()
    begins[:, 1:] &= ~free[:, :-1]
    run = (np.cumsum(begins, dtype=np.int32) - 1).reshape(free.shape)  # of pixels beside each other
    first = np.flatnonzero(begins)
    over = np.arange(len(first))  # for each run one in the row before it that it hangs together with, or itself
    both = free[1:] & free[:-1]
    over[run[1:][both]] = run[:-1][both]
    while not np.array_equal(over, further := over[over]):
        over = further
    tops, number = np.unique(over, return_inverse=True)
    spot = spots.add(*frame.points_of(first[tops], 0.5, 0.5))[number]
    return np.where(free, spot.take(run, mode="clip"), ASK).ravel()


def _edges(lines: Ints, line: Ints, segments: Floats) -> Edges:
    """Edges whose pieces have no face yet."""
    pieces = 1 << lines
    none = np.full(pieces.sum(), ASK, dtype=np.int32)
    counts = (lines, np.cumsum(lines) - lines, line, np.cumsum(pieces) - pieces)
    lines_, first_line, line_, first_face = (count.astype(np.int32) for count in counts)
    return Edges(lines_, first_line, line_, segments, first_face, none)


def _spread_over_corners(frame: Frame, pixels: Ints, edges: Edges, spot_of_pixel: Numbers) -> None:
    """Give pieces the spot of what they meet in a corner of their pixel."""
    corners = np.full((frame.rows + 1, frame.columns + 1), ASK, dtype=np.int32)
    spot = spot_of_pixel.reshape(frame.rows, frame.columns)
    for right, up in CORNERS:
        np.copyto(corners[up : frame.rows + up, right : frame.columns + right], spot, where=spot != ASK)
    corner_spot = corners.ravel()
    meetings = []
    rows, columns = np.divmod(pixels, frame.columns)
    for right, up in CORNERS:
        pieces, certain = edges.pieces_of(np.arange(len(pixels)), *frame.points_of(pixels, right, up))
        corner = (rows + up) * (frame.columns + 1) + columns + right
        meetings.append((pieces[certain], corner[certain]))
    for piece, corner in meetings * 3:  # what was learnt in one pixel tells the next
        edges.face[piece] = corner_spot[corner] = np.maximum(edges.face[piece], corner_spot[corner])


def _search_inside(frame: Frame, pixels: Ints, edges: Edges, spots: _Spots) -> None:
    """Give a spot of their own to pieces that have none yet, where one of the sample points hits them."""
    some = np.flatnonzero(np.minimum.reduceat(edges.face, edges.first_face) == ASK) if len(pixels) else pixels
    for place in range(SAMPLES**2):
        right, up = (place % SAMPLES + 0.5) / SAMPLES, (place // SAMPLES + 0.5) / SAMPLES
        lon, lat = frame.points_of(pixels[some], right, up)
        pieces, certain = edges.pieces_of(some, lon, lat)
        new = certain & (edges.face[pieces] == ASK)
        edges.face[pieces[new]] = spots.add(lon[new], lat[new])


def _faces(known: Shapes, lon: Floats, lat: Floats) -> tuple[Ints, Ints, Numbers]:
    """The distinct sets of shapes in which points lie, as `starts` and `members`, and the number of each point's.

    Where hundreds of shapes lie over each other there are too many sets to keep: the last points then get ASK.
    """
    numbers: dict[bytes, int] = {}
    face_of_point = np.full(len(lon), ASK, dtype=np.int32)
    room = MOST_MEMBERS
    for begin in range(0, len(lon), CHUNK):
        if room < 0:
            break
        some = slice(begin, begin + CHUNK)
        points, shapes = known.containing(lon[some], lat[some])
        ends = np.searchsorted(points, np.arange(len(lon[some]) + 1)).tolist()
        before = len(numbers)
        face_of_point[some] = [numbers.setdefault(shapes[a:b].tobytes(), len(numbers)) for a, b in pairwise(ends)]
        room -= sum(len(key) for key in islice(numbers, before, None)) // shapes.itemsize
    members = np.frombuffer(b"".join(numbers), dtype=np.int64)
    sizes = [len(key) // members.itemsize for key in numbers]
    return np.cumsum([0, *sizes]), members, face_of_point
