"""`yiwang bench fanout`: from the commit to a thousand viewers, and how much of a bare loop's speed is left."""

import os
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from django.db import connection
from numpy.typing import NDArray

from ops.servers import free_port
from simulations.proof.audience import RIGHTS, Bustle, cookies, helloes
from simulations.proof.children import Child, await_answer, web_process
from simulations.proof.crowd import SAMPLE
from simulations.proof.machine import BUSY, Meter, Usage
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.private import CannotProve, PrivateCity

SETTLE = 1.0  # seconds at the beginning of a flood that do not count
FLOOD_COMMITS = 60  # a second at most: enough that there is always something to send
PATIENCE = 120.0  # seconds
Heard = NDArray[np.int64]  # shape (n, 4): nanoseconds, sequence, viewer, bytes


@dataclass(frozen=True)
class Flood:
    """What came over a span in which a server sent as fast as it could."""

    per_second: float
    bytes_each: float
    messages: int  # to those whose messages are kept
    microseconds: float  # of the server's processor for one delivery
    usage: Usage


@dataclass(frozen=True)
class Latencies:
    """Milliseconds to each viewer, shape (n,): from the commit, and from the journal row just before it.

    What lies between the two is the database's: above all, how long the disk takes to make the commit safe.
    """

    from_commit: NDArray[np.float64]
    from_row: NDArray[np.float64]
    missing: int


@dataclass(frozen=True)
class Paced:
    """What was seen of our own server."""

    latencies: Latencies
    seconds_to_connect: float
    mb_per_1000: float
    usage: Usage
    flood: Flood


def bench_fanout(city: PrivateCity, viewers: int, seconds: float, rate: float, flood: float, say: Narrator) -> Outcome:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiwang-bench-")))
        say(f"{viewers} viewers with login, viewport and filter")
        plans = [
            {"cookie": cookie, "hello": hello} for cookie, hello in zip(cookies(viewers), helloes(viewers), strict=True)
        ]
        paced = _our_own(city, home, plans, seconds, rate, flood, say)
        said = (home / "said").read_text(encoding="utf-8").splitlines()
        (home / "messages").write_text("\n".join(said[-paced.flood.messages :]), encoding="utf-8")
        rivals = {kind: _rival(city, home, kind, viewers, flood, say) for kind in ("bare", "group")}
    return Outcome("fanout", _figures(paced, rivals), _conditions(paced, rivals, viewers, seconds, rate), _limit(paced))


def _our_own(
    city: PrivateCity, home: Path, plans: Sequence[Any], seconds: float, rate: float, flood: float, say: Narrator
) -> Paced:
    bustle = Bustle()
    bustle.tick()
    with web_process(city, home) as (web, address):
        # One viewer first, so that the hub and all code are loaded before memory is looked at.
        with _crowd(city, home, address, "/ws/live", plans[:1]):
            before = _resident(web.pid)
        began = time.monotonic()
        with _crowd(city, home, address, "/ws/live", plans) as crowd:
            connected = time.monotonic() - began
            memory = (_resident(web.pid) - before) / 2**20 / len(plans) * 1000
            say(f"all there after {connected:.1f} s; {rate:g} frames a second for {seconds:g} s")
            _pace(bustle, rate, min(2.0, seconds))  # unmeasured: every process warms up
            first = bustle.version + 1
            meter = Meter({"server": [web.pid], "viewers": [crowd.pid], "commits": [os.getpid()]})
            _pace(bustle, rate, seconds)
            last, usage = bustle.version, meter.read()
            time.sleep(SETTLE)
            say(f"as fast as it can for {flood:g} s")
            meter = Meter({"server": [web.pid], "viewers": [crowd.pid], "commits": [os.getpid()]})
            began_at = time.time_ns()
            _pace(bustle, FLOOD_COMMITS, flood)
            flood_usage = meter.read()
            time.sleep(SETTLE)
        heard = _heard(home)
    latencies = _latencies(heard, bustle, first, last, len(plans))
    return Paced(latencies, connected, memory, usage, _flood(heard, began_at, flood, flood_usage))


def _rival(city: PrivateCity, home: Path, kind: str, viewers: int, flood: float, say: Narrator) -> Flood:
    say(f"{'a bare loop over connections' if kind == 'bare' else 'group_send of Channels'} with the same bytes")
    address = f"127.0.0.1:{free_port()}"
    module, port = "simulations.proof.rivals", address.rpartition(":")[2]
    with Child(city, home / f"{kind}.log", module, kind, port, str(home / "messages"), str(flood)) as server:
        await_answer(server, f"http://{address}/")
        with _crowd(city, home, address, "/", [{}] * viewers) as crowd:
            meter = Meter({"server": [server.pid], "viewers": [crowd.pid]})
            began_at = time.time_ns()
            urllib.request.urlopen(f"http://{address}/go", timeout=10).close()
            time.sleep(flood)
            usage = meter.read()
            time.sleep(SETTLE)
        return _flood(_heard(home), began_at, flood, usage)


