import logging
import signal
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string

log = logging.getLogger("twin.clock")
TURN = 10.0  # seconds between two turns of what does not say itself when it wants to come again
AWAY = 2.0  # seconds until a database that does not answer is asked again


class Command(BaseCommand):
    help = "Keep time: what falls due, what the coming hours need. Any number may run; each turn can be repeated."

    def handle(self, *args: object, **options: object) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        log.info("the clock is running")
        due = dict.fromkeys(settings.CLOCK_TURNS, 0.0)
        while not stop.is_set():
            for turn in due:
                if due[turn] <= time.monotonic():
                    due[turn] = time.monotonic() + take(turn)
            stop.wait(max(min(due.values()) - time.monotonic(), 0.0))


def take(turn: str) -> float:
    """Do a turn; in how many seconds it wants to come again. One that fails holds up none of the others."""
    try:
        wanted = import_string(turn)()
    except (OperationalError, InterfaceError) as error:
        log.warning("the database is away: %s", str(error).strip().split("\n")[0])
        connection.close()
        return AWAY
    except Exception:
        log.exception("the turn %s failed; it is taken again", turn)
        connection.close()
        return TURN
    return TURN if wanted is None else min(float(wanted), TURN)
