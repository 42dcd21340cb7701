"""`yiwang bench ingest`: from reports waiting in Kafka to committed cases."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import connection
from kafka import KafkaProducer

from dispatch.models import Case
from ingest import kafka
from ingest.message import Message
from simulations.proof.children import Child, ingest_worker
from simulations.proof.copying import measure_copy
from simulations.proof.machine import BUSY, Meter, Usage
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.private import CannotProve, PrivateCity
from simulations.proof.stages import profile
from simulations.traffic.stories import Places, Stories

LOOK = 0.02  # seconds between looks at what is committed
PATIENCE = 60.0  # seconds without any progress after which the run is given up
OTHERS = 0.3  # cores that are used by what has no part in the run, from which on the run says so
PROFILED = 8  # batches at most
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=utf-8")]


@dataclass(frozen=True)
class Run:
    """What the workers did, and when: seconds since they were started, cases committed by then."""

    first: float
    first_cases: int
    last: float
    cases: int
    usage: Usage

    @property
    def per_second(self) -> float:
        """From the first commit to the last: what the first batch held was made before the clock began."""
        return (self.cases - self.first_cases) / (self.last - self.first)


def bench_ingest(city: PrivateCity, reports: int, workers: int, with_profile: bool, say: Narrator) -> Outcome:
    say(f"telling {reports:,} stories")
    bodies = tell(reports)
    _publish(bodies, say)
    say(f"starting {workers} workers")
    run = _run(city, reports, workers, say)
    batches = _count("SELECT count(DISTINCT xmin::text) FROM dispatch_case")  # transactions that wrote any
    batch = max(1, round(run.cases / batches))
    say(f"copying the same rows, {batch} cases a batch")
    copied = measure_copy(city.database_url, batch)
    figures: dict[str, Any] = {
        "cases_per_second": round(run.per_second, 1),
        "ratio_to_copy": round(run.per_second / copied.same_tables, 3),
        "copy_cases_per_second": round(copied.same_tables, 1),
        "ratio_to_bare_heap": round(run.per_second / copied.bare_heaps, 3),
        "bare_heap_cases_per_second": round(copied.bare_heaps, 1),
        "cases_per_second_with_start": round(run.cases / run.last, 1),
        "cases": run.cases,
        "seconds_first_to_last": round(run.last - run.first, 2),
        "seconds_to_first_commit": round(run.first, 2),
    }
    if with_profile:
        say("looking where the time of a worker goes")
        figures["profile"] = {stage: round(share, 4) for stage, share in _profile(batch, reports).items()}
    conditions = machine() | {
        "reports": reports,
        "workers": workers,
        "kafka_partitions": kafka.PARTITIONS,
        "batches": batches,
        "mean_cases_in_a_batch": batch,
        "mean_bytes_of_a_report": round(sum(map(len, bodies)) / len(bodies)),
        "unit_grid_cells": _count("SELECT count(*) FROM geo_zone WHERE kind_id = 'cell'"),
        "rules": _count("SELECT count(*) FROM dispatch_rule"),
        "cores_used": {group: round(cores, 2) for group, cores in run.usage.cores.items()},
        "ratio_to_copy": "median of the same rows into tables of the same definition, with indexes, by one connection",
        "ratio_to_bare_heap": "median of the same rows into tables without any index, by one connection",
    }
    return Outcome("ingest", figures, conditions, _limit(run.usage, workers))


def tell(reports: int, seed: int = 1) -> list[bytes]:
    """Reports of all three kinds as they come in the demo city, the broken and the unlocated among them."""
    stories = Stories(Places(), seed)
    return [orjson.dumps(stories.next()[1]) for _ in range(reports)]


def _publish(bodies: Sequence[bytes], say: Narrator) -> None:
    producer = KafkaProducer(bootstrap_servers=settings.KAFKA_BOOTSTRAP.split(","), acks="all", linger_ms=20)
    with say.bar("published to Kafka", len(bodies)) as bar:
        waiting = []
        for number, body in enumerate(bodies):
            partition = number % kafka.PARTITIONS
            waiting.append(producer.send(kafka.topic(), body, headers=STRUCTURED, partition=partition))
            if number % 1000 == 0:
                bar.reach(number)
        for future in waiting:
            future.get(timeout=60)  # flush would not tell of a batch that failed
    producer.close()
    say(f"{len(bodies):,} reports wait in Kafka")


def _run(city: PrivateCity, reports: int, workers: int, say: Narrator) -> Run:
    before = _head()
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiwang-bench-")))
        began = time.monotonic()
        crew = [stack.enter_context(ingest_worker(city, logs, n, YIWANG_MQTT_URL="")) for n in range(1, workers + 1)]
        bar = stack.enter_context(say.bar("taken in", reports))
        first_seq = _await_head(before, crew)
        first, meter = time.monotonic() - began, Meter({"ingest workers": [child.pid for child in crew]})
        seen, since = first_seq, time.monotonic()
        while (taken := _taken()) < reports:
            time.sleep(LOOK)
            bar.reach(taken)
            for child in crew:
                child.must_live()
            if (head := _head()) != seen:
                seen, since = head, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                raise CannotProve(f"nothing moved for {PATIENCE:g} s. A worker's log ends:\n{crew[0].log_end()}")
        last, usage = time.monotonic() - began, meter.read()
    first_cases = _count("SELECT count(*) FROM twin_journal WHERE kind = 'case.opened' AND seq <= %s", first_seq)
    cases = Case.objects.count()
    if cases == first_cases:
        raise CannotProve(f"{reports:,} reports are too few to be measured: they were taken in one go")
    return Run(first, first_cases, last, cases, usage)


def _await_head(before: int, crew: Sequence[Child]) -> int:
    until = time.monotonic() + PATIENCE
    while (head := _head()) == before:
        for child in crew:
            child.must_live()
        if time.monotonic() > until:
            raise CannotProve(f"nothing was committed in {PATIENCE:g} s. The log ends:\n{crew[0].log_end()}")
        time.sleep(LOOK)
    return head


def _profile(batch: int, reports: int) -> dict[str, float]:
    bodies = tell(min(batch * (PROFILED + 1), batch + reports), seed=2)
    messages = [Message("kafka", body, datetime.now(UTC), content_type=STRUCTURED[0][1].decode()) for body in bodies]
    return profile([messages[i : i + batch] for i in range(0, len(messages), batch)])


def _limit(usage: Usage, workers: int) -> str:
    used, others = usage.cores.get("ingest workers", 0.0), usage.cores.get("others", 0.0)
    if usage.busy >= BUSY and others >= OTHERS:
        return f"the cores of this machine, which other programs use as well ({usage.sentence()})"
    if usage.busy >= BUSY:
        return f"the cores of this machine ({usage.sentence()})"
    if used >= BUSY * workers:
        return f"the workers: each is one thread that has a core to itself ({usage.sentence()})"
    return f"waiting, not computing: for commits and for each other at the journal's head ({usage.sentence()})"


def _head() -> int:
    return _count("SELECT seq FROM twin_head")


def _taken() -> int:
    """Messages that were committed as anything: the sum of the Kafka positions."""
    return _count("SELECT coalesce(sum(next_offset), 0) FROM ingest_kafkaposition")


def _count(query: str, *arguments: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return int(cursor.fetchone()[0])
