from contextlib import ExitStack
from typing import Any

from django.core.management.base import CommandParser

from simulations.proof.asof import bench_asof
from simulations.proof.command import DISTRICTS, ProofCommand, add_common
from simulations.proof.fanout import bench_fanout
from simulations.proof.ingest_speed import bench_ingest
from simulations.proof.latency import CHANNELS, RATES, bench_latency
from simulations.proof.locate import bench_locate, check_enough
from simulations.proof.outcome import Narrator, Outcome
from simulations.proof.past import Size
from simulations.proof.private import private_city, running_servers, throw_away_servers
from simulations.proof.routing_speed import bench_route


class Command(ProofCommand):
    help = "Measure the city: in a private database, with private topics; the city's own data are left alone."
    kind = "bench"

    def add_arguments(self, parser: CommandParser) -> None:
        benches = parser.add_subparsers(dest="bench", required=True, metavar="ingest|latency|locate|route|asof|fanout")
        ingest = benches.add_parser("ingest", help="cases a second, from Kafka to the commit, and against COPY")
        ingest.add_argument("--reports", type=int, default=100_000)
        ingest.add_argument("--profile", action="store_true", help="also show where the time of one worker goes")
        latency = benches.add_parser("latency", help="milliseconds from the publish call to the frame at a viewer")
        latency.add_argument("--seconds", type=float, default=10.0, help="length of each series")
        latency.add_argument("--rates", type=int, nargs="+", default=RATES, help="reports a second")
        latency.add_argument("--channels", choices=CHANNELS, nargs="+", default=CHANNELS, help="both, if not said")
        locate = benches.add_parser("locate", help="points a second to their zones on one core, and against others")
        locate.add_argument("--points", type=int, default=2_000_000)
        locate.add_argument("--free-zones", type=int, default=500, help="zones drawn over each other")
        route = benches.add_parser("route", help="reports a second to their departments by many rules, on one core")
        route.add_argument("--rules", type=int, default=1_000)
        route.add_argument("--reports", type=int, default=20_000)
        asof = benches.add_parser(
            "asof", help="milliseconds to the city at any moment of a long past; a day played back"
        )
        asof.add_argument("--rows", type=int, default=10_000_000, help="of the journal")
        asof.add_argument("--rows-a-day", type=int, default=100_000)
        asof.add_argument("--open-cases", type=int, default=20_000, help="at any time")
        asof.add_argument("--devices", type=int, default=2_000)
        asof.add_argument("--zones", type=int, default=30_000)
        asof.add_argument("--asks", type=int, default=200, help="moments to ask for")
        fanout = benches.add_parser("fanout", help="from the commit to a thousand viewers, and against a bare loop")
        fanout.add_argument("--viewers", type=int, default=1000)
        fanout.add_argument("--seconds", type=float, default=20.0, help="length of the paced run")
        fanout.add_argument("--rate", type=float, default=10.0, help="frames a second to each viewer")
        fanout.add_argument(
            "--flood", type=float, default=6.0, help="seconds of sending as fast as can be, three times"
        )
        for bench in (ingest, latency):
            bench.add_argument("--workers", type=int, default=2)
        for bench in (ingest, latency, locate, route, asof, fanout):
            district = "plain" if bench is fanout else "demo"
            bench.add_argument("--district", choices=list(DISTRICTS), default=district, help="where the reports lie")
            bench.add_argument("--own-servers", action="store_true", help="start servers of its own, to be thrown away")
            add_common(bench)

    def prove(self, stack: ExitStack, say: Narrator, options: dict[str, Any]) -> Outcome:
        if options["bench"] == "locate":
            check_enough(options["points"])
        servers = stack.enter_context(throw_away_servers(say)) if options["own_servers"] else running_servers()
        city = stack.enter_context(private_city(servers, DISTRICTS[options["district"]], say))
        if options["bench"] == "ingest":
            return bench_ingest(city, options["reports"], options["workers"], options["profile"], say)
        if options["bench"] == "locate":
            return bench_locate(city, options["points"], options["free_zones"], say)
        if options["bench"] == "fanout":
            return bench_fanout(city, options["viewers"], options["seconds"], options["rate"], options["flood"], say)
        if options["bench"] == "route":
            return bench_route(city, options["rules"], options["reports"], say)
        if options["bench"] == "asof":
            sizes = (options[name] for name in ("rows", "rows_a_day", "open_cases", "devices", "zones"))
            return bench_asof(city, Size(*sizes), options["asks"], say)
        series = options["channels"], options["rates"]
        return bench_latency(city, options["seconds"], options["workers"], *series, say)