@contextmanager
def _crowd(city: PrivateCity, home: Path, address: str, path: str, plans: Sequence[Any]) -> Iterator[Child]:
    """The viewers, connected; what they heard is in the file `times` afterwards."""
    files = {name: str(home / name) for name in ("ready", "times", "said")}
    (home / "ready").unlink(missing_ok=True)
    (home / "plan.json").write_bytes(orjson.dumps({"address": address, "path": path, "viewers": plans} | files))
    with Child(city, home / "crowd.log", "simulations.proof.crowd", str(home / "plan.json")) as crowd:
        until = time.monotonic() + PATIENCE
        while not (home / "ready").exists():
            crowd.must_live()
            if time.monotonic() > until:
                raise CannotProve(f"the viewers were not all there after {PATIENCE:g} s. {crowd.log_end()}")
            time.sleep(0.02)
        yield crowd
        crowd.must_live()


def _pace(bustle: Bustle, rate: float, seconds: float) -> None:
    """Commits at a fixed rate; one that falls behind is late, not left out, unless `rate` cannot be held at all."""
    began = time.monotonic()
    for number in range(round(rate * seconds)):
        if time.monotonic() > began + seconds:
            return
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        bustle.tick()


def _heard(home: Path) -> Heard:
    return np.fromfile(home / "times", dtype=np.int64).reshape(-1, 4)


def _latencies(heard: Heard, bustle: Bustle, first: int, last: int, viewers: int) -> Latencies:
    """To each viewer, of each version from `first` to `last`. A message that brings several counts for each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, (extract(epoch FROM recorded_at) * 1000000000)::bigint FROM twin_journal"
            " WHERE object_id = 'bustle-1' AND version BETWEEN %s AND %s ORDER BY seq",
            [first, last],
        )
        rows = np.array(cursor.fetchall(), dtype=np.int64)
    committed = np.array(bustle.committed[first - 1 : last], dtype=np.int64)
    from_commit, from_row, missing = [], [], 0
    for viewer in range(viewers):
        mine = heard[heard[:, 2] == viewer]
        places = np.searchsorted(mine[:, 1], rows[:, 0])
        there = places < len(mine)
        missing += int(np.count_nonzero(~there))
        received = mine[places[there], 0]
        from_commit.append((received - committed[there]) / 1e6)
        from_row.append((received - rows[there, 1]) / 1e6)
    return Latencies(np.concatenate(from_commit), np.concatenate(from_row), missing)


def _flood(heard: Heard, began_at: int, seconds: float, usage: Usage) -> Flood:
    start, end = began_at + int(SETTLE * 1e9), began_at + int(seconds * 1e9)
    counted = heard[(heard[:, 0] >= start) & (heard[:, 0] < end)]
    if not len(counted):
        raise CannotProve("nothing came to the viewers")
    per_second = len(counted) / ((end - start) / 1e9)
    return Flood(
        per_second,
        float(np.mean(counted[:, 3])),
        int(np.count_nonzero(counted[:, 2] % SAMPLE == 0)),
        usage.cores.get("server", 0.0) / per_second * 1e6,
        usage,
    )


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise CannotProve(f"process {pid} says nothing of its memory")


def _figures(paced: Paced, rivals: dict[str, Flood]) -> dict[str, Any]:
    ours, bare, group = paced.flood.per_second, rivals["bare"].per_second, rivals["group"].per_second
    return {
        "deliveries_per_second": round(ours),
        "p50_ms": _percentile(paced.latencies.from_commit, 50),
        "p99_ms": _percentile(paced.latencies.from_commit, 99),
        "missing": paced.latencies.missing,
        "ratio_to_bare_loop": round(ours / bare, 3),
        "ratio_to_group_send": round(ours / group, 2),
        "mb_per_1000_clients": round(paced.mb_per_1000, 1),
        "seconds_to_connect": round(paced.seconds_to_connect, 1),
        "bare_loop_per_second": round(bare),
        "group_send_per_second": round(group),
    }


def _conditions(paced: Paced, rivals: dict[str, Flood], viewers: int, seconds: float, rate: float) -> dict[str, Any]:
    said = {
        "viewers": viewers,
        "frames_per_second": rate,
        "seconds": seconds,
        "distinct_subscriptions": min(viewers, 1000),
        "distinct_rights": len(RIGHTS),
        "milliseconds": "from the commit to receipt at each viewer, at the paced rate",
        "deliveries": "websocket messages a second while commits come faster than they can be sent one by one",
        "worst_ms": _percentile(paced.latencies.from_commit, 100),
        "p50_ms_from_the_row": _percentile(paced.latencies.from_row, 50),
        "p99_ms_from_the_row": _percentile(paced.latencies.from_row, 99),
        "bytes_each": round(paced.flood.bytes_each),
        "bytes_each_bare_loop": round(rivals["bare"].bytes_each),
        "processor_microseconds_each": round(paced.flood.microseconds, 1),
        "processor_microseconds_each_bare_loop": round(rivals["bare"].microseconds, 1),
        "cores_used_paced": paced.usage.sentence(),
        "cores_used_flood": paced.flood.usage.sentence(),
    }
    return machine() | said | {f"cores_used_{kind}": flood.usage.sentence() for kind, flood in rivals.items()}


def _limit(paced: Paced) -> str:
    web = paced.flood.usage.cores.get("server", 0.0)
    cores = "all cores are busy" if paced.flood.usage.busy >= BUSY else "the cores are not all busy"
    return f"in the flood the web process uses {web:.2f} of one core; {cores} ({paced.flood.usage.sentence()})"


def _percentile(values: NDArray[np.float64], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 1)
