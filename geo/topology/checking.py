"""Finding the faults: gaps, overlaps, slivers, rings that cross themselves, zones outside what they should lie in."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from geo.plane import polygons, width
from geo.topology.ground import Ground, Piece
from geo.topology.overlaps import overlapping, without_noise

Name = Literal["gap", "overlap", "sliver", "invalid", "outside_parent", "not_of_cells"]
ORDER: Sequence[Name] = ("invalid", "overlap", "gap", "outside_parent", "not_of_cells", "sliver")

THIN = 1.0  # metres: no zone, gap or overlap that anybody wants is thinner


@dataclass(frozen=True)
class Fault:
    """`of` is what it is besides thin, for slivers; `shape` is where, in degrees. `zones` are those concerned: of a
    gap the parent, of what lies outside its parent the zone and then the parent.
    """

    fault: Name
    of: str
    zones: tuple[Piece, ...]
    shape: shapely.Geometry
    area: float  # square metres
    reason: str = ""

    @property
    def place(self) -> tuple[float, float]:
        """Somewhere in it, to point to."""
        point = shapely.point_on_surface(self.shape)
        return round(point.x, 7), round(point.y, 7)

    @property
    def fingerprint(self) -> str:
        """The same as long as the fault is the same, whenever and by whomever it is looked for."""
        zones = sorted(piece.id for piece in self.zones)
        bounds = [f"{degrees:.6f}" for degrees in self.shape.bounds]
        return hashlib.sha256(f"{self.fault} {self.of} {zones} {bounds}".encode()).hexdigest()[:16]


def faults(ground: Ground) -> list[Fault]:
    """All faults of the zones looked at, the worst kinds first, then the largest."""
    found = [*_invalid(ground), *_thin_zones(ground)]
    if ground.kind.exclusive:
        found += [*_overlaps(ground), *_gaps(ground)]
    found += [*_outside_parent(ground), *_not_of_cells(ground)]
    if ground.within is not None:
        found = [fault for fault in found if shapely.intersects(fault.shape, ground.within)]
    return sorted(found, key=lambda fault: (ORDER.index(fault.fault), -fault.area, fault.fingerprint))


def _invalid(ground: Ground) -> Iterator[Fault]:
    for i, reason in ground.zones.broken.items():
        if ground.asked[i]:
            shape = ground.zones.shapes[i]
            yield Fault("invalid", "invalid", (ground.zones.pieces[i],), shape, _area(ground, shape), reason=reason)


def _thin_zones(ground: Ground) -> Iterator[Fault]:
    wide = width(ground.plane.metres(ground.zones.shapes))
    for i in np.flatnonzero((wide < THIN) & ground.asked).tolist():
        shape = ground.zones.shapes[i]
        yield Fault("sliver", "zone", (ground.zones.pieces[i],), shape, _area(ground, shape))


def _overlaps(ground: Ground) -> Iterator[Fault]:
    for one, other, shared in overlapping(ground.zones.shapes, ground.plane):
        if ground.asked[one] or ground.asked[other]:
            for part in polygons(shared):
                yield _wide_or_thin(ground, "overlap", (ground.zones.pieces[one], ground.zones.pieces[other]), part)


def _gaps(ground: Ground) -> Iterator[Fault]:
    if ground.parents is None:
        return
    zones, parents = ground.zones.shapes, ground.parents
    of_parent, zone = ground.zones.tree.query(parents.shapes, predicate="intersects")
    begins = np.searchsorted(of_parent, np.arange(len(parents.shapes) + 1))
    for i, shape in enumerate(parents.shapes):
        children = zones[zone[begins[i] : begins[i + 1]]]
        missing = shapely.difference(shape, shapely.union_all(children))
        for part in without_noise(missing, ground.plane):
            yield _wide_or_thin(ground, "gap", (parents.pieces[i],), part)


def _outside_parent(ground: Ground) -> Iterator[Fault]:
    if ground.parents is None:
        return
    zones, parents = ground.zones, ground.parents
    main = _main_parents(ground)
    for i in np.flatnonzero(ground.asked & (main != INSIDE)).tolist():
        parent = int(main[i])
        rest = zones.shapes[i] if parent == NOWHERE else shapely.difference(zones.shapes[i], parents.shapes[parent])
        parts = without_noise(rest, ground.plane)
        if parts:
            pieces = (zones.pieces[i],) if parent == NOWHERE else (zones.pieces[i], parents.pieces[parent])
            shape = shapely.union_all(parts)
            yield Fault("outside_parent", "outside", pieces, shape, _area(ground, shape))


INSIDE, NOWHERE = -1, -2


def _main_parents(ground: Ground) -> np.ndarray:
    """For each zone the parent in which most of it lies, or INSIDE if all of it lies in one, or NOWHERE."""
    assert ground.parents is not None
    zones, parents = ground.zones.shapes, ground.parents.shapes
    shapely.prepare(parents)
    zone, parent = ground.parents.tree.query(zones, predicate="intersects")
    main = np.full(len(zones), NOWHERE)
    main[zone[shapely.covers(parents[parent], zones[zone])]] = INSIDE
    left = main[zone] == NOWHERE
    zone, parent = zone[left], parent[left]
    shared = shapely.area(shapely.intersection(zones[zone], parents[parent]))
    order = np.argsort(shared, kind="stable")  # the largest comes last, and stays
    order = order[shared[order] > 0]
    main[zone[order]] = parent[order]
    return main


def _not_of_cells(ground: Ground) -> Iterator[Fault]:
    if ground.cells is None:
        return
    for i in np.flatnonzero(ground.asked).tolist():
        shape = ground.zones.shapes[i]
        parts = without_noise(shapely.symmetric_difference(shape, whole_cells(ground, shape)), ground.plane)
        if parts:
            off = shapely.union_all(parts)
            yield Fault("not_of_cells", "cells", (ground.zones.pieces[i],), off, _area(ground, off))


def whole_cells(ground: Ground, shape: shapely.Geometry) -> shapely.Geometry:
    """All cells that lie by more than half in a shape, as one."""
    assert ground.cells is not None
    cells = ground.cells.shapes
    near = cells[ground.cells.tree.query(shape, predicate="intersects")]
    shares = shapely.area(shapely.intersection(near, shape)) / shapely.area(near)
    return shapely.union_all(near[shares > 0.5])


def _wide_or_thin(ground: Ground, name: Name, zones: tuple[Piece, ...], part: shapely.Geometry) -> Fault:
    thin = float(width(ground.plane.metres(np.array([part])))[0]) < THIN
    return Fault("sliver" if thin else name, name, zones, part, _area(ground, part))


def _area(ground: Ground, shape: shapely.Geometry) -> float:
    return float(shapely.area(ground.plane.metres(shape)))
