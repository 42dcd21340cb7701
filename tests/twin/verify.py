"""`verify_action`: for any action, an old snapshot with the frames since then is a fresh snapshot.

    with verify_action() as rows:
        actions.act(case.pk, "accept", user, version=1)
    assert [row.kind for row in rows] == ["case.accepted"]

The hub, the world and the viewers are the real ones, over the test's own database connection and without sockets.
A set of screens watches: everything, each kind of object, a viewport, the limits of a department and of zones. What
each screen holds at the end is compared with a world loaded anew, and with what the database allows it to see.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from django.db import connection

from tests.small_city import STEP, middle
from tests.twin.screens import Held, Screen, held, subscription
from twin.access import Scope
from twin.history import asof, moments
from twin.history.view import View
from twin.live.facts import Place, facts_of, place_of
from twin.live.hub import Hub
from twin.live.world import ROW_SQL, WORLD_SQL, Row, World, row_of
from twin.models import Feature

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"
ALL = ("case", "device", "report", "zone")


@dataclass(frozen=True)
class Told:
    """A journal row that the action wrote."""

    seq: int
    kind: str
    key: tuple[str, str]
    change: dict[str, Any]  # as viewers get it


@contextmanager
def verify_action(screens: Callable[[], Sequence[Screen]] | None = None) -> Iterator[list[Told]]:
    """Check the block's action for every screen; the list holds what it told, once the block has ended."""
    watching = (screens or everybody)()
    told: list[Told] = []
    hub = Hub()
    hub.epoch, hub.world = "this history", load_world()
    begin = hub.world.seq
    for screen in watching:
        hub.join(screen.viewer, screen.subscription)
        screen.take()
    before = {screen.name: dict(screen.held) for screen in watching}
    yield told
    rows = rows_after(begin)
    hub.publish(rows)
    told += [_told(row) for row in rows]
    fresh = load_world()
    assert hub.world.seq == fresh.seq, "the journal gave every row"
    for screen in watching:
        late = _resume(hub, screen, begin)
        screen.take()
        expected = snapshot(fresh, screen)
        assert screen.held == expected, f"{screen.name}: old snapshot and frames are a fresh snapshot"
        assert late == expected, f"{screen.name}: so are the frames that a resumed viewer gets"
        assert expected.keys() == _visible_in_database(screen), f"{screen.name}: the database would show the same"
        assert _as_of(fresh.seq, screen) == expected, f"{screen.name}: so does the history"
        assert _as_of(begin, screen) == before[screen.name], f"{screen.name}: which still knows what was before"
    for one in told:
        _check_state(one.change)


def load_world() -> World:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM twin_head")
        (seq,) = cursor.fetchone()
        cursor.execute(WORLD_SQL)
        return World(seq, cursor.fetchall())


def rows_after(seq: int) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(ROW_SQL, [seq, 100_000])
        return [row_of(record) for record in cursor.fetchall()]


def snapshot(world: World, screen: Screen) -> Held:
    return held([orjson.loads(text) for text in world.visible(screen.subscription, screen.viewer.scope)])


def everybody() -> list[Screen]:
    """Screens whose limits and views differ in every way that the small city offers."""
    west, south = middle(0, 0)
    here = (west - STEP / 4, south - STEP / 4, west + STEP / 4, south + STEP / 4)
    zones = dict(_zone_ids())
    screens = [
        Screen("the whole city", subscription(*ALL)),
        Screen("cases only", subscription("case")),
        Screen("a viewport over the city", subscription(*ALL, bbox=here)),
        Screen("a viewport elsewhere", subscription(*ALL, bbox=(121.4, 31.1, 121.5, 31.2))),
        Screen("nothing", subscription()),
        Screen("the park's zone", subscription(*ALL, zones=[zones["park:PK001"]])),
        Screen("urgent cases", subscription("case", where={"urgency": [2, 3]})),
        Screen(
            "accepted cases of the bureau", subscription("case", where={"status": ["accepted"], "department": ["UMB"]})
        ),
        Screen("one device", subscription("device", id="MT-0001")),
    ]
    scopes = {
        "the bureau": Scope.limited(["UMB"], []),
        "another bureau": Scope.limited(["WAT"], []),
        "the park": Scope.limited([], [zones["park:PK001"]]),
        "a street": Scope.limited([], [zones["street:990101001"]]),
        "the bureau in the park": Scope.limited(["UMB"], [zones["park:PK001"]]),
        "the park and another bureau": Scope.union(
            [Scope.limited([], [zones["park:PK001"]]), Scope.limited(["WAT"], [])]
        ),
        "nobody": Scope.union([]),
    }
    return screens + [Screen(name, subscription(*ALL), scope) for name, scope in scopes.items()]


def _zone_ids() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind_id || ':' || code, id FROM geo_zone")
        return list(cursor.fetchall())


def _told(row: Row) -> Told:
    change = orjson.loads(row.text)
    return Told(row.seq, change["kind"], row.key, change)


def _resume(hub: Hub, screen: Screen, seq: int) -> Held:
    """What a viewer holds that saw the old snapshot, was away during the action, and comes back."""
    late = Screen(f"{screen.name}, late", screen.subscription, screen.viewer.scope)
    late.held, late.seq = dict(screen.held), seq
    hub.join(late.viewer, late.subscription, hub.epoch, seq)
    hub.leave(late.viewer)
    assert [message["op"] for message in late.take()] == ["frames"]
    return late.held


def _visible_in_database(screen: Screen) -> set[tuple[str, str]]:
    return {
        (one.object_type, one.object_id)
        for one in Feature.objects.visible_to(screen.viewer.scope)
        if screen.subscription.takes(one.object_type, one.object_id, _place(one))
    }


def _place(one: Feature) -> Place:
    facts = facts_of(one.object_type, orjson.dumps(one.state).decode())
    return place_of(one.tile, one.zones, one.department, one.shared, facts)


def _as_of(seq: int, screen: Screen) -> Held:
    """What a look back at a moment shows to this screen's viewer."""
    if seq == 0:
        return {}
    reach, view = moments.reach(), View(screen.subscription, screen.viewer.scope)
    return held([orjson.loads(text) for text in asof.features(reach, moments.find(reach, seq=seq), view)])


def _check_state(change: dict[str, Any]) -> None:
    """A state has what the protocol's page says, so that a client may rely on it."""
    if change["state"] is not None:
        always, sometimes = documented_states()[change["type"]]
        assert always <= set(change["state"]) <= always | sometimes, change["type"]


@cache
def documented_states() -> dict[str, tuple[set[str], set[str]]]:
    """The table of states in docs/protocol.md: type to the fields that are always there, and to those that may be."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PROTOCOL.read_text(encoding="utf-8"), re.MULTILINE)
    bare = {kind: re.sub(r"\([^)]*\)", "", fields).partition("only where they are set:") for kind, fields in rows}
    return {kind: (_names(always), _names(sometimes)) for kind, (always, _, sometimes) in bare.items()}


def _names(fields: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", fields))
