"""A zone as JSON: in lists, and whole."""

from typing import Any

from geo.changes import person_name
from geo.models import ZoneVersion
from geo.outlines import as_geojson, loaded
from twin.problems import Problem


def line(version: ZoneVersion) -> dict[str, Any]:
    """Without shape, people and history. The version's zone is loaded already."""
    return {
        "id": version.zone_id,
        "kind": version.zone.kind_id,
        "code": version.zone.code,
        "name_zh": version.name_zh,
        "name_en": version.name_en,
        "number": version.number,
        "precedence": version.precedence,
        "department": version.department,
        "holds_from": version.holds_from,
        "holds_to": version.holds_to,
        "bbox": list(version.geom.extent),
    }


def whole(zone_id: int, number: int | None = None) -> dict[str, Any]:
    """A zone with the shape, attributes and people of one version, the newest if no number is given, and its history.

    Raises Problem 404.
    """
    versions = list(ZoneVersion.objects.filter(zone=zone_id).select_related("zone", "changed_by").order_by("number"))
    if not versions:
        raise Problem(404, "There is no such zone.", detail_zh="没有这个区域。")
    version = next((v for v in versions if v.number == number), versions[-1] if number is None else None)
    if version is None:
        raise Problem(404, f"{versions[0].zone} has no version {number}.", detail_zh=f"没有第 {number} 版。")
    return line(version) | {
        "geometry": as_geojson(loaded([version])[0]),
        "attributes": version.attributes,
        "people": version.people,
        "versions": [
            {
                "number": v.number,
                "holds_from": v.holds_from,
                "holds_to": v.holds_to,
                "changed_by": person_name(v.changed_by),
                "changed_at": v.changed_at,
            }
            for v in versions
        ],
    }
