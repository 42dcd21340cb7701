"""`python -m ops VERB`: what the Makefile's targets do once the machine has what they need."""

import subprocess
import sys

from ops import app, city, env, plan, say, status
from ops.cli import locked, tell_failures
from ops.paths import ROOT


def up() -> int:
    with locked():
        city.check_port()
        plan.start_servers()
        city.prepare()
        city.start()
    city.tell()
    return 0


def servers() -> int:
    with locked():
        plan.start_servers()
    status.show_servers()
    return 0


def down() -> int:
    with locked():
        city.stop()
        plan.stop_servers()
    return 0


def reset() -> int:
    with locked():
        city.stop()
        plan.stop_servers()
        with say.step("demo data", "forgotten"):
            plan.forget_data()
    return 0


def show_status() -> int:
    city.show_status()
    return 0


def logs() -> int:
    return subprocess.run(["tail", "-n", "100", "-F", app.LOG_FILE], check=False).returncode


# A file is one process's own, so that its tests share a city; the files in their order, the quick ones of twin/ last.
IN_PARALLEL = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder")


def test(*arguments: str) -> int:
    """Style and pytest on the servers: those that run, or else such as are stopped again afterwards."""
    with locked():
        ours = [part.server for part in plan.parts() if not part.server.process()]
        plan.start_servers()
    try:
        return run("ruff", "check") | run("pytest", *IN_PARALLEL, *arguments)
    finally:
        for server in reversed(ours):
            server.stop()


def lint() -> int:
    return run("ruff", "check") | run("mypy", *city.CODE, "tests")


def run(tool: str, *arguments: str) -> int:
    # mypy's Django plugin loads the settings, which ask for a key even where no city was set up yet.
    environment = {"YIWANG_SECRET_KEY": "only-to-load-the-settings"} | env.process_environment()
    return subprocess.run([sys.executable, "-m", tool, *arguments], cwd=ROOT, env=environment, check=False).returncode


VERBS = {
    "up": up, "down": down, "servers": servers, "status": show_status, "logs": logs, "reset": reset,
    "test": test, "lint": lint,
}  # fmt: skip


def main() -> None:
    verb, arguments = sys.argv[1], sys.argv[2:]
    with tell_failures():
        sys.exit(VERBS[verb](*arguments))


main()
