"""What the machine did meanwhile: CPU time of the processes that take part, from /proc."""

import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SERVERS = {"postgres": "PostgreSQL", "mosquitto": "Mosquitto", "java": "Kafka"}
BUSY = 0.9  # from this share on, the cores are what limits


@dataclass(frozen=True)
class Usage:
    """Cores used over a span, by group; `busy` is the share of all cores, by anybody, from 0 to 1."""

    cores: Mapping[str, float]
    busy: float

    def sentence(self) -> str:
        said = ", ".join(f"{name} {used:.2f}" for name, used in self.cores.items() if used >= 0.01)
        return f"cores used: {said}; {self.busy:.0%} of {os.cpu_count()} cores busy"


class Meter:
    """Counts CPU time from its making on. Servers are found by the name of their program, whoever started them."""

    def __init__(self, groups: Mapping[str, list[int]]) -> None:
        self._group_of = {pid: group for group, pids in groups.items() for pid in pids}
        self._began = time.monotonic()
        self._before = self._ticks()
        self._machine = _machine_ticks()

    def read(self) -> Usage:
        seconds = time.monotonic() - self._began
        spent: Counter[str] = Counter()
        for (group, pid), ticks in self._ticks().items():
            spent[group] += ticks - self._before.get((group, pid), 0)
        busy, total = (now - then for now, then in zip(_machine_ticks(), self._machine, strict=True))
        return Usage({group: ticks / TICKS / seconds for group, ticks in spent.most_common()}, busy / max(1, total))

    def _ticks(self) -> dict[tuple[str, int], int]:
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                # The program's name, in parentheses, may hold anything: fields are counted from the last parenthesis.
                head, _, tail = stat.read_text().rpartition(")")
            except OSError:
                continue
            pid, _, name = head.partition(" (")
            fields = tail.split()
            group = self._group_of.get(int(pid)) or SERVERS.get(name, "others")
            found[group, int(pid)] = int(fields[11]) + int(fields[12])
        return found


def _machine_ticks() -> tuple[int, int]:
    """Ticks of all cores together: busy, and in all."""
    times = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = times[3] + times[4]
    return sum(times) - idle, sum(times)
