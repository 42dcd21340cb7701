import gc
import logging
import signal
import threading
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string
from kafka.errors import KafkaError

from ingest import kafka
from ingest.slots import SlotKeeper

log = logging.getLogger("ingest")
AGAIN = 2.0  # seconds until a channel that failed is tried again


class Command(BaseCommand):
    help = "Take in reports from MQTT and Kafka. Start as many as the load needs; any of them may die at any moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--worker", default="", help="a name that stays: after a restart it gets its partitions back"
        )

    def handle(self, *args: object, worker: str, **options: object) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        channels: list[Callable[[], None]] = []
        if settings.KAFKA_BOOTSTRAP:
            channels.append(lambda: self._kafka(stop, worker))
        if settings.MQTT_URL:
            channels.append(SlotKeeper(stop).run)
        if not channels:
            raise CommandError("Neither YIWANG_MQTT_URL nor YIWANG_KAFKA_BOOTSTRAP is set: there is nothing to read.")
        self._warm_up(stop)
        threads = [threading.Thread(target=self._guard, args=(channel, stop), daemon=True) for channel in channels]
        for thread in threads:
            thread.start()
        stop.wait()
        for thread in threads:
            thread.join(timeout=15)
        if self.failed:
            raise CommandError("a channel failed; see the log")

    failed = False

    def _warm_up(self, stop: threading.Event) -> None:
        """Once the database is there; a worker may be started before it."""
        while not stop.is_set():
            try:
                for prepare in settings.WARM_UP:
                    import_string(prepare)()
                # Zones, rules and devices are a million objects that stay: the collector, which would look at each of
                # them in the middle of a batch, need not.
                gc.collect()
                gc.freeze()
                return
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away: %s", str(error).strip().split("\n")[0])
                stop.wait(AGAIN)
            finally:
                connection.close()

    def _guard(self, channel: Callable[[], None], stop: threading.Event) -> None:
        """A channel that fails takes the process down: whoever keeps the processes starts it afresh."""
        try:
            channel()
        except Exception:
            log.exception("a channel failed")
            self.failed = True
            stop.set()

    def _kafka(self, stop: threading.Event, worker: str) -> None:
        while not stop.is_set():
            try:
                kafka.run(stop, worker)
            except KafkaError as error:
                log.warning("Kafka is away: %s", error)
                stop.wait(AGAIN)
