import signal
import threading

from django.core.management.base import BaseCommand

from dispatch.outbound.running import run


class Command(BaseCommand):
    help = "Tell departments' own systems of their tasks. Any number may run, and any of them may die at any moment."

    def handle(self, *args: object, **options: object) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        run(stop)
