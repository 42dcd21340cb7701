"""The command line `yiwang`: Django's management commands behind a help that reads well."""

import os
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

GROUPS: dict[str, dict[str, str]] = {
    "The city": {
        "web": "serve the console, the API and the live view",
        "ingest": "take in reports from MQTT and Kafka",
        "clock": "keep time: what falls due, what must be prepared",
        "outbound": "tell departments' own systems of their tasks",
    },
    "Looking after it": {
        "dead-letters": "list what could not be taken, and send it through again",
        "explain": "say why a case went where it went",
        "catalogue": "take in a city's own catalogue, as the next edition",
        "next-steps": "say which open cases nothing will happen to",
        "zones": "take zones in from a GIS file, write them to one, check how they lie to each other",
        "restored": "say that the database came from a backup, so that viewers start afresh",
        "migrate": "bring the database to this version",
        "createsuperuser": "make an administrator of the settings pages",
    },
    "The demo city": {
        "seed-demo": "build the synthetic district in an empty database",
        "demo-traffic": "report through the real brokers, as a living city would",
        "demo-departments": "handle cases as the departments would",
        "demo-logins": "print one login for each role, and the tokens of the demo's sources",
    },
    "Proof": {
        "bench": "measure: ingest, latency, locate, route, asof, fanout",
        "check": "put to the test: exactly-once, malformed, storm",
    },
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command; names are written with dashes."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        show_help()
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twin.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import ManagementUtility
    from django.db import OperationalError

    command = arguments[0].replace("-", "_")
    utility = ManagementUtility(["yiwang", command, *arguments[1:]])
    utility.prog_name = "yiwang"
    try:
        utility.execute()
    except ImproperlyConfigured as error:
        raise SystemExit(f"yiwang: {error}") from error
    except OperationalError as error:
        raise SystemExit(f"yiwang: the database does not answer; is the city up? ('make up')\n{error}") from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def show_help() -> None:
    console = Console(highlight=False)
    console.print("[bold]yiwang 一网[/]  every report becomes a located, routed and timed case on one live map\n")
    console.print("usage: yiwang COMMAND [options]      yiwang COMMAND --help says more\n")
    table = Table.grid(padding=(0, 3))
    for title, commands in GROUPS.items():
        table.add_row(f"[bold]{title}[/]")
        for name, purpose in commands.items():
            table.add_row(f"  [cyan]{name}[/]", purpose)
        table.add_row()
    console.print(table)


if __name__ == "__main__":
    main()
