"""Open cases get the zones in which they lie now when zones change (`geo.followers`).

Closed cases keep the zones that they had: they are history. A place name that was taken from street and community when
the case was opened stays too; it is how the case is known.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from dispatch import rerouting
from dispatch.filed import Filed, open_in
from dispatch.intake import DISPATCHED
from dispatch.models import Case, Rerouting
from dispatch.rerouting import Anew, Switch
from dispatch.state import state_of
from geo.followers import EVERYWHERE, Change, hold
from geo.lookup import ZoneIndex, index
from geo.moves import Move, moves, refs
from twin import audit, clock, journal, revisions, tiles
from twin.journal import Entry, Journal, array, dump


def follow(said: Journal, change: Change) -> None:
    """Note the new zones of every open case that a change of zones moves, and tell the journal.

    With `change.reroute`, cases that nobody has accepted yet and that the rules now send elsewhere are dispatched anew.
    """
    if change.reroute:
        rerouting.remember(change, said.at)
    if not change.concerns(said.at):
        return
    cases = open_in(change.box(said.at))
    if not cases:
        return
    anew: list[Anew] = []
    if change.reroute and change.edits:
        anew = _anew(rerouting.switch(change, said.at, revisions.read()), cases)
    write(said, change, change.after(said.at), cases, anew)


def arrive() -> None:
    """Dispatch cases anew where a change that was saved for later says so, once its time has come.

    Called by the clock process every few seconds. One transaction for each time: none waits for another.
    """
    waiting = Rerouting.objects.filter(done_at__isnull=True, at__lte=clock.now(revisions.read()))
    for pk in waiting.order_by("at", "pk").values_list("pk", flat=True):
        with journal.writing() as said:
            hold(said)
            due = Rerouting.objects.select_for_update().filter(pk=pk, done_at__isnull=True).first()
            if due is None:
                continue  # another clock process was faster
            cases = open_in(EVERYWHERE)
            anew = _anew(rerouting.arrived(due.at, said.known), cases)
            write(said, Change(user=due.user), index.fresh(said.at, said.known), cases, anew)
            due.done_at = said.at
            due.save(update_fields=["done_at"])


def _anew(by: Switch, cases: Filed) -> list[Anew]:
    """What to dispatch anew, without deciding about those that it cannot concern."""
    return rerouting.plan(by, rerouting.compare(by, cases.take(cases.waiting())))


def write(said: Journal, change: Change, zones: ZoneIndex, cases: Filed, anew: Sequence[Anew]) -> None:
    """Let cases have their zones in this index, and the decisions in `anew`."""
    decisions = {one.case_id: one for one in anew}
    moved = moves(zones, zones.locate(cases.lon, cases.lat), cases.zones)
    ids = {cases.ids[move.row] for move in moved} | decisions.keys()
    if not ids:
        return
    # Looked at again now that nobody else can change them: some may have been closed, accepted or moved meanwhile.
    query = Case.objects.open().select_for_update().filter(pk__in=ids).order_by("pk").defer("decision")
    locked = list(query)
    stands = cases.take([cases.row_of[case.pk] for case in locked])  # a case does not change its place
    located = zones.locate(stands.lon, stands.lat)
    by_row = {move.row: move for move in moves(zones, located, [case.zones for case in locked])}
    under = tiles.tiles_of(stands.lon, stands.lat).tolist()
    names: dict[int, str] = {}
    told: list[tuple[Case, Anew | None]] = []
    for row, case in enumerate(locked):
        move, one = by_row.get(row), decisions.get(case.pk)
        if one and (case.status, case.department) != (DISPATCHED, one.leaves):
            one = None
        if move or one:
            said.say(_entry(case, move, one, change.actor, under[row], names))
            told.append((case, one))
    _update(told)
    sent = sum(one is not None for _, one in told)
    if sent and change.user:
        audit.record("cases.rerouted", change.user, "case", count=sent)


def _entry(case: Case, move: Move | None, anew: Anew | None, actor: str, tile: int, names: dict[int, str]) -> Entry:
    """Change the case in memory, and say so."""
    was = {"tile": tile, "zones": case.zones, "department": case.department, "shared": case.shared}
    what: dict[str, Any] = {"gained": [], "lost": []}
    case.version += 1
    if move:
        case.zones, case.cell = move.zones, move.cell
        what = {"gained": refs(move.gained, names), "lost": refs(move.lost, names)}
    if anew:
        what["department"] = [case.department, anew.department]
        case.department, case.urgency = anew.department, anew.urgency
    return Entry(
        "case.rerouted" if anew else "case.rezoned",
        "case",
        str(case.pk),
        case.version,
        actor,
        dump(state_of(case)),
        zones=case.zones,
        department=case.department,
        shared=case.shared,
        tile=tile,
        geom=case.geom.hexewkb.decode(),
        exercise=case.exercise,
        change=dump(what),
        was=dump(was),
    )


_UPDATE = """
UPDATE dispatch_case c
SET version = n.version, zones = n.zones::int[], cell = n.cell, department = n.department, urgency = n.urgency,
    decision = coalesce(n.decision::jsonb, c.decision)
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::int[], %s::text[])
     AS n (id, version, zones, cell, department, urgency, decision)
WHERE c.id = n.id
"""


def _update(told: Sequence[tuple[Case, Anew | None]]) -> None:
    """All of them by one statement."""
    rows = [
        (c.pk, c.version, array(c.zones), c.cell, c.department, c.urgency, dump(anew.decision) if anew else None)
        for c, anew in told
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [list(column) for column in zip(*rows, strict=True)])
