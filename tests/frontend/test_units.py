"""The console's own unit tests, so that one command runs all tests."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_units_of_the_console() -> None:
    find = ["bash", "-c", "RUN=$PWD/.run; . ops/system.sh; find_node"]
    folder = subprocess.run(find, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    path = f"{folder}:{os.environ['PATH']}"
    command = ["npm", "test", "--silent"]
    done = subprocess.run(
        command,
        cwd=ROOT / "frontend/console",
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
