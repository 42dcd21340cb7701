"""From what was reported to a department: the one way in which the intake decides, and in which it is decided again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from dispatch.models import Component
from dispatch.routing import Routing
from dispatch.rules import Decision, Facts
from geo.lookup import Located


@dataclass(slots=True)
class Matter:
    """What rules look at in one report, be it one that has just come or the one behind a stored case."""

    category: int  # index in the edition
    channel: str
    urgency: int  # before any rule raised it
    text: str
    component: str  # code; '' if none is named
    at: datetime  # of the dispatch


def facts_of(matters: Sequence[Matter], located: Located) -> Facts:
    """n matters as columns, shape (n,); `located` are the zones of their places."""
    local = _local({matter.at for matter in matters})
    return Facts(
        category=np.array([m.category for m in matters], dtype=np.int64),
        channel=np.array([m.channel for m in matters], dtype=object),
        urgency=np.array([m.urgency for m in matters], dtype=np.int64),
        text=[m.text for m in matters],
        has_component=np.array([bool(m.component) for m in matters], dtype=bool),
        located=located,
        hour=np.array([local[m.at].hour + local[m.at].minute / 60 for m in matters]),
        weekday=np.array([local[m.at].isoweekday() for m in matters], dtype=np.int64),
    )


def _local(moments: set[datetime]) -> dict[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return {at: at.astimezone(zone) for at in moments}


def decide(now: Routing, matters: Sequence[Matter], located: Located, components: Mapping[str, Component]) -> Decision:
    """Where the rules of `now` send n matters. `located` are positions in its zones, `components` those that are named.

    What a component or a zone names as its department is looked up here.
    """

    def resolve(i: int, source: Mapping[str, str]) -> str:
        if source["from"] == "component":
            component = components.get(matters[i].component)
            return getattr(component, source["role"]) if component else ""
        for position in located.of(i):
            zone = now.zones.zones[position]
            if zone.kind == source["kind"] and zone.department:
                return zone.department
        return str(source.get("else", ""))

    return now.rules.decide(facts_of(matters, located), resolve)


def urgency_of(now: Routing, decision: Decision, i: int, matter: Matter) -> int:
    """The urgency of a case: that of its matter, or higher if the rule that decided raises it."""
    return max(matter.urgency, now.rules.rules[decision.chosen[i]].urgency or 0)


def record_of(now: Routing, decision: Decision, i: int, matter: Matter) -> dict[str, Any]:
    """The decision as it is kept with the case: which rules were tried, which matched, under which versions."""
    chosen = int(decision.chosen[i])
    record = {
        "rule": chosen,
        "failed": decision.failed[i, :chosen].tolist(),
        "department": decision.departments[i],
        "rules": now.rules.version,
        "catalogue": now.edition.label,
        "zones": now.versions["zones"],
    }
    if urgency_of(now, decision, i, matter) != matter.urgency:
        record["urgency"] = matter.urgency  # as it was before the rule raised it: what would be decided by again
    return record
