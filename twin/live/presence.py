"""Who looks at what: each viewer may say which object is open before it, and hears who else looks at the same.

Several web processes share it through one small table, and `NOTIFY` only wakes them, as with the journal: a payload
would be lost on a process that starts or has lost the line, a table is read. A row holds for LEASE seconds and is
renewed by its process, so that one that was killed leaves nobody looking for ever. It is no journal: nothing of it is
kept, and after a crash of the database the table is empty until the next renewal.
"""

import uuid
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import psycopg

from twin.live import wire
from twin.live.viewer import Viewer
from twin.live.world import Key

if TYPE_CHECKING:
    from twin.live.hub import Hub

WAKE_UP = "yiwang_presence"
LEASE = 30  # seconds, wall clock of the database

_SAY = f"""
WITH gone AS (DELETE FROM twin_presence WHERE viewer = ANY(%(gone)s::uuid[]) OR until < now()),
     here AS (
        INSERT INTO twin_presence (viewer, process, username, name, object_type, object_id, until)
        SELECT viewer, %(process)s, username, name, object_type, object_id, now() + interval '{LEASE} s'
        FROM unnest(%(viewers)s::uuid[], %(usernames)s::text[], %(names)s::text[], %(types)s::text[], %(ids)s::text[])
             AS n (viewer, username, name, object_type, object_id)
        ON CONFLICT (viewer) DO UPDATE
        SET object_type = excluded.object_type, object_id = excluded.object_id, until = excluded.until)
SELECT pg_notify('{WAKE_UP}', '')
"""
_READ = "SELECT object_type, object_id, username, name FROM twin_presence WHERE until > now() ORDER BY username"
People = tuple[tuple[str, str], ...]  # user name and name


class Presence:
    """The presence of one process's viewers, and what it knows of all."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._process = uuid.uuid4()
        self._ids: dict[Viewer, uuid.UUID] = {}
        self._looks: dict[Viewer, Key] = {}
        self._at: defaultdict[Key, set[Viewer]] = defaultdict(set)
        self._there: dict[Key, People] = {}
        self._told: dict[Viewer, People] = {}
        self._unsaid: set[Viewer] = set()
        self._gone: list[uuid.UUID] = []

    def look(self, viewer: Viewer, key: Key | None) -> None:
        """A viewer has opened an object, or None. What it may not see, or what is not on the map, counts as None."""
        if key is not None and not self._may_see(viewer, key):
            key = None
        if self._looks.get(viewer) == key:
            return
        self._forget(viewer)
        if key is None:
            return
        self._looks[viewer] = key
        self._at[key].add(viewer)
        self._ids.setdefault(viewer, uuid.uuid4())
        self._unsaid.add(viewer)
        self._tell(viewer, key)

    def look_again(self, viewer: Viewer) -> None:
        """Its rights have changed."""
        key = self._looks.get(viewer)
        if key is not None and not self._may_see(viewer, key):
            self.look(viewer, None)

    def leave(self, viewer: Viewer) -> None:
        self._forget(viewer)

    async def exchange(self, connection: psycopg.AsyncConnection[Any], *, renew: bool, read: bool) -> None:
        """Write what has changed here, or with `renew` all of it; with `read`, tell what others have changed."""
        saying = list(self._looks if renew else self._unsaid & self._looks.keys())
        gone, self._gone = self._gone, []
        self._unsaid.clear()
        if saying or gone:
            keys = [self._looks[viewer] for viewer in saying]
            await connection.execute(
                _SAY,
                {
                    "gone": gone,
                    "process": self._process,
                    "viewers": [self._ids[viewer] for viewer in saying],
                    "usernames": [viewer.name for viewer in saying],
                    "names": [viewer.full_name for viewer in saying],
                    "types": [object_type for object_type, _ in keys],
                    "ids": [object_id for _, object_id in keys],
                },
            )
        if read:
            cursor = await connection.execute(_READ)
            self.know(await cursor.fetchall())

    def know(self, records: list[tuple[str, str, str, str]]) -> None:
        """Take in who looks at what in all processes; viewers whose object has other people before it are told."""
        there: defaultdict[Key, dict[str, str]] = defaultdict(dict)
        for object_type, object_id, username, name in records:
            there[object_type, object_id][username] = name
        before, self._there = self._there, {key: tuple(people.items()) for key, people in there.items()}
        for key, viewers in self._at.items():
            if before.get(key, ()) != self._there.get(key, ()):
                for viewer in viewers:
                    self._tell(viewer, key)

    def _may_see(self, viewer: Viewer, key: Key) -> bool:
        place = self._hub.world.place_of(key)
        return place is not None and place.allowed_to(viewer.scope)

    def _forget(self, viewer: Viewer) -> None:
        key = self._looks.pop(viewer, None)
        if key is None:
            return
        self._at[key].discard(viewer)
        if not self._at[key]:
            del self._at[key]
        self._gone.append(self._ids.pop(viewer))
        self._told.pop(viewer, None)

    def _tell(self, viewer: Viewer, key: Key) -> None:
        """The others before the object; the same person at a second screen is nobody else."""
        if not self._may_see(viewer, key):
            return
        others = tuple((user, name) for user, name in self._there.get(key, ()) if user != viewer.name)
        if self._told.get(viewer) != others:
            self._told[viewer] = others
            people = [{"user": user, "name": name} for user, name in others]
            viewer.put(wire.message("presence", type=key[0], id=key[1], people=people))
