"""Who gets what from the hub: resume, stale, what leaves a view, and viewers that do not keep up."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from tests.twin.journals import AT, FAR, HERE, row
from tests.twin.screens import EVERYTHING, Screen, subscription
from twin.access import Scope
from twin.journal import dump
from twin.live import hub as hubs
from twin.live.hub import Hub
from twin.live.subscription import Entry, Subscription
from twin.live.viewer import Viewer, text_message
from twin.live.world import Row, World, row_of

LAMPS = subscription("lamp")
BBOX = (HERE[0], HERE[1], HERE[0], HERE[1])


def hub_at(seq: int, rows: Iterable[Row] = ()) -> Hub:
    """A hub that was loaded at `seq` and has followed `rows` since."""
    hub = Hub()
    hub.epoch, hub.world = "now", World(seq)
    hub.publish(list(rows))
    return hub


def a_case(seq: int, **state: Any) -> Row:
    """A journal row of one and the same case."""
    return row_of((seq, AT, "case.changed", "case", "812", seq, None, [1], "UMB", [], dump(state)))


@pytest.fixture
def hub() -> Hub:
    return hub_at(10, [row(11, "1"), row(12, "2"), row(13, "3")])


@pytest.fixture
def screen() -> Screen:
    return Screen("wang", LAMPS)


def ops(messages: list[dict[str, Any]]) -> list[str]:
    return [message["op"] for message in messages]


def seqs(message: dict[str, Any]) -> list[int]:
    return [change["seq"] for change in message["changes"]]


# Resume


@pytest.mark.parametrize(("seq", "missed"), [(10, [11, 12, 13]), (12, [13]), (13, [])])
def test_a_resumed_viewer_gets_exactly_what_it_missed(hub: Hub, screen: Screen, seq: int, missed: list[int]) -> None:
    hub.join(screen.viewer, LAMPS, "now", seq)
    (frames,) = screen.waiting()
    assert (frames["op"], frames["from"], frames["seq"], seqs(frames)) == ("frames", seq + 1, 13, missed)


@pytest.mark.parametrize(
    ("epoch", "seq"),
    [("before", 12), ("now", 9), ("now", -1), ("now", 14)],
    ids=["another history", "too far back", "never there", "not reached yet"],
)
def test_a_viewer_that_cannot_resume_hears_stale_and_gets_a_snapshot(
    hub: Hub, screen: Screen, epoch: str, seq: int
) -> None:
    hub.join(screen.viewer, LAMPS, epoch, seq)
    messages = screen.take()
    assert ops(messages) == ["stale", "snapshot"]
    assert messages[0]["reason"]
    assert (screen.seq, len(screen.held)) == (13, 3)


def test_a_viewer_can_resume_as_far_back_as_rows_are_kept(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "KEPT_ROWS", 5)
    hub = hub_at(0, [row(seq, str(seq)) for seq in range(1, 21)])
    hub.join(screen.viewer, LAMPS, "now", 15)
    assert seqs(screen.waiting()[0]) == [16, 17, 18, 19, 20]
    hub.join(screen.viewer, LAMPS, "now", 14)
    assert ops(screen.waiting()) == ["stale", "snapshot"]


def test_a_viewer_can_resume_where_a_quiet_hub_stands(screen: Screen) -> None:
    hub_at(7).join(screen.viewer, LAMPS, "now", 7)
    assert ops(screen.waiting()) == ["frames"]


def test_a_new_viewer_gets_a_snapshot_without_stale(hub: Hub, screen: Screen) -> None:
    hub.join(screen.viewer, LAMPS)
    assert ops(screen.waiting()) == ["snapshot"]


def test_a_large_snapshot_comes_in_parts(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "SNAPSHOT_PART", 4)
    hub = hub_at(0, [row(seq, str(seq)) for seq in range(1, 11)])
    hub.join(screen.viewer, LAMPS)
    messages = screen.take()
    assert [(m["part"], m["parts"], len(m["features"])) for m in messages] == [(1, 3, 4), (2, 3, 4), (3, 3, 2)]
    assert len(screen.held) == 10


# What a change is for whom


@pytest.mark.parametrize(
    ("view", "scope", "moved"),
    [
        (subscription("lamp", bbox=BBOX), EVERYTHING, {"place": FAR}),
        (LAMPS, Scope.limited(["UMB"], []), {"department": "WAT"}),
        (LAMPS, Scope.limited([], [1]), {"zones": (2,)}),
    ],
    ids=["viewport", "department", "zone"],
)
def test_an_object_that_leaves_a_view_is_removed_for_that_viewer_alone(
    screen: Screen, view: Subscription, scope: Scope, moved: dict[str, Any]
) -> None:
    hub = hub_at(0, [row(1)])
    limited = Screen("limited", view, scope)
    for one in (screen, limited):
        hub.join(one.viewer, one.subscription)
        one.take()
    assert limited.held
    hub.publish([row(2, version=2, **moved)])
    assert [change["state"] for change in limited.take()[0]["changes"]] == [None]
    assert not limited.held
    assert [change["state"] for change in screen.take()[0]["changes"]] == [{}]
    hub.publish([row(3, version=3, **moved)])
    assert limited.waiting() == [], "what it no longer sees concerns it no more"


def test_an_object_that_enters_a_view_comes_with_its_whole_state(screen: Screen) -> None:
    hub = hub_at(0)
    hub.join(screen.viewer, subscription("lamp", bbox=BBOX))
    hub.publish([row(1, place=FAR)])
    assert ops(screen.take()) == ["snapshot"], "it is elsewhere"
    hub.publish([row(2, version=2, state='{"on":true}')])
    screen.take()
    assert [feature["state"] for feature in screen.held.values()] == [{"on": True}]


def test_news_of_what_stands_on_no_map_reaches_whoever_asked_for_its_type() -> None:
    """An import, a kind, the layers of a scene: they have no state, and nobody holds them."""
    news = row_of((11, AT, "scene.saved", "scene", "7", 1, None, [7], "UMB", [], None))
    scenes, waterworks = subscription("scene"), Scope.limited(["WTR"], [])
    live, later, other = Screen("live", scenes), Screen("later", scenes), Screen("other", scenes, waterworks)
    hub = hub_at(10)
    for screen in (live, other):
        hub.join(screen.viewer, scenes)
        screen.take()
    hub.publish([news])
    hub.join(later.viewer, scenes, "now", 10)
    for screen in (live, later):
        (frames,) = screen.waiting()
        assert [(one["type"], one["id"], one["state"]) for one in frames["changes"]] == [("scene", "7", None)]
    assert [change for message in other.waiting() for change in message.get("changes", [])] == []


def test_changes_of_other_types_are_not_sent(hub: Hub, screen: Screen) -> None:
    hub.join(screen.viewer, subscription("case"))
    hub.publish([row(14)])
    assert [message.get("features") for message in screen.waiting()] == [[]]


def test_a_viewer_that_left_gets_nothing_more(hub: Hub, screen: Screen) -> None:
    hub.join(screen.viewer, LAMPS)
    screen.take()
    hub.leave(screen.viewer)
    hub.publish([row(14)])
    hub.beat()
    assert screen.waiting() == []


def test_a_moved_view_replaces_all_that_waited(hub: Hub, screen: Screen) -> None:
    hub.join(screen.viewer, LAMPS)
    hub.publish([row(14)])
    hub.move(screen.viewer, subscription("lamp", bbox=(FAR[0], FAR[1], FAR[0], FAR[1])))
    assert [(m["op"], m["seq"], m["features"]) for m in screen.waiting()] == [("snapshot", 14, [])]
    hub.publish([row(15, "far", place=FAR), row(16, "here")])
    assert [seqs(message) for message in screen.waiting()] == [[15]]


def test_an_object_that_no_longer_fits_a_filter_is_removed(screen: Screen) -> None:
    hub = hub_at(0, [a_case(1, status="dispatched", urgency=2)])
    waiting = Screen("waiting", subscription("case", where={"status": ["dispatched"], "urgency": [2, 3]}))
    urgent = Screen("urgent", subscription("case", where={"urgency": [2, 3]}))
    for one in (waiting, urgent):
        hub.join(one.viewer, one.subscription)
        one.take()
        assert len(one.held) == 1
    hub.publish([a_case(2, status="accepted", urgency=2)])
    assert [change["state"] for change in waiting.take()[0]["changes"]] == [None]
    assert [change["state"]["status"] for change in urgent.take()[0]["changes"]] == ["accepted"]
    hub.publish([a_case(3, status="dispatched", urgency=3)])
    assert (len(waiting.take()), len(waiting.held)) == (1, 1), "it fits again"


def test_one_object_can_be_asked_for_wherever_it_goes(screen: Screen) -> None:
    hub = hub_at(0, [row(1, "1"), row(2, "2")])
    hub.join(screen.viewer, subscription("lamp", id="2"))
    hub.publish([row(3, "1", 2), row(4, "2", 2, place=FAR)])
    screen.take()
    assert [(name, feature["version"]) for (_, name), feature in screen.held.items()] == [("2", 2)]


def test_viewers_who_get_the_same_share_one_message() -> None:
    hub = hub_at(0)
    got: list[Any] = []

    async def send(message: Any) -> None:
        got.append(message)

    views = [LAMPS, LAMPS, subscription("lamp", bbox=BBOX), subscription("lamp", zones=[1])]
    for number, view in enumerate(views):
        hub.join(Viewer(str(number), EVERYTHING, send), view)
    got.clear()
    hub.publish([row(1), row(2, "2")])
    assert len(got) == len(views)
    assert all(message is got[0] for message in got)


def test_groups_without_viewers_are_forgotten(screen: Screen) -> None:
    hub = hub_at(0)
    for view in (LAMPS, subscription("lamp", bbox=BBOX), subscription("lamp", id="1")):
        hub.move(screen.viewer, view)
    hub.leave(screen.viewer)
    hub.beat()
    assert list(hub.groups) == []
    assert hub.groups.seeing(("lamp", "1"), row(1).place) == set()


# A connection that makes its sender wait


class Narrow:
    """A connection that takes messages only while it is open."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.got: list[str] = []

    async def send(self, message: dict[str, Any]) -> None:
        await self.open.wait()
        self.got.append(message["text"])


