import logging
import os
import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from dispatch.models import Case
from simulations.traffic.fleet import Fleet
from simulations.traffic.senders import Senders
from simulations.traffic.stories import Places, Stories
from simulations.traffic.tracking import follow

log = logging.getLogger("demo")


class Command(BaseCommand):
    help = "Report through the real brokers, as a living city would."

    def add_arguments(self, parser: CommandParser) -> None:
        rate = float(os.environ.get("YIWANG_DEMO_RATE", "15"))
        parser.add_argument("--rate", type=float, default=rate, help="reports a minute (YIWANG_DEMO_RATE, default 15)")
        parser.add_argument("--start", type=int, default=120, help="open cases with which an empty city begins")
        parser.add_argument("--seed", type=int, default=20261123, help="tells the same stories again")
        parser.add_argument("--people", type=int, default=120, help="grid workers who are under way")
        parser.add_argument("--vehicles", type=int, default=48, help="vehicles of the city that are under way")

    def handle(
        self, *args: object, rate: float, start: int, seed: int, people: int, vehicles: int, **options: object
    ) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        stories = Stories(Places(), seed)
        missing = max(0, start - Case.objects.open().count())
        url = f"http://{settings.WEB_HOST}:{settings.WEB_PORT}"
        fleet = Fleet(people, vehicles, seed)
        threading.Thread(target=follow, args=(fleet, url, stop), name="trackers", daemon=True).start()
        with Senders(url) as senders:
            log.info("%s reports to begin with, then %g a minute", missing, rate)
            while not stop.is_set():
                channel, event = stories.next()
                sent = senders.send(channel, event)
                if missing > 0 and sent:
                    missing -= 1
                    stop.wait(0.05)
                else:
                    # Reports come independently of each other: the pauses between them are exponential.
                    stop.wait(stories.dice.expovariate(rate / 60) if rate > 0 else 60)
