"""What moves the hub on: the journal, read by sequence, and with it everything else that viewers are told of.

`NOTIFY` only wakes the reader; what is true is read from the journal, in order and without gaps, and a lost wake-up
costs one POLL. Before rows go out it is asked whether anybody's rights have changed: so no frame that was committed
after a change of rights goes to somebody who has lost them.
"""

import asyncio
import logging
from typing import Any

import psycopg
from channels.db import database_sync_to_async
from django.db import connections

from twin import journal
from twin.live import hub as hubs
from twin.live import presence, wire
from twin.live.hub import Hub
from twin.live.moving import READ
from twin.live.people import RIGHTS, logged_in
from twin.live.world import ROW_SQL, WORLD_SQL, World, row_of

log = logging.getLogger(__name__)

POLL = 0.1  # seconds between looks at the journal when nothing wakes the hub
ROWS_AT_ONCE = 2_000
TICK = 0.25  # seconds between looks at what moves
LOOK_AGAIN = 15.0  # seconds between looks at all sessions, some of which end by themselves
# The journal's rows, and beside them, true at the same moment, the revision of rights: there is always one record.
_NEWS = f"""
SELECT r.number, j.* FROM (SELECT coalesce((SELECT number FROM twin_revision WHERE topic = '{RIGHTS}'), 0) AS number) r
LEFT JOIN LATERAL ({ROW_SQL}) j ON true ORDER BY j.seq
"""
_HEAD = "SELECT epoch::text, seq FROM twin_head"


