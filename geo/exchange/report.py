"""A plan as JSON, for browsers and for `--json`."""

import json
from dataclasses import asdict
from typing import Any

import shapely

from geo.exchange.plan import Plan, Step

MOST_SHAPES = 5000
_COARSE = 1e-5  # degrees, about a metre


def as_json(plan: Plan, applied: bool) -> dict[str, Any]:
    """Everything that the plan says. Times are aware; areas are square metres."""
    source, table = plan.source, plan.source.table
    return {
        "applied": applied,
        "plan": plan.token,
        "kind": plan.kind.code,
        "holds_from": plan.begin,
        "file": {
            "name": source.name,
            "sha256": source.sha256,
            "format": table.format,
            "layer": table.layer,
            "features": len(table.features),
            "encoding": table.encoding,
            "crs": source.system.name,
        },
        "columns": asdict(source.mapped),
        "notes": [{"zh": zh, "en": en} for zh, en in source.notes],
        "counts": plan.counts | {"faults": len(plan.faults)},
        "created": [_line(step) for step in plan.created],
        "changed": [_line(step) for step in plan.changed],
        "retired": [
            {"code": v.zone.code, "name_zh": v.name_zh, "name_en": v.name_en, "number": v.number} for v in plan.retired
        ],
        "faults": [asdict(fault) for fault in plan.faults],
        "warnings": [asdict(warning) for warning in plan.warnings],
        "mended": [asdict(mended.fault) | {"area": round(mended.area, 1)} for mended in source.mended],
    }


def shapes_of(plan: Plan) -> dict[str, Any]:
    """What would be made and changed as GeoJSON in WGS-84: simplified, and no more than can be drawn."""
    steps = [("created", step) for step in plan.created] + [("changed", step) for step in plan.changed]
    steps = steps[:MOST_SHAPES]
    shapes = shapely.simplify([step.draft.shape for _, step in steps], _COARSE)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"what": what, "row": step.row, "code": step.draft.code, "name_zh": step.draft.name_zh},
                "geometry": json.loads(text),
            }
            for (what, step), text in zip(steps, shapely.to_geojson(shapes), strict=True)
        ],
    }


def _line(step: Step) -> dict[str, Any]:
    draft = step.draft
    return {
        "row": step.row,
        "code": draft.code,
        "name_zh": draft.name_zh,
        "name_en": draft.name_en,
        "number": step.last.number + 1 if step.last else 1,
        "parts": step.parts,
    }
