"""The usual mends of a fault, as sets of changes: proposed here, looked at by a person, saved as any other change."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.models import ZoneVersion
from geo.outlines import as_geojson, check_shape
from geo.plane import Plane, polygons, width
from geo.topology.checking import THIN, Fault, whole_cells
from geo.topology.ground import Ground, Piece
from geo.topology.overlaps import NOISE, without_noise
from twin.problems import Problem

NEIGHBOURS = 4  # that are offered
_BESIDE = 1e-7  # degrees, a centimetre: so near lie neighbours
_SNAP = 1e-9  # degrees, a tenth of a millimetre: corners that were computed meet those that are there


@dataclass(frozen=True, slots=True)
class Mend:
    """`zone` is the one that changes, where there is a choice."""

    code: str
    zone: Piece | None = None


def mends(fault: Fault, ground: Ground) -> list[Mend]:
    """What can be done about a fault, the likeliest first."""
    match fault.of:
        case "gap":
            return [Mend("give_to", piece) for piece in _beside(ground, fault)]
        case "overlap":
            one, other = fault.zones
            pairs = [(one, other), (other, one)]
            return [Mend("cut_from", a) for a, b in pairs if _remains(ground, a, b)]
        case "zone":
            return [Mend("merge_into", piece) for piece in _beside(ground, fault)]
        case "invalid":
            return [Mend("make_valid")]
        case "outside":
            return [Mend("clip_to_parent")] if len(fault.zones) > 1 else []
        case _:
            return [Mend("whole_cells")]


def propose(fault: Fault, ground: Ground, code: str, zone: int | None) -> list[dict[str, Any]]:
    """The changes of a mend, as `POST /zones/changes` takes them. Raises Problem 422 for a mend that it has not."""
    wanted = next((m for m in mends(fault, ground) if m.code == code and (m.zone.id if m.zone else None) == zone), None)
    if wanted is None:
        raise Problem(422, "This fault has no such mend.", detail_zh="该问题没有这种修复方式。")
    piece = wanted.zone or fault.zones[0]
    shape = ground.zones.by_id[piece.id]
    match code:
        case "give_to" | "merge_into":
            changed = _joined(shape, fault.shape, ground.plane)
        case "cut_from":
            other = next(one for one in fault.zones if one.id != piece.id)
            changed = shapely.difference(shape, ground.zones.by_id[other.id])
        case "clip_to_parent":
            assert ground.parents is not None
            changed = shapely.intersection(shape, ground.parents.by_id[fault.zones[1].id])
        case "whole_cells":
            changed = whole_cells(ground, shape)
        case _:
            changed = shape  # it was made valid to be looked at
    proposed = [_save(piece, changed, ground.plane)]
    if code == "merge_into":
        gone = _newest(fault.zones[0])
        proposed.append({"op": "retire", "zone": gone.zone_id, "base": gone.number})
    return proposed


def _beside(ground: Ground, fault: Fault) -> list[Piece]:
    """The neighbours that could have what a fault is about, those with the longest common border first."""
    layer = ground.zones
    near = layer.tree.query(fault.shape, predicate="dwithin", distance=_BESIDE)
    near = near[[layer.pieces[i] not in fault.zones for i in near.tolist()]]
    common = shapely.length(
        shapely.intersection(shapely.boundary(fault.shape), shapely.buffer(layer.shapes[near], _BESIDE))
    )
    longest = near[np.argsort(-common, kind="stable")][:NEIGHBOURS]
    return [layer.pieces[i] for i in longest.tolist()]


def _remains(ground: Ground, one: Piece, other: Piece) -> bool:
    """Whether there is something left of a zone when another one is cut from it."""
    rest = shapely.difference(ground.zones.by_id[one.id], ground.zones.by_id[other.id])
    return any(width(ground.plane.metres([part]))[0] >= THIN for part in without_noise(rest, ground.plane))


def _joined(shape: shapely.Geometry, part: shapely.Geometry, plane: Plane) -> shapely.Geometry:
    """Two shapes as one, without hairlines where computed corners do not quite meet."""
    whole = shapely.union(shape, shapely.make_valid(shapely.snap(part, shape, _SNAP)))
    return shapely.multipolygons([_without_hairlines(one, plane) for one in polygons(whole)])


def _without_hairlines(polygon: shapely.Geometry, plane: Plane) -> shapely.Geometry:
    holes = [
        ring for ring in shapely.get_rings(polygon)[1:] if width(plane.metres([shapely.polygons(ring)]))[0] >= NOISE
    ]
    return shapely.Polygon(shapely.get_exterior_ring(polygon), holes)


def _save(piece: Piece, shape: shapely.Geometry, plane: Plane) -> dict[str, Any]:
    version = _newest(piece)
    parts = without_noise(shape, plane)
    if not parts:
        raise Problem(422, "Nothing would be left of the zone; retire it.", detail_zh="区域将不剩任何面积；请停用它。")
    return {
        "op": "save",
        "zone": version.zone_id,
        "kind": version.zone.kind_id,
        "code": version.zone.code,
        "name_zh": version.name_zh,
        "name_en": version.name_en,
        "geometry": as_geojson(check_shape(shapely.multipolygons(parts))),
        "precedence": version.precedence,
        "department": version.department,
        "attributes": version.attributes,
        "people": version.people,
        "holds_to": version.holds_to,
        "base": version.number,
    }


def _newest(piece: Piece) -> ZoneVersion:
    return ZoneVersion.objects.filter(zone=piece.id).select_related("zone").order_by("-number")[0]
