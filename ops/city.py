"""The demo city from its schema to its processes: brought up on running servers, and down again."""

import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO

from ops import app, env, plan, ports, process, say, status
from ops.cli import Failed
from ops.paths import LOG, PROCESSES, ROOT

ANSWER_SECONDS = 90
STOP_SECONDS = 15
CODE = ("twin", "geo", "dispatch", "ingest", "simulations", "ops")


def address() -> str:
    return f"http://{plan.web_host()}:{plan.web_port()}"


def check_port() -> None:
    """Raise PortTaken if somebody else has the web's port."""
    port = plan.web_port()
    if process.Process.load(app.RECORD) is None and not ports.is_free(port):
        raise ports.PortTaken(port, "the web", "set YIWANG_WEB_PORT, or YIWANG_PORT_BASE to move all ports")


def prepare() -> None:
    """Schema and demo data. Both commands do nothing where there is nothing to do."""
    log = LOG / "setup.log"
    with say.step("schema", "tables and partitions"), log.open("w") as output:
        yiwang("migrate", fault=f"The database could not be brought up to date; {log} says why.", output=output)
    with say.step("demo city", "seeded and synthetic", announce=True):
        yiwang("seed-demo", fault="The demo city could not be seeded; the lines above say why.")


def yiwang(verb: str, *, fault: str, output: IO[str] | None = None) -> None:
    """Run a command of the city's own command line; Failed with the fault if it fails."""
    done = subprocess.run([ROOT / "yiwang", verb], cwd=ROOT, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise Failed(fault)


def start() -> None:
    """Start the city's processes, or start them anew if their code has changed since, and wait for the web."""
    running = process.Process.load(app.RECORD)
    if running and _is_older_than_its_code(running):
        say.note("the code is newer than the running city: starting it again")
        stop()
        running = None
    if running is None:
        with say.step("application", f"{len(app.processes(env.process_environment()))} processes"):
            running = process.start_detached([sys.executable, "-m", "ops.app"], log=LOG / "honcho.log", cwd=ROOT)
            _await_answer(running)
    else:
        _await_answer(running)


def stop() -> None:
    """Stop the process manager, which stops the others; whatever is left of them after that, by force."""
    manager = process.Process.load(app.RECORD)
    if manager:
        with say.step("application", "stopped"):
            manager.signal(signal.SIGTERM)
            manager.wait(STOP_SECONDS)
    for left in (process.Process.load(record) for record in PROCESSES.glob("*.json")):
        if left:
            left.signal(signal.SIGKILL)
            left.wait(STOP_SECONDS)


def tell() -> None:
    """What a person needs to know once the city runs."""
    print(f"\n  Yiwang runs at  {address()}\n", flush=True)
    yiwang("demo-logins", fault="The demo logins could not be listed.")
    print("\n  make logs follows it, make status says what runs where, make down stops it.\n")


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def show_status() -> None:
    """The table of `make status`."""
    status.show_servers()
    for name in app.processes(env.process_environment()):
        status.row(name, address() if name == "web" else "", process.Process.load(PROCESSES / f"{name}.json"))


def _await_answer(manager: process.Process) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while not _healthy():
        if not manager.alive() or time.monotonic() > deadline:
            logs = tail(LOG / "honcho.log") + "\n" + tail(app.LOG_FILE)
            raise Failed(f"the web gave no answer at {address()}/healthz. The end of {app.LOG_FILE}:\n{logs}")
        time.sleep(0.2)


def _healthy() -> bool:
    try:
        with urllib.request.urlopen(f"{address()}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:  # URLError and HTTPError among them
        return False


def _is_older_than_its_code(running: process.Process) -> bool:
    started = time.time() - running.seconds_up()
    files = [file for room in CODE for file in (ROOT / room).rglob("*.py")]
    files += (ROOT / "frontend/console/dist").glob("index.html")  # the web lists the bundle's files when it starts
    return any(file.stat().st_mtime > started for file in files)
