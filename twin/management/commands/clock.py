import logging
import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string

log = logging.getLogger("twin.clock")
TURN = 10.0  # seconds


class Command(BaseCommand):
    help = "Keep time: prepare what the coming hours need. Any number of these may run; each turn can be repeated."

    def handle(self, *args: object, **options: object) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        log.info("the clock is running")
        while not stop.is_set():
            try:
                for turn in settings.CLOCK_TURNS:
                    import_string(turn)()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away: %s", str(error).strip().split("\n")[0])
                connection.close()
            stop.wait(TURN)
