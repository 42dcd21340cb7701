"""Who may be signalled, and what comes back by itself."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ops import process
from ops.process import Process

ROOT = Path(__file__).parents[2]


def test_a_recycled_pid_is_another_process(tmp_path: Path) -> None:
    myself = Process.of(os.getpid())
    assert myself is not None
    record = tmp_path / "record.json"
    myself.save(record)
    assert Process.load(record) == myself
    dataclasses.replace(myself, start_ticks=myself.start_ticks - 1).save(record)
    assert Process.load(record) is None


def test_a_record_that_was_cut_off_is_none(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    record.write_text('{"pid": 1')
    assert Process.load(record) is None
    assert Process.load(tmp_path / "missing.json") is None


def test_a_detached_process_is_gone_when_it_ended(tmp_path: Path) -> None:
    sleeper = process.start_detached(["sleep", "60"], log=tmp_path / "log", cwd=tmp_path)
    assert sleeper.alive()
    sleeper.signal(signal.SIGKILL)
    assert sleeper.wait(seconds=10)


def test_a_kept_process_comes_back_and_ends_with_its_manager(tmp_path: Path) -> None:
    """A stand-in for the process manager keeps a command that fails twice, and then goes away itself."""
    code = f"""
import os, pathlib, subprocess, sys
from ops import keep
from ops.process import Process
keep.PROCESSES = pathlib.Path({str(tmp_path)!r})
keep.FIRST_PAUSE = 0.05
Process.of(int(sys.argv[1])).save(keep.PROCESSES / "app.json")
sys.argv = ["keep", "worker", "sh", "-c", sys.argv[2]]
keep.main()
"""
    flaky = f"echo run >> {tmp_path}/runs; [ $(wc -l < {tmp_path}/runs) -lt 3 ] && exit 7; echo settled; exec sleep 60"
    with subprocess.Popen(["sleep", "60"]) as manager:
        with subprocess.Popen(
            [sys.executable, "-c", code, str(manager.pid), flaky], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as kept:
            assert kept.stdout is not None
            said = [next(kept.stdout) for _ in range(3)]
            assert said == [
                "ended with code 7; starting again in 0 s\n",
                "ended with code 7; starting again in 0 s\n",
                "settled\n",
            ]
            until = time.monotonic() + 10  # the worker may speak before it is recorded
            while not (worker := Process.load(tmp_path / "worker.json")):
                assert time.monotonic() < until
                time.sleep(0.02)
            manager.kill()
            manager.wait()
            assert kept.wait(timeout=10) == 0
        assert not worker.alive()
