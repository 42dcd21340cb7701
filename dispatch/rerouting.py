"""Which cases the rules would send elsewhere because zones change, and by which decision."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from dispatch import routing
from dispatch.deciding import Matter, decide, record_of, urgency_of
from dispatch.filed import Filed
from dispatch.intake import DISPATCHED
from dispatch.models import Rerouting
from dispatch.routing import Routing
from dispatch.rules import Decision
from geo.followers import Change
from geo.lookup import Located, ZoneIndex, load
from geo.models import ZoneVersion
from twin import revisions


@dataclass(frozen=True)
class Anew:
    """A new decision for a case that stands with the department `leaves`."""

    case_id: int
    leaves: str
    department: str
    urgency: int
    decision: dict[str, Any]


@dataclass(frozen=True)
class Switch:
    """Rules in force with the zones before and after a change, and the zones (ids) that differ between the two."""

    before: Routing
    after: Routing
    edited: frozenset[int]

    def locate(self, cases: Filed) -> tuple[Located, Located]:
        return self.before.zones.locate(cases.lon, cases.lat), self.after.zones.locate(cases.lon, cases.lat)

    def touched(self, was: Located, now: Located) -> NDArray[np.int64]:
        """Of those located, the ones that lie in an edited zone before or after: no other can be decided otherwise."""
        edited = np.array(sorted(self.edited), dtype=np.int64)
        sides = ((self.before.zones, was), (self.after.zones, now))
        return np.unique(
            np.concatenate([located.points[np.isin(zones.ids[located.zones], edited)] for zones, located in sides])
        )


def switch(change: Change, before: ZoneIndex, after: ZoneIndex, at: datetime, known: revisions.Revisions) -> Switch:
    """The two routings of a change: both by the rules that are in force at the time. Raises NotReady without rules."""
    edited = frozenset(edit.zone for edit in change.holding(at))
    return Switch(routing.load(before, at, known), routing.load(after, at, known), edited)


def remember(change: Change, at: datetime) -> None:
    """Note the times at which a change that was saved for later is to dispatch cases anew (`rezoning.arrive`)."""
    later = {edit.begin for edit in change.edits if edit.begin > at}
    Rerouting.objects.bulk_create(Rerouting(at=begin, user=change.user) for begin in sorted(later))


def arrived(at: datetime, known: revisions.Revisions) -> Switch:
    """The two routings of whatever begins or ends to hold at a time."""
    boundary = ZoneVersion.objects.filter(Q(holds_from=at) | Q(holds_to=at))
    edited = frozenset(boundary.values_list("zone_id", flat=True))
    before = routing.load(load(at - timedelta.resolution), at, known)
    return Switch(before, routing.load(load(at), at, known), edited)


def plan(by: Switch, cases: Filed) -> list[Anew]:
    """The cases that nobody has accepted yet and that the rules send elsewhere with the new zones.

    Only what the change of zones does counts: a case that somebody has sent elsewhere by hand stays there unless its
    decision changes, and rules that have changed since are no reason.
    """
    waiting = cases.take([i for i, status in enumerate(cases.statuses) if status == DISPATCHED])
    both = _both(by, waiting, *by.locate(waiting))
    return [
        Anew(
            both.cases.ids[i],
            both.cases.departments[i],
            both.new.departments[i],
            urgency_of(by.after, both.new, i, both.matters[i]),
            record_of(by.after, both.new, i, both.matters[i]),
        )
        for i in range(len(both.cases))
        if both.new.departments[i] not in (both.old.departments[i], both.cases.departments[i])
    ]


def switches(by: Switch, cases: Filed, was: Located, now: Located) -> Counter[tuple[str, str]]:
    """How many of the cases, located as `Switch.locate` does, the rules send from one department to another."""
    both = _both(by, cases, was, now)
    pairs = zip(both.old.departments, both.new.departments, strict=True)
    return Counter((old, new) for old, new in pairs if old != new)


@dataclass(frozen=True)
class _Both:
    """Cases that a change of zones can concern, with the decisions before and after it."""

    cases: Filed
    old: Decision
    new: Decision
    matters: list[Matter]


def _both(by: Switch, cases: Filed, was: Located, now: Located) -> _Both:
    known = set(cases.known_to(by.after))
    rows = np.array([row for row in by.touched(was, now).tolist() if row in known], dtype=np.int32)
    some = cases.take(rows)
    matters, components = some.matters(by.after)
    old = decide(by.before, matters, was.take(rows), components)
    return _Both(some, old, decide(by.after, matters, now.take(rows), components), matters)
