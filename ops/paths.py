"""Where things are in a clone. Everything a run makes is under `.run/`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / ".run"
LOG = RUN / "log"
DATA = RUN / "data"
PROCESSES = RUN / "processes"
"""A record of each of the city's own processes, beside one of the process manager: `app.json`."""
KAFKA_LIBS = RUN / "kafka" / "libs"
