"""`yiwang bench latency`: from the publish call to the frame at a viewer, through all that lies between."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from django.db import connection
from numpy.typing import NDArray

from ingest import kafka
from simulations.proof.children import Child, ingest_worker, web_process
from simulations.proof.machine import BUSY, Meter, Usage
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.private import CannotProve, PrivateCity
from simulations.proof.ready import await_workers
from simulations.proof.viewer import Viewer
from simulations.traffic.stories import Places, Stories

CHANNELS = ("mqtt", "kafka")
RATES = (200, 500)  # reports a second
QUIET = 2.0  # seconds without a frame after which all has come that will come
PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Series:
    """Milliseconds for each report that became a case, shape (n,).

    From the publish call to its journal row, and to its frame; and how late the call was made.
    """

    to_journal: NDArray[np.float64]
    to_frame: NDArray[np.float64]
    lateness: NDArray[np.float64]
    usage: Usage


def bench_latency(
    city: PrivateCity, seconds: float, workers: int, channels: Sequence[str], rates: Sequence[int], say: Narrator
) -> Outcome:
    stories = Stories(Places(), seed=1)
    series: dict[tuple[str, int], Series] = {}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiwang-bench-")))
        say(f"starting a web process and {workers} workers")
        web, address = stack.enter_context(web_process(city, home))
        crew = [stack.enter_context(ingest_worker(city, home, number)) for number in range(1, workers + 1)]
        await_workers(city, crew)
        run = _Run(city, home, web, address, crew)
        for channel in channels:
            run.series(channel, rates[0], _tell(stories, rates[0]))  # unmeasured: every process warms up
            for rate in rates:
                say(f"{channel}: {rate} reports a second for {seconds:g} s")
                series[channel, rate] = run.series(channel, rate, _tell(stories, round(rate * seconds)))
    conditions = machine() | {
        "workers": workers,
        "viewers": 1,
        "seconds_each": seconds,
        "figures": "milliseconds from the publish call to the frame with the case; MQTT QoS 1 unless Kafka is named",
    }
    conditions |= {f"{channel}_at_{rate}": _conditions(one) for (channel, rate), one in series.items()}
    return Outcome("latency", _figures(series), conditions, _limit(series[channels[0], rates[-1]]))


def _tell(stories: Stories, reports: int) -> list[bytes]:
    return [orjson.dumps(stories.next()[1]) for _ in range(reports)]


@dataclass(frozen=True)
class _Run:
    """The processes, and one series after the other over them."""

    city: PrivateCity
    home: Path
    web: Child
    address: str
    crew: Sequence[Child]

    def series(self, channel: str, rate: int, bodies: Sequence[bytes]) -> Series:
        (self.home / "bodies").write_bytes(b"\n".join(bodies))
        viewer, usage = asyncio.run(self._watch(channel, rate))
        times = np.fromfile(self.home / "times", dtype=np.int64).reshape(-1, 2)
        return _join([orjson.loads(body)["id"] for body in bodies], times, viewer.cases(), usage)

    async def _watch(self, channel: str, rate: int) -> tuple[Viewer, Usage]:
        """View the city while a generator publishes, and until nothing more comes."""
        viewer = Viewer(self.address)
        watching = asyncio.create_task(viewer.watch())
        await self._until(lambda: len(viewer.received) >= 2, watching)  # greeting and snapshot
        with self._generator(channel, rate) as generator:
            groups = {"ingest workers": [child.pid for child in self.crew], "web": [self.web.pid]}
            meter = Meter(groups | {"generator": [generator.pid]})
            await self._until(lambda: not generator.alive(), watching)
            usage = meter.read()
        ended = time.monotonic()
        await self._until(lambda: time.monotonic() - max(ended, viewer.last) > QUIET, watching)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        return viewer, usage

    def _generator(self, channel: str, rate: int) -> Child:
        servers, prefix = self.city.servers, self.city.prefix
        target = (servers.mqtt_url, f"{prefix}/events/bench") if channel == "mqtt" else (servers.kafka, kafka.topic())
        files = (str(self.home / "bodies"), str(self.home / "times"))
        module = "simulations.proof.generator"
        return Child(self.city, self.home / "generator.log", module, channel, *target, str(rate), *files)

    async def _until(self, done: Callable[[], bool], watching: asyncio.Task[None]) -> None:
        until = time.monotonic() + PATIENCE
        while not done():
            if watching.done():
                watching.result()
                raise CannotProve("the live view ended the viewer's connection")
            for child in (self.web, *self.crew):
                child.must_live()
            if time.monotonic() > until:
                raise CannotProve(f"nothing came in {PATIENCE:g} s. The web process's log ends:\n{self.web.log_end()}")
            await asyncio.sleep(0.02)


def _join(ids: Sequence[str], times: NDArray[np.int64], seen: Mapping[int, int], usage: Usage) -> Series:
    """Bring together what was published, journalled and seen. Raises CannotProve if a case was never seen."""
    with connection.cursor() as cursor:
        cursor.execute(_JOURNALLED, [list(ids)])
        rows = cursor.fetchall()
    unseen = [case_id for _, case_id, _ in rows if case_id not in seen]
    if unseen or not rows:
        raise CannotProve(f"{len(unseen)} of {len(rows)} cases never came to the viewer: {unseen[:10]}")
    numbers = {message_id: number for number, message_id in enumerate(ids)}
    published = times[[numbers[message_id] for message_id, _, _ in rows]]
    journalled = np.array([int(recorded) for _, _, recorded in rows], dtype=np.int64)
    framed = np.array([seen[case_id] for _, case_id, _ in rows], dtype=np.int64)
    call = published[:, 1]
    return Series((journalled - call) / 1e6, (framed - call) / 1e6, (call - published[:, 0]) / 1e6, usage)


_JOURNALLED = """
SELECT r.message_id, r.case_id, extract(epoch FROM j.recorded_at) * 1000000000
FROM dispatch_report r
JOIN twin_journal j ON j.object_type = 'case' AND j.object_id = r.case_id::text AND j.kind = 'case.opened'
WHERE r.message_id = ANY(%s)
"""


def _figures(series: Mapping[tuple[str, int], Series]) -> dict[str, float]:
    figures = {}
    for (channel, rate), one in series.items():
        prefix = "" if channel == "mqtt" else f"{channel}_"
        for percent in (50, 99):
            figures[f"{prefix}p{percent}_ms_at_{rate}"] = _percentile(one.to_frame, percent)
    return figures


def _conditions(series: Series) -> dict[str, Any]:
    return {
        "cases": len(series.to_frame),
        "p50_ms_to_journal": _percentile(series.to_journal, 50),
        "p99_ms_to_journal": _percentile(series.to_journal, 99),
        "worst_ms_to_frame": _percentile(series.to_frame, 100),
        "p99_ms_published_late": _percentile(series.lateness, 99),
        "cores_used": series.usage.sentence(),
    }


def _limit(series: Series) -> str:
    slow = series.to_frame >= np.percentile(series.to_frame, 99)
    share = float(np.mean(series.to_journal[slow]) / np.mean(series.to_frame[slow]))
    where = "before the journal row (broker, batch, writing)" if share > 0.5 else "after it (commit, live view)"
    cores = "the cores are all busy" if series.usage.busy >= BUSY else "the cores are not all busy"
    share = max(share, 1 - share)
    return f"the slowest hundredth spends {share:.0%} of its time {where}; {cores} ({series.usage.sentence()})"


def _percentile(values: NDArray[np.float64], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 1)
