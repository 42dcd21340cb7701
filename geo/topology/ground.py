"""What a check looks at: the zones of a kind, what they should lie in, and the cells that they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Polygon
from numpy.typing import NDArray

from geo.lookup import CELL
from geo.models import ZoneKind, ZoneVersion
from geo.plane import Plane
from twin.problems import Problem


@dataclass(frozen=True, slots=True)
class Piece:
    """A zone as a fault names it."""

    id: int
    kind: str
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Layer:
    """Zones of one kind. `shapes` are valid, in degrees; `broken` are positions of those that had to be made so."""

    pieces: Sequence[Piece]
    shapes: NDArray[np.object_]
    broken: dict[int, str]  # with what GEOS says of them

    @cached_property
    def by_id(self) -> dict[int, shapely.Geometry]:
        """The shape of each zone."""
        return {piece.id: shape for piece, shape in zip(self.pieces, self.shapes, strict=True)}

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    def take(self, some: Any) -> "Layer":
        kept = [int(i) for i in some]
        broken = {new: self.broken[old] for new, old in enumerate(kept) if old in self.broken}
        return Layer([self.pieces[i] for i in kept], self.shapes[kept], broken)


@dataclass(frozen=True)
class Ground:
    """`parents` and `cells` are None where the kind has no such rule. `asked` are the positions of the zones that are
    looked at; the others are there as their neighbours. `within` is None for the whole city.
    """

    kind: ZoneKind
    parent: ZoneKind | None
    zones: Layer
    asked: NDArray[np.bool_]
    parents: Layer | None
    cells: Layer | None
    within: shapely.Geometry | None
    plane: Plane


def load(kind: str, at: datetime, within: int | None = None) -> Ground:
    """The zones of a kind that hold at a time, all of them or those in one zone. Raises Problem 422."""
    found = ZoneKind.objects.select_related("parent").filter(pk=kind).first()
    if found is None:
        raise Problem(422, f"There is no zone kind {kind!r}.", detail_zh=f"没有区域类型 {kind!r}。")
    area = _area(within, at)
    parents = _layer(found.parent.code, at, area) if found.parent else None
    if parents and area is not None:
        parents = parents.take(np.flatnonzero(_share_area(parents.shapes, area)))
    # Beside the area as far as its parents reach, so that no gap is seen where only nobody has looked.
    reach = [area, *(parents.shapes if parents else [])] if area is not None else None
    zones = _layer(kind, at, shapely.box(*shapely.total_bounds(reach)) if reach else None)
    middles = shapely.point_on_surface(zones.shapes)
    asked = np.ones(len(middles), dtype=bool) if area is None else shapely.intersects(area, middles)
    cells = _layer(CELL, at, shapely.box(*shapely.total_bounds(zones.shapes))) if found.of_cells else None
    plane = Plane.around(zones.shapes if len(zones.shapes) else [area] if area is not None else [])
    return Ground(found, found.parent, zones, asked, parents, cells, area, plane)


def _area(within: int | None, at: datetime) -> shapely.Geometry | None:
    if within is None:
        return None
    geom = ZoneVersion.objects.holding(at).filter(zone=within).annotate(wkb=AsWKB("geom")).values_list("wkb", flat=True)
    found = geom.first()
    if found is None:
        raise Problem(422, f"No zone {within} holds then.", detail_zh=f"区域 {within} 当时无效或不存在。")
    return shapely.make_valid(shapely.from_wkb(bytes(found)))


def _share_area(shapes: NDArray[np.object_], area: shapely.Geometry) -> Any:
    return shapely.intersects(shapes, area) & ~shapely.touches(shapes, area)


def _layer(kind: str, at: datetime, area: shapely.Geometry | None) -> Layer:
    held = ZoneVersion.objects.holding(at).filter(zone__kind=kind).order_by("zone__code")
    if area is not None:
        if shapely.is_empty(area) or not np.isfinite(area.bounds).all():
            return Layer([], np.zeros(0, dtype=object), {})
        box = Polygon.from_bbox(area.bounds)
        box.srid = 4326
        held = held.filter(geom__bboverlaps=box)
    rows = list(held.values_list("zone_id", "zone__kind_id", "zone__code", "name_zh", "name_en", AsWKB("geom")))
    shapes: NDArray[np.object_] = np.array(shapely.from_wkb([row[-1] for row in rows]), dtype=object)
    bad = np.flatnonzero(~shapely.is_valid(shapes)).tolist() if len(shapes) else []
    broken = {i: str(shapely.is_valid_reason(shapes[i])) for i in bad}
    for i in broken:
        shapes[i] = shapely.make_valid(shapes[i], method="structure", keep_collapsed=False)
    return Layer([Piece(*row[:5]) for row in rows], shapes, broken)