class Follower:
    """Moves one hub on, over a database connection of its own."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._task: asyncio.Task[None] | None = None
        self._positions: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._beat_at = self._looked_at = 0.0

    def start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="live hub")

    def follow_positions(self) -> None:
        """Somebody follows what moves: see that it is read."""
        if self._positions is None or self._positions.done():
            self._positions = asyncio.get_running_loop().create_task(self._read_positions(), name="positions")

    async def stop(self) -> None:
        for task in (self._task, self._positions, self._looking):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except psycopg.OperationalError as error:
                log.warning("the live view has lost the database and tries again: %s", str(error).strip())
            except Exception:
                log.exception("the live view failed and starts again")
            await asyncio.sleep(1)

    async def _read_positions(self) -> None:
        """Read what has moved, a few times a second, as long as anybody follows it."""
        moving = self.hub.moving
        while moving.views:
            moving.forget()
            since = "0"
            try:
                async with await _connect() as connection:
                    while moving.views:
                        # Asked first: what is still being written now will be asked for again.
                        (horizon,) = await _one(connection, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
                        cursor = await connection.execute(READ, (since,))
                        moving.tick(await cursor.fetchall())
                        since = horizon
                        await asyncio.sleep(TICK)
            except psycopg.OperationalError as error:
                log.warning("positions have lost the database and try again: %s", str(error).strip())
                await asyncio.sleep(1)

    async def _follow(self) -> None:
        async with await _connect() as connection:
            await connection.execute(f"LISTEN {journal.WAKE_UP}")
            await connection.execute(f"LISTEN {presence.WAKE_UP}")
            await self._load(connection)
            self._beat_at = self._looked_at = _now()
            people_moved = True
            while True:
                full = await self._move_on(connection)
                if self.hub.memory.due():
                    self.hub.memory.settle()
                if _now() - self._beat_at >= hubs.HEARTBEAT:
                    self._beat_at = _now()
                    await self._check_head(connection)
                    self.hub.beat()
                    await self.hub.presence.exchange(connection, renew=True, read=True)
                await self.hub.presence.exchange(connection, renew=False, read=people_moved)
                people_moved = not full and await self._await_news(connection)

    async def _move_on(self, connection: psycopg.AsyncConnection[Any]) -> bool:
        """Publish what the journal has; True if there is more."""
        rights, records = await self._read(connection)
        await self._check_rights(rights)
        # What is committed while this goes out is read at once afterwards, and goes out in one message.
        self.hub.publish([row_of(record) for record in records])
        return len(records) == ROWS_AT_ONCE

    async def _await_news(self, connection: psycopg.AsyncConnection[Any]) -> bool:
        """Wait for a wake-up, or POLL; True if somebody looks at something else now."""
        heard = [notify.channel async for notify in connection.notifies(timeout=POLL, stop_after=1)]
        return presence.WAKE_UP in heard

    async def _load(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Read the world in one snapshot of the database, unless what is held can simply be moved on."""
        hub = self.hub
        async with connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            epoch, seq = await _one(connection, _HEAD)
            if hub.loaded.is_set() and epoch == hub.epoch and seq >= hub.world.seq:
                return
            cursor = await connection.execute(WORLD_SQL)
            world = World(seq, await cursor.fetchall())
        hub.restart(epoch, world, "the journal has begun a new history")
        hub.memory.settle(all_of_it=True)
        hub.loaded.set()
        log.info("the live view holds %s features at journal %s", len(world), seq)

    async def _read(self, connection: psycopg.AsyncConnection[Any]) -> tuple[int, list[tuple[Any, ...]]]:
        """The revision of rights, and the journal's next rows."""
        cursor = await connection.execute(_NEWS, (self.hub.world.seq, ROWS_AT_ONCE))
        news = await cursor.fetchall()
        rights, records = int(news[0][0]), [record[1:] for record in news if record[1] is not None]
        if records and records[0][0] != self.hub.world.seq + 1:
            # Only a dropped partition or a restored database can do this: numbers have no gaps.
            self.hub.loaded.clear()
            await self._load(connection)
            return rights, []
        return rights, records

    async def _check_head(self, connection: psycopg.AsyncConnection[Any]) -> None:
        epoch, seq = await _one(connection, _HEAD)
        if epoch != self.hub.epoch or seq < self.hub.world.seq:
            self.hub.loaded.clear()
            await self._load(connection)

    async def _check_rights(self, rights: int) -> None:
        """See that nobody gets what follows by rights that they have lost.

        When rights have changed it is waited for; now and then all are looked at beside, as sessions end by themselves.
        """
        if rights != self.hub.rights:
            await self._look_at_all()
        elif _now() - self._looked_at >= LOOK_AGAIN and (self._looking is None or self._looking.done()):
            self._looking = asyncio.get_running_loop().create_task(self._look_at_all())

    async def _look_at_all(self) -> None:
        self._looked_at = _now()
        viewers = list(self.hub.viewers)
        answer = await database_sync_to_async(logged_in)({viewer.session for viewer in viewers})
        for viewer in viewers:
            person = answer.people.get(viewer.session)
            if viewer not in self.hub.viewers:
                continue
            if person is None:
                self.hub.leave(viewer)
                viewer.close(wire.NOT_LOGGED_IN, "logged out")
            elif person.scope != viewer.scope:
                self.hub.limit(viewer, person.scope)
        self.hub.rights = answer.rights


async def _connect() -> psycopg.AsyncConnection[Any]:
    parameters = connections["default"].get_connection_params()
    known = ("host", "port", "user", "password", "dbname")
    return await psycopg.AsyncConnection.connect(
        **{key: parameters[key] for key in known if parameters.get(key)}, autocommit=True
    )


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _one(connection: psycopg.AsyncConnection[Any], sql: str) -> tuple[Any, ...]:
    record = await (await connection.execute(sql)).fetchone()
    assert record is not None  # the head row is made by the first migration
    return record


_followers: dict[asyncio.AbstractEventLoop, Follower] = {}


def follower() -> Follower:
    """The follower, and with it the hub, of this process's event loop; started on first use."""
    loop = asyncio.get_running_loop()
    found = _followers.get(loop)
    if found is None:
        found = _followers[loop] = Follower(Hub())
    found.start()
    return found
