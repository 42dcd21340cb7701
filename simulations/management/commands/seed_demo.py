import time

from django.core.management.base import BaseCommand

from simulations.city.seed import is_empty, seed


class Command(BaseCommand):
    help = "Build the synthetic demo district in an empty database; does nothing if a city is there."

    def handle(self, *args: object, **options: object) -> None:
        if not is_empty():
            self.stdout.write("A city is there already.")
            return
        begin = time.monotonic()

        def say(step: str) -> None:
            self.stdout.write(f"{time.monotonic() - begin:6.1f} s  {step}")
            self.stdout.flush()

        seed(say)
        say("the demo city is ready")