async def caught_up(viewer: Viewer) -> None:
    for _ in range(20):
        await asyncio.sleep(0)
    assert not viewer.behind


def test_a_connection_that_waits_gets_all_in_order_and_a_healthy_one_at_once() -> None:
    async def play() -> None:
        line = Narrow()
        viewer = Viewer("wang", EVERYTHING, line.send)
        viewer.put(text_message("1"))
        assert (line.got, viewer.behind) == (["1"], False), "nothing has to be awaited"
        line.open.clear()
        for text in "234":
            viewer.put(text_message(text))
        assert (line.got, viewer.behind) == (["1"], True)
        line.open.set()
        await caught_up(viewer)
        viewer.put(text_message("5"))
        assert line.got == ["1", "2", "3", "4", "5"]

    asyncio.run(play())


def test_a_snapshot_makes_void_what_waits_for_a_connection() -> None:
    async def play() -> None:
        line = Narrow()
        viewer = Viewer("wang", EVERYTHING, line.send)
        line.open.clear()
        for text in ("under way", "old"):
            viewer.put(text_message(text))
        viewer.restart([text_message("a"), text_message("b")])
        line.open.set()
        await caught_up(viewer)
        assert line.got == ["under way", "a", "b"]

    asyncio.run(play())


def test_a_connection_that_has_gone_is_no_fault() -> None:
    async def gone(message: dict[str, Any]) -> None:
        raise ConnectionError

    viewer = Viewer("wang", EVERYTHING, gone)
    viewer.put(text_message("1"))
    viewer.put(text_message("2"))
    assert (viewer.slow, viewer.take()) == (False, []), "nothing is kept for it"


