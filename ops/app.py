"""`python -m ops.app`: the city's own processes under honcho, their output prefixed and coloured in one log."""

import logging
import os
import shlex
import sys
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path

from honcho.environ import parse_procfile  # type: ignore[import-untyped]
from honcho.manager import Manager  # type: ignore[import-untyped]
from honcho.printer import Printer  # type: ignore[import-untyped]

from ops import env
from ops.paths import LOG, PROCESSES, ROOT
from ops.process import Process

RECORD = PROCESSES / "app.json"
LOG_FILE = LOG / "app.log"
LOG_BYTES, LOGS_KEPT = 20 * 1024 * 1024, 3


class RotatingLog:
    """A file for honcho's printer that cannot fill a disk. It takes colours, which `less -R` and `tail` show."""

    def __init__(self, file: Path) -> None:
        self._handler = RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, encoding="utf-8")

    def write(self, text: str) -> None:
        if line := text.rstrip("\n"):
            self._handler.emit(logging.makeLogRecord({"msg": line}))

    def flush(self) -> None:
        self._handler.flush()

    def isatty(self) -> bool:
        return True


def processes(environment: Mapping[str, str]) -> dict[str, str]:
    """Name to command, of what has work to do: without any broker there is nothing to ingest."""
    listed: dict[str, str] = parse_procfile((ROOT / "ops" / "Procfile").read_text()).processes
    if environment.get("YIWANG_MQTT_URL") or environment.get("YIWANG_KAFKA_BOOTSTRAP"):
        return listed
    return {name: command for name, command in listed.items() if not name.startswith("ingest")}


def main() -> None:
    environment = env.process_environment() | {
        "PATH": f"{ROOT}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "FORCE_COLOR": "1",
    }
    if myself := Process.of(os.getpid()):
        myself.save(RECORD)
    LOG.mkdir(parents=True, exist_ok=True)
    manager = Manager(Printer(RotatingLog(LOG_FILE)))
    for name, command in processes(environment).items():
        kept = f"exec {shlex.quote(sys.executable)} -m ops.keep {name} {command}"
        manager.add_process(name, kept, env=environment, cwd=str(ROOT))
    manager.loop()
    sys.exit(manager.returncode)


if __name__ == "__main__":
    main()
