import random
from contextlib import ExitStack
from typing import Any

from django.core.management.base import CommandParser

from simulations.proof.command import ProofCommand, add_common, plain
from simulations.proof.exactly_once import check_exactly_once
from simulations.proof.malformed import check_malformed
from simulations.proof.outcome import Narrator, Outcome
from simulations.proof.private import private_city, running_servers, throw_away_servers
from simulations.proof.storm import check_storm


class Command(ProofCommand):
    help = "Put the city to the test, in a private database; exit code 1 if what was promised does not hold."
    kind = "check"

    def add_arguments(self, parser: CommandParser) -> None:
        checks = parser.add_subparsers(dest="check", required=True, metavar="exactly-once|malformed|storm")
        once = checks.add_parser("exactly-once", help="nothing lost and nothing twice, whatever is killed meanwhile")
        once.add_argument("--messages", type=int, default=20_000)
        once.add_argument("--kills", type=int, default=10, help="how often an ingest worker is killed")
        once.add_argument("--restarts", type=int, default=2, help="how often PostgreSQL is restarted")
        malformed = checks.add_parser("malformed", help="each malformed message a dead letter with its reason")
        malformed.add_argument("--messages", type=int, default=100_000)
        storm = checks.add_parser("storm", help="all viewers lose the line and come back, each whole, nothing twice")
        storm.add_argument("--viewers", type=int, default=1000)
        storm.add_argument("--within", type=float, default=5.0, help="seconds in which all come back")
        for check in (once, malformed, storm):
            check.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="repeats a run's dice")
            add_common(check)

    def prove(self, stack: ExitStack, say: Narrator, options: dict[str, Any]) -> Outcome:
        seed = options["seed"]
        if options["check"] == "storm":
            city = stack.enter_context(private_city(running_servers(), plain, say))
            return check_storm(city, options["viewers"], options["within"], seed, say)
        messages = options["messages"]
        if options["check"] == "malformed":
            city = stack.enter_context(private_city(running_servers(), plain, say))
            return check_malformed(city, messages, seed, say)
        city = stack.enter_context(private_city(stack.enter_context(throw_away_servers(say)), plain, say))
        return check_exactly_once(city, messages, options["kills"], options["restarts"], seed, say)
