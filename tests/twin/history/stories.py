"""Made-up histories of lamps and benches, and what a viewer holds who has seen one."""

from datetime import timedelta
from typing import Any

import orjson
from hypothesis import strategies as st

from tests.twin.journals import AT, FAR, HERE, tile
from twin import journal
from twin.access import Scope
from twin.history import asof, moments
from twin.history.frames import page
from twin.history.view import View
from twin.journal import Entry, dump
from twin.live.subscription import Entry as Asked
from twin.live.subscription import Subscription
from twin.models import JournalRow

Held = dict[tuple[str, str], dict[str, Any]]
TYPES = ["lamp", "bench"]
BBOX = (HERE[0] - 0.001, HERE[1] - 0.001, HERE[0] + 0.001, HERE[1] + 0.001)
EVERYTHING = View(Subscription.of([Asked(TYPES)]), Scope.everything())
VIEWS = [
    View(Subscription.of(asked), scope)
    for asked in ([Asked(TYPES)], [Asked(TYPES, BBOX)], [Asked(["lamp"]), Asked(["bench"], BBOX)])
    for scope in (
        Scope.everything(),
        Scope.limited(["UMB"], []),
        Scope.limited([], [1]),
        Scope.union([Scope.limited(["UMB"], [1]), Scope.limited(["WAT"], [])]),
        Scope.union([]),
    )
]

# What an object does: it appears, changes, moves, changes hands, goes, comes back; and how many seconds later.
acts = st.tuples(
    st.sampled_from(TYPES),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from([HERE, FAR]),
    st.sampled_from([(), (1,), (2,), (1, 2)]),
    st.sampled_from(["", "UMB", "UMB.SAN", "WAT", "UMBRA"]),
    st.integers(0, 2),
)


class Story:
    """Writes acts to the journal as the house does: with `was` where place, zones or department change."""

    def __init__(self) -> None:
        # The journal's time never goes back, and the city's devices were registered by the wall clock.
        self.at = JournalRow.objects.order_by("-seq").values_list("at", flat=True).first() or AT
        self._known: dict[tuple[str, str], tuple[int, dict[str, Any] | None]] = {}

    def tell(self, act: Any) -> None:
        kind, number, here, where, zones, department, later = act
        version, before = self._known.get((kind, str(number)), (0, None))
        if not here and before is None:
            return
        now = {"tile": tile(where), "zones": list(zones), "department": department}
        self.at += timedelta(seconds=later)
        entry = Entry(
            f"{kind}.changed" if here else f"{kind}.removed",
            kind,
            str(number),
            version + 1,
            "test",
            dump({"version": version + 1}) if here else None,
            tile=tile(where),
            zones=zones,
            department=department,
            was=dump(before) if before and before != now else None,
        )
        journal.write([entry], self.at)
        self._known[kind, str(number)] = (version + 1, now if here else None)


def as_of(seq: int, view: View = EVERYTHING) -> Held:
    reach = moments.reach()
    found = [orjson.loads(text) for text in asof.features(reach, moments.find(reach, seq=seq), view)]
    assert len({(f["type"], f["id"]) for f in found}) == len(found), "nothing is there twice"
    return {(f["type"], f["id"]): f for f in found}


def follow(held: Held, view: View, first: int, last: int, rows: int = 3) -> Held:
    """What a viewer holds after the changes of these rows, fetched page by page."""
    held = dict(held)
    while first <= last:
        found = page(view, first, last, rows)
        for change in map(orjson.loads, found.changes):
            assert first <= change["seq"] <= found.seq
            if change["state"] is None:
                held.pop((change["type"], change["id"]), None)
            else:
                held[change["type"], change["id"]] = {k: change[k] for k in ("type", "id", "version", "state")}
        assert found.whole == (found.seq == last)
        first = found.seq + 1
    return held
