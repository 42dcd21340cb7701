"""One hub per web process: it holds the city at a known sequence and gives each viewer what concerns it.

Viewers who asked for the same and may see the same are one group. A change is made JSON once; whom it concerns is
asked once for each group; a message is put together once for all groups that get the same. The hub never waits for a
viewer. What moves it on is `twin.live.follow`, which reads the journal.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import islice

from twin import clock
from twin.access import Scope
from twin.live import wire
from twin.live.group import Group, Groups
from twin.live.memory import Memory
from twin.live.moving import Moving
from twin.live.presence import Presence
from twin.live.subscription import Subscription
from twin.live.viewer import Message, Viewer
from twin.live.world import Row, World

KEPT_ROWS = 5_000  # how far back a viewer can resume
HEARTBEAT = 10.0  # seconds
SNAPSHOT_PART = 2_000  # features in one snapshot message


class Hub:
    """All methods belong to one event loop. `rights` is the revision of people's rights that viewers are held to."""

    def __init__(self) -> None:
        self.epoch = ""
        self.rights = -1
        self.world = World(0)
        self.recent: deque[Row] = deque(maxlen=KEPT_ROWS)
        self.viewers: set[Viewer] = set()
        self.groups = Groups()
        self.presence = Presence(self)
        self.moving = Moving()
        self.memory = Memory()
        self.loaded = asyncio.Event()
        self._group_of: dict[Viewer, Group] = {}

    # Viewers

    def join(self, viewer: Viewer, subscription: Subscription, epoch: str = "", seq: int = -1) -> None:
        """Take a viewer in: with what it missed since `epoch`/`seq` if that is still known, else with a snapshot."""
        group = self._subscribe(viewer, subscription)
        self.memory.came()
        reason = self._why_stale(epoch, seq) if epoch else ""
        if not epoch or reason:
            self._send_snapshot(viewer, reason)
            return
        pieces = [_texts(row)[form] for row in self._since(seq) if (form := group.form(row)) is not None]
        viewer.put(wire.frames(seq + 1, self.world.seq, pieces))

    def move(self, viewer: Viewer, subscription: Subscription) -> None:
        """Give a viewer another subscription, and the snapshot of it."""
        self._subscribe(viewer, subscription)
        self._send_snapshot(viewer)

    def limit(self, viewer: Viewer, scope: Scope) -> None:
        """A person's rights have changed: from here on they see by `scope`, beginning with a snapshot."""
        viewer.scope = scope
        self.move(viewer, viewer.subscription)
        self.presence.look_again(viewer)
        self.moving.look_again(viewer)

    def leave(self, viewer: Viewer) -> None:
        self._forget(viewer)
        if viewer in self.viewers:
            self.viewers.discard(viewer)
            self.memory.went()
        self.presence.leave(viewer)
        self.moving.leave(viewer)

    def restart(self, epoch: str, world: World, reason: str) -> None:
        """Begin again with another world: what viewers hold is void."""
        self.epoch, self.world = epoch, world
        self.recent.clear()
        for group in self.groups:
            group.snapshot = None
        for viewer in self.viewers:
            self._send_snapshot(viewer, reason)

    def _subscribe(self, viewer: Viewer, subscription: Subscription) -> Group:
        self._forget(viewer)
        viewer.subscription = subscription
        self.viewers.add(viewer)
        group = self._group_of[viewer] = self.groups.of(subscription, viewer.scope)
        group.viewers.add(viewer)
        return group

    def _forget(self, viewer: Viewer) -> None:
        group = self._group_of.pop(viewer, None)
        if group is not None:
            group.viewers.discard(viewer)

    def _why_stale(self, epoch: str, seq: int) -> str:
        if epoch != self.epoch:
            return "the journal has begun a new history since then"
        if seq > self.world.seq:
            return f"sequence {seq} has not been reached; the journal stands at {self.world.seq}"
        oldest = self.recent[0].seq if self.recent else self.world.seq + 1
        if seq < oldest - 1:
            return f"what followed {seq} is no longer at hand; the oldest row is {oldest}"
        return ""

    def _since(self, seq: int) -> Iterator[Row]:
        """What is kept of the rows after a sequence: numbers have no gaps, so their places are known."""
        return islice(self.recent, len(self.recent) - (self.world.seq - seq), None)

    def _send_snapshot(self, viewer: Viewer, stale: str = "") -> None:
        group = self._group_of[viewer]
        if group.snapshot is None:
            texts = self.world.visible(group.subscription, group.scope)
            group.snapshot = wire.snapshot(self.world.seq, texts, SNAPSHOT_PART)
        viewer.restart([wire.message("stale", reason=stale), *group.snapshot] if stale else group.snapshot)

    # Changes

    def publish(self, rows: Sequence[Row]) -> None:
        """Move the world on by `rows` and tell everybody whom they concern."""
        if not rows:
            return
        texts: list[str] = []
        told: defaultdict[Group, list[int]] = defaultdict(list)
        for row in rows:
            self.world.apply(row)
            self.recent.append(row)
            for form, groups in enumerate(self.groups.told(row)):
                for group in groups:
                    told[group].append(len(texts) + form)
            texts += _texts(row)
        made: dict[tuple[int, ...], Message] = {}
        for group, numbers in told.items():
            group.snapshot = None
            key = tuple(numbers)
            if key not in made:
                made[key] = wire.frames(rows[0].seq, rows[-1].seq, [texts[number] for number in key])
            self.give(group.viewers, made[key])

    def give(self, viewers: set[Viewer], message: Message) -> None:
        """Send to all of them; who does not keep up is let go, as its own connection may be stuck."""
        slow = []
        for viewer in viewers:
            viewer.put(message)
            if viewer.slow:
                slow.append(viewer)
        for viewer in slow:
            self.leave(viewer)
            viewer.close(wire.SLOW, "slow: too much waited for this viewer")

    def beat(self) -> None:
        self.give(self.viewers, wire.message("heartbeat", seq=self.world.seq, now=clock.now()))
        self.groups.sweep()


def _texts(row: Row) -> tuple[str, str]:
    """The two forms of a row, in the order of CHANGE and REMOVAL."""
    return row.text, row.removal