# Viewers that do not keep up


def test_a_slow_viewer_is_marked_and_others_are_not_affected(screen: Screen) -> None:
    hub = hub_at(0)
    slow = Viewer("slow", EVERYTHING, most_waiting=2_000)
    hub.join(slow, LAMPS)
    hub.join(screen.viewer, LAMPS)
    screen.take()
    for seq in range(1, 21):
        hub.publish([row(seq, state=f'{{"n":"{"x" * 200}"}}')])
        screen.take()
    assert slow.slow
    assert not screen.viewer.slow
    assert screen.seq == 20


def test_a_slow_viewer_is_told_to_go_whatever_waited() -> None:
    slow = Screen("slow", LAMPS)
    slow.viewer = Viewer("slow", EVERYTHING, most_waiting=10)
    slow.viewer.put(text_message("{}" * 10))
    assert slow.waiting() == []
    slow.viewer.put(text_message("{}"))
    assert slow.waiting() == [], "nothing that comes later makes it whole again"


def test_a_snapshot_larger_than_the_bound_does_not_make_a_viewer_slow() -> None:
    """It is as large as the city; what piles up behind it is what counts."""
    hub = hub_at(0, [row(seq, str(seq), state=f'{{"n":"{"x" * 200}"}}') for seq in range(1, 101)])
    viewer = Viewer("new", EVERYTHING, most_waiting=2_000)
    hub.join(viewer, LAMPS)
    assert not viewer.slow


