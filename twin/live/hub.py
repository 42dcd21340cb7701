"""One hub per web process: it follows the journal and gives each viewer what concerns it.

The hub holds the city in memory (`World`) at a known sequence. A change is made JSON once; a viewer's message is put
together from such texts. The hub never waits for a viewer: it writes to bounded queues. `NOTIFY` only wakes it; what
is true is read from the journal, in order and without gaps, and a lost wake-up costs one POLL.
"""

import asyncio
import gc
import logging
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from django.db import connections

from twin import clock, journal
from twin.live.subscription import Subscription
from twin.live.viewer import Viewer
from twin.live.world import ROW_SQL, WORLD_SQL, Row, World, row_of

log = logging.getLogger(__name__)

POLL = 0.1  # seconds between looks at the journal when nothing wakes the hub
ROWS_AT_ONCE = 2_000
KEPT_ROWS = 5_000  # how far back a viewer can resume
HEARTBEAT = 10.0  # seconds
SNAPSHOT_PART = 2_000  # features in one snapshot message


class Hub:
    """Follows the journal from `start()` on. All methods belong to one event loop."""

    def __init__(self) -> None:
        self.epoch = ""
        self.world = World(0)
        self.recent: deque[Row] = deque(maxlen=KEPT_ROWS)
        self.viewers: set[Viewer] = set()
        self.loaded = asyncio.Event()
        self._everywhere: defaultdict[str, set[Viewer]] = defaultdict(set)
        self._under: defaultdict[tuple[str, int | None], set[Viewer]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="live hub")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # Viewers

    def join(self, viewer: Viewer, subscription: Subscription, epoch: str = "", seq: int = -1) -> None:
        """Take a viewer in: with what it missed since `epoch`/`seq` if that is still known, else with a snapshot."""
        self._subscribe(viewer, subscription)
        reason = self._why_stale(epoch, seq) if epoch else ""
        if not epoch or reason:
            self._send_snapshot(viewer, reason)
            return
        rows = [row for row in self.recent if row.seq > seq]
        pieces = [piece for row in rows if (piece := self._piece(row, viewer)) is not None]
        viewer.put(frames(seq + 1, self.world.seq, pieces))

    def move(self, viewer: Viewer, subscription: Subscription) -> None:
        """Give a viewer another subscription, and the snapshot of it."""
        self._subscribe(viewer, subscription)
        self._send_snapshot(viewer)

    def leave(self, viewer: Viewer) -> None:
        self._forget(viewer)
        self.viewers.discard(viewer)

    def _subscribe(self, viewer: Viewer, subscription: Subscription) -> None:
        self._forget(viewer)
        viewer.subscription = subscription
        self.viewers.add(viewer)
        for object_type in subscription.everywhere:
            self._everywhere[object_type].add(viewer)
        for cell in subscription.cells():
            self._under[cell].add(viewer)

    def _forget(self, viewer: Viewer) -> None:
        for object_type in viewer.subscription.everywhere:
            self._everywhere[object_type].discard(viewer)
        for cell in viewer.subscription.cells():
            self._under[cell].discard(viewer)
            if not self._under[cell]:
                del self._under[cell]

    def _why_stale(self, epoch: str, seq: int) -> str:
        if epoch != self.epoch:
            return "the journal has begun a new history since then"
        if seq > self.world.seq:
            return f"sequence {seq} has not been reached; the journal stands at {self.world.seq}"
        oldest = self.recent[0].seq if self.recent else self.world.seq + 1
        if seq < oldest - 1:
            return f"what followed {seq} is no longer at hand; the oldest row is {oldest}"
        return ""

    def _send_snapshot(self, viewer: Viewer, stale: str = "") -> None:
        texts = self.world.visible(viewer.subscription, viewer.scope)
        parts = [texts[i : i + SNAPSHOT_PART] for i in range(0, len(texts), SNAPSHOT_PART)] or [[]]
        head = f'{{"op":"snapshot","seq":{self.world.seq},"parts":{len(parts)},"part":'
        messages = [f'{head}{number},"features":[{",".join(part)}]}}' for number, part in enumerate(parts, 1)]
        viewer.restart([message("stale", reason=stale), *messages] if stale else messages)

    # Changes

    def publish(self, rows: Sequence[Row]) -> None:
        """Move the world on by `rows` and tell everybody whom they concern."""
        if not rows:
            return
        pieces: defaultdict[Viewer, list[str]] = defaultdict(list)
        for row in rows:
            self.world.apply(row)
            self.recent.append(row)
            for viewer in self._concerned(row):
                piece = self._piece(row, viewer)
                if piece is not None:
                    pieces[viewer].append(piece)
        first, last = rows[0].seq, rows[-1].seq
        for viewer, mine in pieces.items():
            self._give(viewer, frames(first, last, mine))

    def _give(self, viewer: Viewer, text: str) -> None:
        """Queue a message, or let go of a viewer that does not keep up; its own writer may be stuck in a send."""
        viewer.put(text)
        if viewer.slow:
            self.leave(viewer)

    def _concerned(self, row: Row) -> set[Viewer]:
        object_type = row.key[0]
        concerned = self._everywhere.get(object_type, set()) | self._under.get((object_type, row.place.tile), set())
        if row.was.tile != row.place.tile:
            concerned |= self._under.get((object_type, row.was.tile), set())
        return concerned

    def _piece(self, row: Row, viewer: Viewer) -> str | None:
        """A row as one viewer gets it: the change, the removal of what it may no longer see, or nothing."""
        sees, saw = (
            viewer.subscription.takes(row.key[0], place.tile) and place.allowed_to(viewer.scope)
            for place in (row.place, row.was)
        )
        if sees:
            return row.text
        return row.removal if saw else None

    # The journal

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except psycopg.OperationalError as error:
                log.warning("the live view has lost the database and tries again: %s", str(error).strip())
            except Exception:
                log.exception("the live view failed and starts again")
            await asyncio.sleep(1)

    async def _follow(self) -> None:
        parameters = connections["default"].get_connection_params()
        known = ("host", "port", "user", "password", "dbname")
        connection = await psycopg.AsyncConnection.connect(
            **{key: parameters[key] for key in known if parameters.get(key)}, autocommit=True
        )
        async with connection:
            await connection.execute(f"LISTEN {journal.WAKE_UP}")
            await self._load(connection)
            beat = asyncio.get_running_loop().time()
            while True:
                records = await self._read(connection)
                self.publish([row_of(record) for record in records])
                if len(records) < ROWS_AT_ONCE:
                    async for _ in connection.notifies(timeout=POLL, stop_after=1):
                        pass
                if asyncio.get_running_loop().time() - beat >= HEARTBEAT:
                    beat = asyncio.get_running_loop().time()
                    await self._check_head(connection)
                    self._beat()

    async def _load(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Read the world in one snapshot of the database, unless what is held can simply be moved on."""
        async with connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            epoch, seq = await _one(connection, "SELECT epoch::text, seq FROM twin_head")
            if self.loaded.is_set() and epoch == self.epoch and seq >= self.world.seq:
                return
            cursor = await connection.execute(WORLD_SQL)
            self.world = World(seq, await cursor.fetchall())
        gc.collect()
        gc.freeze()  # what stays need not be looked at in the middle of a frame
        self.epoch = epoch
        self.recent.clear()
        self.loaded.set()
        log.info("the live view holds %s features at journal %s", len(self.world), seq)
        for viewer in self.viewers:
            self._send_snapshot(viewer, "the journal has begun a new history")

    async def _read(self, connection: psycopg.AsyncConnection[Any]) -> list[tuple[Any, ...]]:
        cursor = await connection.execute(ROW_SQL, (self.world.seq, ROWS_AT_ONCE))
        records = await cursor.fetchall()
        if records and records[0][0] != self.world.seq + 1:
            # Only a dropped partition or a restored database can do this: numbers have no gaps.
            self.loaded.clear()
            await self._load(connection)
            return []
        return records

    async def _check_head(self, connection: psycopg.AsyncConnection[Any]) -> None:
        epoch, seq = await _one(connection, "SELECT epoch::text, seq FROM twin_head")
        if epoch != self.epoch or seq < self.world.seq:
            self.loaded.clear()
            await self._load(connection)

    def _beat(self) -> None:
        text = message("heartbeat", seq=self.world.seq, now=clock.now())
        for viewer in list(self.viewers):
            self._give(viewer, text)


def message(op: str, **fields: Any) -> str:
    return journal.dump({"op": op, **fields})


def frames(first: int, last: int, pieces: Iterable[str]) -> str:
    return f'{{"op":"frames","from":{first},"seq":{last},"changes":[{",".join(pieces)}]}}'


async def _one(connection: psycopg.AsyncConnection[Any], sql: str) -> tuple[Any, ...]:
    record = await (await connection.execute(sql)).fetchone()
    assert record is not None  # the head row is made by the first migration
    return record


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of this process's event loop, started on first use."""
    loop = asyncio.get_running_loop()
    found = _hubs.get(loop)
    if found is None:
        found = _hubs[loop] = Hub()
    found.start()
    return found
