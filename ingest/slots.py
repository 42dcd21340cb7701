"""Who holds which MQTT slot: locks in PostgreSQL, so that a dead worker's slots are free at once."""

import logging
import threading
import zlib

import psycopg
from django.conf import settings
from django.db import connections

from ingest.mqtt import Slot

log = logging.getLogger(__name__)

SLOTS = 2
LOOK = 1.0  # seconds between looks


class SlotKeeper:
    """Takes free slots, gives one up to a worker that has none, and lets go of all when the lock is lost."""

    def __init__(self, stop: threading.Event, slots: int = SLOTS) -> None:
        self._stop = stop
        self._slots = slots
        self._held: dict[int, Slot] = {}
        # Locks of one database are shared by all that run on it; the prefix keeps a check apart from the city.
        self._space = zlib.crc32(f"mqtt slots of {settings.CHANNEL_PREFIX}".encode()) & 0x7FFFFFFF

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                self._keep()
            except (psycopg.Error, OSError) as error:
                log.warning("MQTT slots are let go and taken again: %s", str(error).strip().split("\n")[0])
            finally:
                self._close_all()
            self._stop.wait(LOOK)

    def _keep(self) -> None:
        parameters = connections["default"].get_connection_params()
        known = ("host", "port", "user", "password", "dbname")
        arguments = {key: parameters[key] for key in known if parameters.get(key)}
        with psycopg.connect(**arguments, autocommit=True) as connection:
            waiting = False
            while not self._stop.is_set():
                self._drop_broken(connection)
                # One a turn: workers that start together share the slots instead of racing for all.
                taken = self._take_one(connection)
                if len(self._held) > 1 and not taken and self._somebody_waits(connection):
                    self._give_one(connection)
                if waiting != (not self._held):
                    waiting = not self._held
                    verb = "pg_advisory_lock_shared" if waiting else "pg_advisory_unlock_shared"
                    connection.execute(f"SELECT {verb}(%s, 0)", (self._space,))
                self._stop.wait(LOOK)
                connection.execute("SELECT 1")  # notices a lost connection, and with it lost locks

    def _take_one(self, connection: psycopg.Connection) -> bool:
        for number in range(1, self._slots + 1):
            if number in self._held:
                continue
            if _one(connection, "SELECT pg_try_advisory_lock(%s, %s)", (self._space, number)):
                slot = Slot(number, self._stop)
                slot.open()
                self._held[number] = slot
                log.info("holding MQTT slot %s of %s", number, self._slots)
                return True
        return False

    def _somebody_waits(self, connection: psycopg.Connection) -> bool:
        return bool(
            _one(
                connection,
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = 0"
                " AND pid <> pg_backend_pid()",
                (self._space,),
            )
        )

    def _give_one(self, connection: psycopg.Connection) -> None:
        number, slot = self._held.popitem()
        slot.close()
        connection.execute("SELECT pg_advisory_unlock(%s, %s)", (self._space, number))
        log.info("gave MQTT slot %s to a worker that had none", number)
        self._stop.wait(2 * LOOK)

    def _drop_broken(self, connection: psycopg.Connection) -> None:
        for number in [n for n, slot in self._held.items() if slot.broken]:
            self._held.pop(number).close()
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (self._space, number))

    def _close_all(self) -> None:
        while self._held:
            self._held.popitem()[1].close()


def _one(connection: psycopg.Connection, sql: str, arguments: tuple[object, ...]) -> object:
    row = connection.execute(sql, arguments).fetchone()
    assert row is not None
    return row[0]
