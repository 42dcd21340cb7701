"""A plan as JSON, for browsers and for `--json`."""

from dataclasses import asdict
from typing import Any

from geo.exchange.plan import Plan, Step


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
