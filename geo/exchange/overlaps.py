"""Where the zones of a plan would overlap, of a kind whose zones tile the city: shown before it is done."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.changes import ended
from geo.exchange.faults import Fault
from geo.exchange.plan import Plan
from geo.models import ZoneVersion
from geo.outlines import loaded
from geo.plane import Plane
from geo.topology.overlaps import overlapping


class _Laid(NamedTuple):
    """A zone as it would lie; `row` is 0 for one that stays as it is."""

    code: str
    row: int


def overlaps(plan: Plan) -> Iterator[Fault]:
    """A warning for each pair of zones that would overlap, at least one of them from the file, by more than rounding.

    Cities' own files have such faults, so they do not stop an import; `yiwang zones check` finds and mends them later.
    """
    if not plan.kind.exclusive:
        return
    laid, shapes = _as_it_would_be(plan)
    if not len(shapes):
        return
    plane = Plane.around(shapes)
    for i, j, shared in overlapping(shapes, plane):
        one, other = sorted((laid[i], laid[j]), key=lambda zone: zone.row or len(laid) + 1)
        if one.row:
            yield _warning(one, other, shared, float(shapely.area(plane.metres(shared))))


def _as_it_would_be(plan: Plan) -> tuple[list[_Laid], NDArray[np.object_]]:
    steps = [*plan.created, *plan.changed]
    rows = {row.code: row.says.row for row in plan.source.rows}
    gone = {v.pk for v in plan.retired} | {step.last.pk for step in plan.changed if step.last}
    others = [version for version in plan.last if version.pk not in gone and not ended(version, plan.begin)]
    laid = [_Laid(step.draft.code, step.row) for step in steps]
    laid += [_Laid(version.zone.code, rows.get(version.zone.code, 0)) for version in others]
    shapes = np.array([*(step.draft.shape for step in steps), *_valid(others)], dtype=object)
    return laid, shapes


def _valid(versions: list[ZoneVersion]) -> NDArray[np.object_]:
    shapes: NDArray[np.object_] = shapely.make_valid(loaded(versions), method="structure", keep_collapsed=False)
    return shapes


def _warning(one: _Laid, other: _Laid, shared: shapely.Geometry, area: float) -> Fault:
    point = shapely.point_on_surface(shared)
    zh, en = (f"第 {other.row} 行（{other.code}）", f"row {other.row} ({other.code})")
    if not other.row:
        zh, en = f"已有的 {other.code}", f"{other.code}, which is there and stays"
    return Fault(
        "overlap",
        f"与{zh}重叠 {area:,.1f} m²；此类区域不应重叠。",
        f"It overlaps {en}, by {area:,.1f} m²; zones of this kind should not overlap.",
        one.row,
        code=one.code,
        place=(round(point.x, 7), round(point.y, 7)),
    )
