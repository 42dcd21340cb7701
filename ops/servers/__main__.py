"""`python -m ops.servers up | down | status`: the city's private servers alone."""

import argparse

from ops import plan, status
from ops.cli import locked, tell_failures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.servers", description=__doc__)
    verb = parser.add_argument("verb", choices=["up", "down", "status"]).dest
    with tell_failures():
        match getattr(parser.parse_args(), verb):
            case "up":
                with locked():
                    plan.start_servers()
            case "down":
                with locked():
                    plan.stop_servers()
            case "status":
                status.show_servers()


main()