def test_what_was_sent_makes_room_again(screen: Screen) -> None:
    screen.viewer = Viewer("wang", EVERYTHING, most_waiting=100)
    for _ in range(10):
        screen.viewer.put(text_message('{"op":"heartbeat","seq":1}' + " " * 60))
        assert len(screen.waiting()) == 1
    assert not screen.viewer.slow


# Words on the wire


def test_a_heartbeat_says_where_the_journal_stands(hub: Hub, screen: Screen) -> None:
    hub.join(screen.viewer, LAMPS)
    hub.beat()
    assert [(m["op"], m["seq"]) for m in screen.waiting()][1:] == [("heartbeat", 13)]


def test_a_change_has_what_the_protocol_says(screen: Screen) -> None:
    hub = hub_at(4762)
    hub.join(screen.viewer, LAMPS)
    hub.publish([row(4763, "812", 4, state='{"on":true}')])
    (change,) = screen.waiting()[1]["changes"]
    assert change == {
        "seq": 4763, "at": "2026-05-01T08:00:00Z", "kind": "lamp.changed", "type": "lamp", "id": "812", "version": 4,
        "state": {"on": True},
    }  # fmt: skip


def test_a_subscription_has_bounds() -> None:
    with pytest.raises(ValueError, match="at most 16"):
        Subscription.of([Entry(["case"])] * 17)
    with pytest.raises(ValueError, match="bbox"):
        Subscription.of([Entry(["case"], (2.0, 1.0, 1.0, 2.0))])
    with pytest.raises(ValueError, match="more than"):
        Subscription.of([Entry(["case"], (-180.0, -80.0, 180.0, 80.0))])
    with pytest.raises(ValueError, match="case cannot be filtered by number; it can by: category, channel, department"):
        Subscription.of([Entry(["case"], where={"number": ["1"]})])
    with pytest.raises(ValueError, match="takes no bbox"):
        Subscription.of([Entry(["case"], (1.0, 1.0, 1.0, 1.0), id="1")])
