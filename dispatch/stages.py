"""The clocks of single stages 环节时限, from the workflow's data.

A status may say how long a case should stay in it, and whom it waits for meanwhile:

    stage = { minutes = 15, tell = ["dispatcher"] }                            day and night
    stage = { working_hours = 4, urgent = 60, critical = 15, tell = [...] }    by urgency; these two are minutes

1315 (one minute to take, three to send, fifteen to arrive) and the limits of 受理, 派遣, 核查 are of the first kind.
`limit_rests = true`: the department has done its part, and is not told of the case's deadline meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from dispatch import workflow
from dispatch.ladders import TARGETS, WHOSE_TURN
from dispatch.models import LimitUnit
from twin import revisions

URGENT = {2: "urgent", 3: "critical"}
WORDS = {"minutes", "working_hours", "urgent", "critical", "tell"}
Limit = tuple[float, str]  # value and unit


@dataclass(frozen=True)
class Stage:
    """`limits` by urgency 1, 2, 3; where there is none, it may take as long as it takes."""

    limits: Mapping[int, Limit]
    tell: tuple[str, ...]
    limit_rests: bool


def read(stage: Mapping[str, Any] | None, limit_rests: bool) -> Stage:
    """A status's own words. Raises ValueError with a sentence if they make no sense."""
    stage = stage or {}
    if unknown := stage.keys() - WORDS:
        raise ValueError(f"a stage has no {', '.join(sorted(unknown))}")
    if strangers := set(stage.get("tell", ())) - TARGETS | {WHOSE_TURN} & set(stage.get("tell", ())):
        raise ValueError(f"a stage waits for a role, not for {', '.join(sorted(strangers))}")
    usual: Limit | None = None
    if "working_hours" in stage:
        usual = (stage["working_hours"], LimitUnit.WORKING_HOUR.value)
    elif "minutes" in stage:
        usual = _minutes(stage["minutes"])
    by_urgency = {
        urgency: _minutes(stage[word]) if (word := URGENT.get(urgency, "")) in stage else usual for urgency in (1, 2, 3)
    }
    limits = {urgency: limit for urgency, limit in by_urgency.items() if limit is not None}
    if any(not value > 0 for value, _ in limits.values()):
        raise ValueError("a stage lasts more than nothing")
    return Stage(limits, tuple(stage.get("tell", ())), limit_rests)


def _minutes(minutes: float) -> Limit:
    return minutes / 60, LimitUnit.URGENT_HOUR.value


NO_STAGE = read(None, False)


@cache
def _read(stage: workflow.Stage | None, limit_rests: bool) -> Stage:
    return read(msgspec.to_builtins(stage) if stage is not None else None, limit_rests)


def stage_of(status: str, known: revisions.Revisions) -> Stage:
    """The clock of a status under the workflow in force."""
    found = workflow.current(known).statuses.get(status)
    return NO_STAGE if found is None else _read(found.stage, found.limit_rests)


def known_stages(known: revisions.Revisions) -> Mapping[str, Stage]:
    """Of all statuses, by code."""
    return {code: _read(status.stage, status.limit_rests) for code, status in workflow.current(known).statuses.items()}
