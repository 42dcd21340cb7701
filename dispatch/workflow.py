"""The statuses of a case and the verbs between them, read from `data/workflow.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Status:
    code: str
    name_zh: str
    name_en: str
    open: bool
    stage: dict[str, Any] | None = None  # its own clock (`dispatch.stages`)
    limit_rests: bool = False  # the department has done its part: it is not told of the deadline


@dataclass(frozen=True)
class Verb:
    """A step that a person with one of `roles` may take from one of `from_statuses`."""

    code: str
    past: str  # the journal says `case.<past>`
    name_zh: str
    name_en: str
    from_statuses: tuple[str, ...]
    to_status: str
    roles: frozenset[str]
    needs_note: bool


def _read(path: Path) -> tuple[dict[str, Status], dict[str, Verb]]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    statuses = {row["code"]: Status(**row) for row in data["status"]}
    verbs = {}
    for row in data["verb"]:
        missing = {row["to"], *row["from"]} - statuses.keys()
        if missing:
            raise ValueError(f"{path.name}: verb {row['code']} names unknown statuses {', '.join(sorted(missing))}")
        verbs[row["code"]] = Verb(
            row["code"],
            row["past"],
            row["name_zh"],
            row["name_en"],
            tuple(row["from"]),
            row["to"],
            frozenset(row["roles"]),
            row["needs_note"],
        )
    return statuses, verbs


STATUSES, VERBS = _read(Path(__file__).parent / "data" / "workflow.toml")


def is_open(status: str) -> bool:
    return STATUSES[status].open
