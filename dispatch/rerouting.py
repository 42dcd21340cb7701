"""Which cases the rules would send elsewhere because zones change, and by which decision."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from dispatch import routing
from dispatch.deciding import Matter, decide, record_of, urgency_of
from dispatch.filed import Filed
from dispatch.models import Rerouting
from dispatch.routing import Routing
from dispatch.rules import Decision
from geo.followers import Change
from geo.lookup import Located, load
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

    def touched(self, was: Located, now: Located) -> NDArray[np.int64]:
        """Of those located, the ones that lie in an edited zone before or after: no other can be decided otherwise."""
        edited = np.array(sorted(self.edited), dtype=np.int64)
        sides = ((self.before.zones, was), (self.after.zones, now))
        return np.unique(
            np.concatenate([located.points[np.isin(zones.ids[located.zones], edited)] for zones, located in sides])
        )


def switch(change: Change, at: datetime, known: revisions.Revisions) -> Switch:
    """The two routings of a change: both by the rules that are in force at the time. Raises NotReady without rules."""
    edited = frozenset(edit.zone for edit in change.holding(at))
    before, after = (routing.load(zones, at, known) for zones in (change.before(at), change.after(at)))
    return Switch(before, after, edited)


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


@dataclass(frozen=True)
class Compared:
    """Cases located by the zones before and after a change; those in `rows`, which it can concern, decided too."""

    cases: Filed
    was: Located
    now: Located
    rows: list[int]
    old: Decision  # of `rows`, as the others
    new: Decision
    matters: list[Matter]


def compare(by: Switch, cases: Filed) -> Compared:
    """Locate and decide by both routings."""
    was, now = by.before.zones.locate(cases.lon, cases.lat), by.after.zones.locate(cases.lon, cases.lat)
    known = set(cases.known_to(by.after))
    rows = [row for row in by.touched(was, now).tolist() if row in known]
    some = np.array(rows, dtype=np.int32)
    matters, components = cases.take(rows).matters(by.after)
    old = decide(by.before, matters, was.take(some), components)
    new = decide(by.after, matters, now.take(some), components)
    return Compared(cases, was, now, rows, old, new, matters)


def plan(by: Switch, both: Compared) -> list[Anew]:
    """The cases that nobody has accepted yet and that the rules send elsewhere with the new zones.

    Only what the change of zones does counts: a case that somebody has sent elsewhere by hand stays there unless its
    decision changes, and rules that have changed since are no reason.
    """
    waiting = set(both.cases.waiting())
    return [
        Anew(
            both.cases.ids[row],
            both.cases.departments[row],
            both.new.departments[i],
            urgency_of(by.after, both.new, i, both.matters[i]),
            record_of(by.after, both.new, i, both.matters[i]),
        )
        for i, row in enumerate(both.rows)
        if row in waiting and both.new.departments[i] not in (both.old.departments[i], both.cases.departments[row])
    ]


def switches(both: Compared, of: Set[int]) -> Counter[tuple[str, str]]:
    """How many of the rows in `of` the rules send from one department to another."""
    pairs = zip(both.rows, both.old.departments, both.new.departments, strict=True)
    return Counter((old, new) for row, old, new in pairs if old != new and row in of)
