"""Processes that outlive the one that started them: started detached, recorded in a file, found again, stopped.

A process is known by its pid *and* its start time since boot, so that a recycled pid is never signalled.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

# Children must be kept: a Popen that is dropped can no longer be reaped, and would stay as a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Process:
    pid: int
    start_ticks: int
    """Start of the process in clock ticks since boot (field 22 of /proc/PID/stat)."""
    boot_id: str

    @classmethod
    def of(cls, pid: int) -> Process | None:
        """The process that has this pid now; None if there is none, or only its zombie."""
        if pid in _children:
            _children[pid].poll()
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        # The command's name, in parentheses, may hold anything: fields are counted from the last parenthesis.
        fields = stat.rpartition(")")[2].split()
        state, start_ticks = fields[0], int(fields[19])
        return None if state in "ZX" and _threads(pid) <= 1 else cls(pid, start_ticks, _boot_id())

    @classmethod
    def load(cls, record: Path) -> Process | None:
        """The process that a record file tells of, if it is still the same one and alive."""
        try:
            process = cls(**json.loads(record.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return process if process.alive() else None

    def save(self, record: Path) -> None:
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps(asdict(self)))

    def alive(self) -> bool:
        return Process.of(self.pid) == self

    def seconds_up(self) -> float:
        ticks = os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self.start_ticks / ticks

    def children(self) -> list[Process]:
        try:
            listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except FileNotFoundError:
            return []
        return [child for pid in listed.split() if (child := Process.of(int(pid)))]

    def signal(self, number: signal.Signals) -> None:
        if self.alive():
            os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """True as soon as the process is gone; False if it is still there after so many seconds."""
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def start_detached(command: list[str], *, log: Path, cwd: Path, env: dict[str, str] | None = None) -> Process:
    """Start a command in a session of its own, its output appended to a log file.

    Raises RuntimeError if it is gone at once, which a command that cannot be executed is.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd, env=env, start_new_session=True
        )
    _children[child.pid] = child
    process = Process.of(child.pid)
    if process is None:
        raise RuntimeError(f"{command[0]} ended at once with code {child.returncode}; its log is {log}")
    return process


def _threads(pid: int) -> int:
    # The first thread of a killed process is a zombie while the others still hold its ports.
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except FileNotFoundError:
        return 0


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
