"""`python -m ops.keep NAME COMMAND...`: keep one of the city's processes running.

honcho ends all processes when one of them ends, which is right at a developer's desk and wrong for a city: there a
worker that died must come back while the others go on. So honcho watches this loop instead of the process itself.
"""

import signal
import subprocess
import sys
import time

from ops.paths import PROCESSES
from ops.process import Process

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
SETTLED = 60.0
"""A process that ran for so many seconds was well: the pause after its death is a short one again."""


def main() -> None:
    name, command = sys.argv[1], sys.argv[2:]
    manager = Process.load(PROCESSES / "app.json")
    if manager is None:
        sys.exit("ops.keep runs under ops.app")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    pause = FIRST_PAUSE
    while True:
        started = time.monotonic()
        code = run(name, command, manager)
        ended = time.monotonic()
        if ended - started > SETTLED:
            pause = FIRST_PAUSE
        print(f"ended with code {code}; starting again in {pause:.0f} s", flush=True)
        while time.monotonic() < ended + pause:
            if not manager.alive():
                return
            time.sleep(0.5)
        pause = min(2 * pause, LONGEST_PAUSE)


def run(name: str, command: list[str], manager: Process) -> int:
    """Run the command to its end, and return its code. It does not outlive this loop, nor the process manager."""
    child = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "--", *command])
    if process := Process.of(child.pid):
        process.save(PROCESSES / f"{name}.json")
    try:
        while True:
            try:
                return child.wait(timeout=1)
            except subprocess.TimeoutExpired:
                if not manager.alive():
                    child.terminate()
    except SystemExit:
        # honcho signals the whole group, so the child knows; it may finish what it has begun.
        child.wait()
        raise


if __name__ == "__main__":
    main()
