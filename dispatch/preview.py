"""What a change of zones would do, before it is saved.

The change is made, in a savepoint, by the very code that would save it; the zones are read as they then are, and all
of it is taken back before anything is counted. So a preview refuses what saving would refuse, holds its locks only for
as long as that takes, and counts with the same functions by which open cases and devices follow (`rezoning`).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from dispatch import rerouting
from dispatch.filed import CLOSED_AT, MOST, Filed, closed_in, open_in
from dispatch.models import Case
from dispatch.rerouting import Compared, Switch
from geo import followers
from geo.followers import Box
from geo.moves import Move, changed, moves, refs
from twin import clock, revisions
from twin.journal import Journal
from twin.models import User

PAST = timedelta(days=30)
MOST_ITEMS = 200


@dataclass(frozen=True)
class WouldBe:
    """The city's routing without and with a change, at the time when all of it holds, and where it could matter."""

    by: Switch
    box: Box
    now: datetime


def preview(apply: Callable[[Journal], object], user: User) -> dict[str, Any]:
    """What would happen. `apply` makes the change, and says it to the journal that it is given.

    Counts are of the whole city; lists have what this person may see. Raises whatever `apply` raises.
    """
    with transaction.atomic():
        would_be = _try(apply)
        by = would_be.by
        past = Past(by, would_be.now - PAST)
        for closed in closed_in(would_be.box, past.since):
            past.add(rerouting.compare(by, closed))
            if past.checked >= MOST:
                past.since = closed.rows[-1][CLOSED_AT]  # what was opened and closed before was not looked at
        cases = open_in(would_be.box)
        both = rerouting.compare(by, cases)
        past.add(both)
        moved = moves(by.after.zones, both.now, cases.zones)
        anew = {one.case_id: one.department for one in rerouting.plan(by, both)}
        others = {
            name: import_string(foresee)(by.after.zones, would_be.box, user.scope, MOST_ITEMS)
            for name, foresee in settings.ZONE_PREVIEWS.items()
        }
        items = _items(cases, moved, anew, would_be, user)
    sent = Counter((cases.departments[i], anew[pk]) for i, pk in enumerate(cases.ids) if pk in anew)
    counts = {"checked": len(cases), "moved": len(moved), "rerouted": len(anew)}
    found = {"cases": counts | {"items": items}, "reports": past.counts()}
    return found | others | {"departments": _departments(sent, past.switched)}


def _try(apply: Callable[[Journal], object]) -> WouldBe:
    known = revisions.read()
    said = Journal(known, clock.now(known))  # nobody writes it
    tried = transaction.savepoint()
    try:
        apply(said)
        change = followers.noted(said)
        at = max([said.at, *(edit.begin for edit in change.edits)])
        change.after(at)  # what is read now is kept when all of it is taken back
    finally:
        transaction.savepoint_rollback(tried)
    return WouldBe(rerouting.switch(change, at, known), change.box(at), said.at)


class Past:
    """The reports that opened a case since a time, located and routed by the zones before and after."""

    def __init__(self, by: Switch, since: datetime) -> None:
        self.by = by
        self.since = since
        self.checked = self.moved = 0
        self.switched: Counter[tuple[str, str]] = Counter()

    def add(self, both: Compared) -> None:
        rows = set(both.cases.real_since(self.since))
        moved = changed(self.by.before.zones, both.was, self.by.after.zones, both.now)
        self.checked += len(rows)
        self.moved += len(rows.intersection(moved.tolist()))
        self.switched += rerouting.switches(both, rows)

    def counts(self) -> dict[str, Any]:
        rerouted = self.switched.total()
        return {"since": self.since, "checked": self.checked, "moved": self.moved, "rerouted": rerouted}


def _items(
    cases: Filed, moved: list[Move], anew: dict[int, str], would_be: WouldBe, user: User
) -> list[dict[str, Any]]:
    """The first cases that would move or go elsewhere."""
    by_id = {cases.ids[move.row]: move for move in moved}
    seen = Case.objects.visible_to(user.scope).filter(pk__in=by_id.keys() | anew.keys()).order_by("pk")
    names = {zone.id: zone.ref for index in (would_be.by.before, would_be.by.after) for zone in index.zones.zones}
    items = []
    for case in seen[:MOST_ITEMS]:
        move = by_id.get(case.pk)
        items.append(
            {
                "id": case.pk,
                "number": case.number,
                "category": case.category,
                "place": case.place_zh,
                "place_en": case.place_en,
                "lon": case.geom.x,
                "lat": case.geom.y,
                "department": case.department,
                "to": anew.get(case.pk),
                "gained": refs(move.gained, names) if move else [],
                "lost": refs(move.lost, names) if move else [],
            }
        )
    return items


def _departments(cases: Counter[tuple[str, str]], reports: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    """Who would hand over to whom, the most first."""
    pairs = sorted(cases.keys() | reports.keys(), key=lambda pair: (-cases[pair] - reports[pair], pair))
    return [{"from": a, "to": b, "cases": cases[a, b], "reports": reports[a, b]} for a, b in pairs]
