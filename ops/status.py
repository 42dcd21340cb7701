"""A table of what runs where; here the servers' rows."""

from datetime import datetime, timedelta

from ops import env, plan
from ops.process import Process

ROW = "{:<16}{:<24}{:>8}  {:<6}{}"


def show_servers() -> None:
    print(ROW.format("what", "where", "pid", "", "since"))
    known = env.load()
    for part in plan.parts():
        address = known.get(part.variable, "")
        running = part.server.process()
        if running or address in ("", part.own_url()):
            state = "" if running is None or part.server.is_up() else "no answer"
            row(part.server.title, f"127.0.0.1:{part.server.port}", running, state)
        else:
            print(ROW.format(part.server.title, "as " + part.variable, "-", "", "existing server"))


def row(what: str, where: str, running: Process | None, state: str = "") -> None:
    if running is None:
        print(ROW.format(what, where, "-", "down", ""))
    else:
        print(ROW.format(what, where, running.pid, state or "up", _since(running)))


def _since(running: Process) -> str:
    started = datetime.now().astimezone() - timedelta(seconds=running.seconds_up())
    return started.strftime("%Y-%m-%d %H:%M:%S")
