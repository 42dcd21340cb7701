"""From what was reported to a department: the one way in which the intake decides, and in which it is decided again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from dispatch.earlier import Earlier
from dispatch.models import Component
from dispatch.routing import Routing
from dispatch.rules import ROLES, Decision, Facts
from geo.lookup import Located


@dataclass(slots=True)
class Matter:
    """What rules look at in one report, be it one that has just come or the one behind a stored case."""

    category: int  # index in the edition
    condition: int  # number of the filing condition
    channel: str
    source: int  # id
    urgency: int  # before any rule raised it
    text: str
    component: str  # code; '' if none is named
    at: datetime  # of the dispatch


def facts_of(now: Routing, matters: Sequence[Matter], located: Located, components: Mapping[str, Component]) -> Facts:
    """n matters as columns, shape (n,); `located` are the zones of their places."""
    moments = {at: _Moment.of(at, now) for at in {matter.at for matter in matters}}
    when = [moments[matter.at] for matter in matters]
    category = np.array([m.category for m in matters], dtype=np.int64)
    return Facts(
        category=category,
        condition=np.array([m.condition for m in matters], dtype=np.int64),
        channel=np.array([m.channel for m in matters], dtype=object),
        source=np.array([m.source for m in matters], dtype=np.int64),
        urgency=np.array([m.urgency for m in matters], dtype=np.int64),
        text=[m.text.lower() for m in matters],
        component={role: _departments(role, matters, components) for role in ROLES},
        located=located,
        hour=np.array([moment.hour for moment in when]),
        weekday=np.array([moment.weekday for moment in when], dtype=np.int64),
        day=np.array([moment.day for moment in when], dtype=np.int64),
        working=np.array([moment.working for moment in when], dtype=bool),
        flags=now.flags,
        counts=Earlier(now, category, [m.at for m in matters], located),
    )


def _departments(role: str, matters: Sequence[Matter], components: Mapping[str, Component]) -> NDArray[np.object_]:
    named = [components.get(m.component) if m.component else None for m in matters]
    return np.array([getattr(one, role) if one else "" for one in named], dtype=object)


@dataclass(frozen=True)
class _Moment:
    """A time as rules ask for it, by the city's clock on the wall."""

    hour: float
    weekday: int
    day: int
    working: bool

    @classmethod
    def of(cls, at: datetime, now: Routing) -> "_Moment":
        local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
        working = now.hours.is_working(at)
        return cls(local.hour + local.minute / 60, local.isoweekday(), local.month * 100 + local.day, working)


def decide(now: Routing, matters: Sequence[Matter], located: Located, components: Mapping[str, Component]) -> Decision:
    """Where the rules of `now` send n matters. `located` are positions in its zones, `components` those that are named.

    What a component or a zone names as its department is looked up here.
    """

    def resolve(i: int, source: Mapping[str, str]) -> str:
        if source["from"] == "component":
            component = components.get(matters[i].component)
            return getattr(component, source["role"]) if component else str(source.get("else", ""))
        for position in located.of(i):
            zone = now.zones.zones[position]
            if zone.kind == source["kind"] and zone.department:
                return zone.department
        return str(source.get("else", ""))

    return now.rules.decide(facts_of(now, matters, located, components), resolve)


def urgency_of(now: Routing, decision: Decision, i: int, matter: Matter) -> int:
    """The urgency of a case: that of its matter, or higher if the rule that decided raises it."""
    return max(matter.urgency, now.rules.rules[decision.chosen[i]].urgency or 0)


def record_of(now: Routing, decision: Decision, i: int, matter: Matter) -> dict[str, Any]:
    """The decision as it is kept with the case: which rules were tried, which matched, under which versions."""
    record: dict[str, Any] = {
        "rule": int(decision.chosen[i]),
        "failed": decision.record(i),
        "department": decision.departments[i],
        "rules": now.rules.version,
        "catalogue": now.edition.label,
        "zones": now.versions["zones"],
    }
    if urgency_of(now, decision, i, matter) != matter.urgency:
        record["urgency"] = matter.urgency  # as it was before the rule raised it: what would be decided by again
    return record
