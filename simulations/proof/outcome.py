"""What a run says: a table for people, or one JSON object; its progress goes to stderr."""

import os
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, TextIO

import orjson
from django.db import connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

LIBRARIES = ("django", "psycopg", "kafka-python", "paho-mqtt", "shapely", "numpy", "websockets", "uvicorn")


@dataclass(frozen=True)
class Outcome:
    """Figures of a bench or check. `faults`: sentences, each of which makes a check fail."""

    name: str
    figures: Mapping[str, Any]
    conditions: Mapping[str, Any]
    limited_by: str = ""
    faults: list[str] = field(default_factory=list)

    def print(self, output: TextIO, *, kind: str, as_json: bool) -> None:
        """`kind` is "bench" or "check"."""
        if as_json:
            said: dict[str, Any] = {kind: self.name, "figures": self.figures, "conditions": self.conditions}
            if kind == "bench":
                said["limited_by"] = self.limited_by
            else:
                said |= {"ok": not self.faults, "faults": self.faults}
            output.write(orjson.dumps(said).decode() + "\n")
            return
        console = Console(file=output, highlight=False)
        console.print(_table(self.name, self.figures))
        console.print(_table("under these conditions", self.conditions))
        if self.limited_by:
            console.print(f"[bold]limited by[/]  {self.limited_by}")
        for fault in self.faults:
            console.print(f"[bold red]fault[/]  {fault}", markup=True)
        if kind == "check" and not self.faults:
            console.print("[bold green]holds[/]")


def _table(title: str, rows: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, show_header=False, pad_edge=False)
    table.add_column(min_width=28)
    table.add_column(justify="left")
    for name, value in rows.items():
        if isinstance(value, Mapping):
            table.add_row(name.replace("_", " "), "")
            for inner, one in value.items():
                table.add_row(f"  {inner}", _text(one))
        else:
            table.add_row(name.replace("_", " "), _text(value))
    table.add_row()
    return table


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


class Narrator:
    """Tells on stderr how far a run is: a line per step, a bar for what can be counted."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._began = time.monotonic()

    def __call__(self, step: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/]  {step}")

    @contextmanager
    def bar(self, what: str, total: int) -> Iterator["Bar"]:
        columns = (TextColumn("          {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        quiet = not self._console.is_terminal  # a log needs no bar
        with Progress(*columns, console=self._console, transient=True, disable=quiet) as progress:
            yield Bar(progress, progress.add_task(what, total=total))


class Bar:
    def __init__(self, progress: Progress, task: Any) -> None:
        self._progress, self._task = progress, task

    def reach(self, done: int) -> None:
        self._progress.update(self._task, completed=done)


def machine() -> dict[str, Any]:
    """The conditions that all runs share. Asks the database that Django stands on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(current_setting('server_version'), ' ', 1), postgis_lib_version(),"
            " current_setting('fsync'), current_setting('synchronous_commit')"
        )
        postgres, postgis, fsync, synchronous_commit = cursor.fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpus": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "python": platform.python_version(),
        "postgresql": postgres,
        "postgis": postgis,
        "fsync": fsync,
        "synchronous_commit": synchronous_commit,
        "libraries": {name: version(name) for name in LIBRARIES},
    }
