"""Objects that move, change hands and go, in any order: every viewer's screen follows."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.journals import AT, FAR, HERE, tile
from tests.twin.screens import Screen, subscription
from tests.twin.verify import verify_action
from twin import journal
from twin.access import Scope, ancestry
from twin.journal import Entry, dump

PLACES = (HERE, FAR, None)
DEPARTMENTS = ("UMB", "UMB.SAN", "WAT", "")
STATE = {"code": "", "kind": "lamp", "status": "online", "lon": 0, "lat": 0, "zones": [], "exercise": ""}


@dataclass(frozen=True)
class Stand:
    """Where an object stands and whose it is: all that decides who sees it."""

    place: tuple[float, float] | None
    department: str
    zones: tuple[int, ...]
    shared: tuple[str, ...] = ()

    @property
    def tile(self) -> int | None:
        return tile(self.place) if self.place else None


@dataclass
class Town:
    """Devices that were reported to the journal, as a writer of entries keeps them."""

    versions: dict[str, int] = field(default_factory=dict)
    stands: dict[str, Stand] = field(default_factory=dict)

    def entry(self, name: str, to: Stand | None) -> Entry | None:
        before = self.stands.get(name)
        if to is None and before is None:
            return None
        version = self.versions[name] = self.versions.get(name, 0) + 1 if before else 1
        stand = to or before
        assert stand is not None
        was: dict[str, Any] | None = None
        if before is not None and before != stand:
            was = {"tile": before.tile, "zones": before.zones, "department": before.department, "shared": before.shared}
        if to is None:
            del self.stands[name]
        else:
            self.stands[name] = to
        state = None if to is None else dump(STATE | {"code": name})
        return Entry(
            "device.moved", "device", name, version, "test", state, stand.zones, stand.department,
            shared=stand.shared, tile=stand.tile, was=dump(was) if was else None,
        )  # fmt: skip


some_zones = st.sets(st.integers(1, 3)).map(lambda zones: tuple(sorted(zones)))
some_departments = st.sets(st.sampled_from(DEPARTMENTS)).map(lambda codes: tuple(ancestry(codes)))
stands = st.builds(Stand, st.sampled_from(PLACES), st.sampled_from(DEPARTMENTS), some_zones, some_departments)
steps = st.tuples(st.sampled_from("abc"), st.none() | stands)


def screens() -> list[Screen]:
    here = (HERE[0], HERE[1], HERE[0], HERE[1])
    scopes = [Scope.everything(), Scope.limited(["UMB"], []), Scope.limited([], [1]), Scope.limited(["UMB"], [2, 3])]
    views = [subscription("device"), subscription("device", bbox=here), subscription("case")]
    return [Screen(f"{scope} {view}", view, scope) for scope in scopes for view in views]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(before=st.lists(steps, max_size=4), during=st.lists(st.lists(steps, max_size=3), min_size=1, max_size=4))
def test_every_screen_follows_whatever_objects_do(city: None, before: list[Any], during: list[list[Any]]) -> None:
    town = Town()
    _write(town, before)
    with verify_action(screens):
        for batch in during:
            _write(town, batch)
    _write(town, [(name, None) for name in "abc"])  # leave the transaction as it was found


def _write(town: Town, batch: list[tuple[str, Stand | None]]) -> None:
    """One transaction for each step: a batch names an object once at most, as every writer's does."""
    for name, to in batch:
        entry = town.entry(name, to)
        journal.write([entry] if entry else [], AT)
