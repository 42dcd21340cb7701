"""A report of faults as JSON, for the editor and for `--json`."""

from typing import Any

from geo.outlines import as_geojson
from geo.topology.checking import Fault, faults
from geo.topology.ground import Ground
from geo.topology.mending import mends
from geo.topology.wording import mend_names, sentence

MOST_LISTED = 1_000


def as_json(ground: Ground) -> dict[str, Any]:
    """What was checked and all that is wrong with it; areas in square metres, places as longitude and latitude."""
    found = faults(ground)
    return {
        "kind": ground.kind.code,
        "checked": int(ground.asked.sum()),
        "total": len(found),
        "faults": [_line(fault, ground) for fault in found[:MOST_LISTED]],
    }


def _line(fault: Fault, ground: Ground) -> dict[str, Any]:
    zh, en = sentence(fault, ground)
    return {
        "id": fault.fingerprint,
        "fault": fault.fault,
        "zones": [
            {"id": p.id, "kind": p.kind, "code": p.code, "name_zh": p.name_zh, "name_en": p.name_en}
            for p in fault.zones
        ],
        "area_m2": round(fault.area, 2),
        "place": list(fault.place),
        "geometry": as_geojson(fault.shape),
        "sentence_zh": zh,
        "sentence_en": en,
        "mends": [_mend(mend.code, mend.zone) for mend in mends(fault, ground)],
    }


def _mend(code: str, zone: Any) -> dict[str, Any]:
    zh, en = mend_names(code, zone)
    return {"code": code, "zone": zone.id if zone else None, "name_zh": zh, "name_en": en}
