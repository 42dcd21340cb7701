"""What the commands `bench` and `check` share."""

import logging
import signal
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simulations.city import seed
from simulations.proof.district import plain_district
from simulations.proof.outcome import Narrator, Outcome
from simulations.proof.private import CannotProve, Say
from simulations.proof.publishers import NotAcknowledged


def demo(say: Say) -> None:
    """The demo district, as the city shows it."""
    seed.seed(say)


def plain(say: Say) -> None:
    """A few squares, which are there at once."""
    seed.store(plain_district(), say)


DISTRICTS = {"demo": demo, "plain": plain}


class ProofCommand(BaseCommand):
    """Runs `prove` and prints its outcome. Exit code 1: a check does not hold, or the run could not be made."""

    kind = ""
    requires_system_checks = []

    def prove(self, stack: ExitStack, say: Narrator, options: dict[str, Any]) -> Outcome:
        raise NotImplementedError

    def handle(self, *args: object, **options: Any) -> None:
        # So that what was started is stopped, and what was made is dropped, when somebody stops us.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        logging.getLogger().setLevel(logging.WARNING)
        logging.getLogger("kafka").setLevel(logging.ERROR)  # warns of its own threads when this process is busy
        try:
            with ExitStack() as stack:
                outcome = self.prove(stack, Narrator(), options)
        except (CannotProve, NotAcknowledged) as reason:
            raise CommandError(str(reason)) from reason
        outcome.print(sys.stdout, kind=self.kind, as_json=options["json"])
        if outcome.faults:
            sys.exit(1)


def add_common(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object; progress goes to stderr")
