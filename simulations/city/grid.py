"""Unit grid cells as an exact planar partition, and their codes.

The pieces come from cuts in floating point, so neighbours do not share all their vertices. Here all their outlines are
noded together on a lattice of 1e-7 degrees (snap rounding) and the faces of the result are the cells: neighbours then
share every vertex, and unions of cells (communities, streets, the district) are exact too.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely

from simulations.city.frame import GRID, Geometries, Ints, to_lonlat, to_metres

ADMIN = "990101"
SMALLEST = 3500.0  # square metres; smaller leftovers of the street pattern join a neighbour
ROW = 100.0  # metres; cells whose middles differ less in northing count as one row of the numbering


@dataclass(frozen=True)
class Cells:
    """Cells in degrees and in local metres, with the piece from which each came and its community (by number)."""

    shapes: Geometries
    metres: Geometries
    pieces: Ints
    communities: Ints


def partition(pieces: Geometries, communities: Ints) -> Cells:
    """Make the pieces (local metres) a partition without gap or overlap; small ones join a neighbour."""
    outlines = shapely.union_all(shapely.boundary(to_lonlat(pieces)), grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize([outlines]))
    owner = _owners(to_metres(faces), pieces)
    faces, owner = faces[owner >= 0], owner[owner >= 0]
    owner = _join_small(faces, owner, communities)
    numbers = np.unique(owner)
    shapes = np.array([_union(faces[owner == number]) for number in numbers])
    return Cells(shapes, to_metres(shapes), numbers, communities[numbers])


def _owners(faces: Geometries, pieces: Geometries) -> Ints:
    """Which piece each face came from; -1 for faces outside all (a lake of the plan, say)."""
    inside = shapely.point_on_surface(faces)
    face, piece = shapely.STRtree(pieces).query(inside, predicate="intersects")
    owner = np.full(len(faces), -1)
    owner[face[::-1]] = piece[::-1]
    return owner


def _join_small(faces: Geometries, owner: Ints, communities: Ints) -> Ints:
    """Give the faces of pieces that are too small to the neighbour in the community with the longest shared side."""
    metres = to_metres(faces)
    tree = shapely.STRtree(faces)
    owner = owner.copy()
    for _ in range(3):
        size = np.bincount(owner, weights=shapely.area(metres), minlength=len(communities))
        small = np.flatnonzero(size[owner] < SMALLEST)
        changed = set()
        for face in small[np.argsort(size[owner[small]], kind="stable")].tolist():
            if int(owner[face]) in changed:
                continue
            beside = tree.query(faces[face], predicate="touches")
            beside = beside[(owner[beside] != owner[face]) & (communities[owner[beside]] == communities[owner[face]])]
            if len(beside):
                sides = shapely.length(shapely.intersection(faces[face], faces[beside]))
                if sides.max() > 0:
                    new = int(owner[beside[int(np.argmax(sides))]])
                    changed |= {new, int(owner[face])}
                    owner[owner == owner[face]] = new
        if not changed:
            break
    return owner


def _union(faces: Geometries) -> shapely.Geometry:
    return faces[0] if len(faces) == 1 else shapely.coverage_union_all(faces)


def dissolve(shapes: Geometries, groups: Ints) -> Geometries:
    """Unions of cells by group number 0, 1, ...; exact, since cells share their vertices."""
    members: dict[int, list[int]] = defaultdict(list)
    for index, group in enumerate(groups.tolist()):
        members[group].append(index)
    return np.array([shapely.coverage_union_all(shapes[members[group]]) for group in range(int(groups.max()) + 1)])


def reading_order(metres: Geometries) -> Ints:
    """Indices in the order of the numbering: rows from north to south, within a row from west to east."""
    middles = shapely.get_coordinates(shapely.centroid(metres))
    row = np.floor((middles[:, 1].max() - middles[:, 1]) / ROW)
    return np.lexsort((middles[:, 0], row))


def sequence(metres: Geometries, groups: Ints) -> Ints:
    """The running number, from 1, of each shape inside its group."""
    numbers = np.zeros(len(metres), dtype=np.int64)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        numbers[members[reading_order(metres[members])]] = np.arange(1, len(members) + 1)
    return numbers
