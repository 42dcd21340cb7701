"""What can be done with shapes, all in WGS-84 degrees, longitude first. What has no area is left out of results."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.plane import Plane, multipolygon, polygons

Shapes = Sequence[shapely.Geometry]
_SAME = 1e-6  # metres: a corner that has been moved onto another one


def union(shapes: Shapes) -> list[shapely.Geometry]:
    """One shape of all."""
    return _with_area([shapely.union_all(list(shapes))])


def difference(shapes: Shapes) -> list[shapely.Geometry]:
    """The first without all others: that is how a hole is cut."""
    return _with_area([shapely.difference(shapes[0], shapely.union_all(list(shapes[1:])))])


def intersection(shapes: Shapes) -> list[shapely.Geometry]:
    """What all have in common."""
    return _with_area([shapely.intersection_all(list(shapes))])


def split(shapes: Shapes, line: shapely.Geometry) -> list[shapely.Geometry]:
    """All that a line cuts off, from the west to the east. Parts that it does not meet stay with the largest piece.

    A line that cuts nothing gives the one shape back.
    """
    whole = shapely.union_all(list(shapes))
    pieces: list[shapely.Geometry] = []
    apart: list[shapely.Geometry] = []
    for part in polygons(whole):
        cut = _cut(part, line)
        (pieces if len(cut) > 1 else apart).extend(cut)
    if not pieces:
        return _with_area([whole])
    largest = max(range(len(pieces)), key=lambda i: float(pieces[i].area))
    pieces[largest] = shapely.union_all([pieces[largest], *apart])
    return sorted(_with_area(pieces), key=lambda piece: float(piece.centroid.x))


def _cut(part: shapely.Geometry, line: shapely.Geometry) -> list[shapely.Geometry]:
    edges = shapely.union_all([part.boundary, line])
    faces = polygons(shapely.polygonize(list(shapely.get_parts(edges))))
    return [face for face in faces if part.contains(shapely.point_on_surface(face))]


def snap(shape: shapely.Geometry, targets: Shapes, tolerance: float) -> list[shapely.Geometry]:
    """Move corners onto corners of the targets within `tolerance` metres, else onto their edges; then take in all
    corners of the targets along the way, so that the shape follows their borders exactly.
    """
    if not len(targets):
        return _with_area([shape])
    plane = Plane.around([shape])
    borders = plane.metres(shapely.boundary(np.array(targets, dtype=object)))
    corners = shapely.get_coordinates(shapely.boundary(np.array(targets, dtype=object)))
    points = plane.metres(shapely.points(corners))
    at_points, at_borders = shapely.STRtree(points), shapely.STRtree(borders)

    def onto(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = metres.copy()
        own = shapely.points(metres)
        for tree, found in ((at_borders, borders), (at_points, points)):  # what corners say comes last, and counts
            near, other = tree.query_nearest(own, max_distance=tolerance, all_matches=False)
            way = shapely.shortest_line(own[near], found[other])
            moved[near] = shapely.get_coordinates(shapely.get_point(way, 1))
        return moved

    moved = shapely.transform(plane.metres(shape), onto)
    near = points[at_points.query(moved, predicate="dwithin", distance=tolerance)]
    moved = shapely.snap(shapely.make_valid(moved), shapely.multipoints(near), tolerance) if len(near) else moved

    def exactly(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        # Back in degrees a corner may differ in its last bits from the one that it was moved onto.
        same, other = at_points.query_nearest(
            shapely.points((degrees - [plane.lon, plane.lat]) * plane.scale), max_distance=_SAME, all_matches=False
        )
        degrees[same] = corners[other]
        return degrees

    return _with_area([shapely.make_valid(shapely.transform(plane.degrees(moved), exactly))])


def _with_area(shapes: Shapes) -> list[shapely.Geometry]:
    found = [multipolygon(shape) for shape in shapes]
    return [shapely.multipolygons(shapely.orient_polygons(shapely.get_parts(shape))) for shape in found if shape.area]
