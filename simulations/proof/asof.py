"""`yiwang bench asof`: the city at random moments of a long past, and a whole day of it played back.

Both over HTTP from a web process, as the console asks: all cases of the city, and the devices in a viewport.
"""

import http.client
import os
import random
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import numpy as np
import orjson
from django.db import connection

from simulations.proof.children import web_process
from simulations.proof.machine import Meter, Usage
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.past import HIGH, SOUTH, WEST, WIDE, Size, write_past
from simulations.proof.private import CannotProve, PrivateCity
from simulations.proof.viewer import LOGIN
from twin.history import keyframes
from twin.history.making import Maker

SPEED = 3_600  # times as fast as life: a day in 24 s
PAGE = 10_000  # rows
WARM_UP = 5  # unmeasured questions
Held = dict[tuple[str, str], Any]


def bench_asof(city: PrivateCity, size: Size, asks: int, say: Narrator) -> Outcome:
    """Raises CannotProve if a played day loses a change or does not end at the snapshot of its last moment."""
    _forget_journal()
    write_past(size, say)
    seconds, frames = _make_keyframes(size.rows, say)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiwang-bench-")))
        web, address = stack.enter_context(web_process(city, home))
        console = _Console(address)
        say(f"asking for {asks} moments")
        meter, began = Meter({"web": [web.pid], "this client": [os.getpid()]}), time.perf_counter()
        times, answer = _ask(console, asks)
        usage, lasted = meter.read(), time.perf_counter() - began
        say("playing a day")
        day = _play(console)
    journal, kept = _sizes()
    label = f"{size.rows // 1_000_000}m" if size.rows >= 1_000_000 else f"{size.rows // 1_000}k"
    figures = {
        f"p95_ms_at_{label}": _percentile(times, 95),
        f"p50_ms_at_{label}": _percentile(times, 50),
        "worst_ms": _percentile(times, 100),
        "web_cpu_ms": round(usage.cores.get("web", 0.0) * lasted / (asks + WARM_UP) * 1000, 1),
        "day_replay_seconds": round(day.seconds, 2),
        "day_changes": day.changes,
        "day_must_wait_seconds": round(day.behind, 2),
        "keyframe_ms": round(seconds / max(frames, 1) * 1000, 1),
        "keyframes_to_journal": round(kept / journal, 3),
    }
    conditions = machine() | {
        "rows": size.rows,
        "open_cases": size.open_cases,
        "devices": size.devices,
        "zones": size.zones,
        "rows_between_keyframes": keyframes.EVERY,
        "keyframes": frames,
        "journal_gib": round(journal / 2**30, 2),
        "answer_mib": round(answer / 2**20, 2),
        "asked": f"{asks} random moments over HTTP: all open cases and the devices in a viewport of 2 km",
        "played": f"a day at {SPEED} times its speed, pages of {PAGE:,} rows, compared with the snapshot at its end",
    }
    return Outcome("asof", figures, conditions, _limit(usage))


def _forget_journal() -> None:
    """Begin with an empty journal: what the district's own devices said is not part of this past."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE twin_journal, twin_feature, twin_keyframe, twin_keyframe_part, twin_tally")
        cursor.execute("UPDATE twin_head SET seq = 0")


def _make_keyframes(rows: int, say: Narrator) -> tuple[float, int]:
    say(f"making the keyframes, one for every {keyframes.EVERY:,} rows")
    began, maker, made = time.perf_counter(), Maker(), 0
    with say.bar("rows", rows) as bar:
        while (seq := maker.make_next()) is not None:
            made += 1
            bar.reach(seq)
    return time.perf_counter() - began, made


class _Console:
    """Asks as the console does. The body is read but not understood: what is timed is the city, not this client."""

    def __init__(self, address: str) -> None:
        with httpx.Client(base_url=f"http://{address}") as login:
            login.post("/api/login", json=LOGIN).raise_for_status()
            self._headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in login.cookies.items())}
        self._line = http.client.HTTPConnection(address, timeout=120)
        lon, lat = WEST + WIDE / 2, SOUTH + HIGH / 2
        devices = {"types": ["device"], "bbox": [lon, lat, lon + 0.02, lat + 0.02]}
        self._seen = {"subscribe": orjson.dumps([{"types": ["case"]}, devices]).decode()}

    def get(self, path: str, **query: Any) -> bytes:
        self._line.request(
            "GET", f"/api/history/{path}?{urlencode(self._seen | query, quote_via=quote)}", headers=self._headers
        )
        answer = self._line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise CannotProve(f"/api/history/{path} answered {answer.status}: {body[:300].decode()}")
        return body


def _ask(console: _Console, asks: int) -> tuple[list[float], int]:
    """Milliseconds of each question, and the bytes of the largest answer."""
    chosen, times, largest = random.Random(2), [], 0
    reach = orjson.loads(console.get("range"))
    first, last = (datetime.fromisoformat(reach[end]["at"]) for end in ("first", "last"))
    for number in range(asks + WARM_UP):
        at = (first + chosen.random() * (last - first)).isoformat()
        began = time.perf_counter()
        body = console.get("snapshot", at=at)
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1000)
            largest = max(largest, len(body))
    return times, largest


@dataclass(frozen=True)
class _Day:
    """`behind`: how many seconds a player must wait before it starts, so that it need not wait later."""

    seconds: float
    changes: int
    behind: float


def _play(console: _Console) -> _Day:
    """The last day of the past: fetch it page by page, and apply it in the order of the protocol."""
    reach = orjson.loads(console.get("range"))
    end = datetime.fromisoformat(reach["last"]["at"])
    begin = max(end - timedelta(days=1), datetime.fromisoformat(reach["first"]["at"]))
    start = orjson.loads(console.get("snapshot", at=begin.isoformat()))
    held = _held(start["features"])
    seq, changes, behind, whole = start["seq"], 0, 0.0, False
    began = time.perf_counter()
    while not whole:
        page = orjson.loads(console.get("frames", **{"from": seq + 1, "to": reach["last"]["seq"], "limit": PAGE}))
        for change in page["changes"]:
            _apply(held, change)
        if page["changes"]:
            due = (datetime.fromisoformat(page["changes"][0]["at"]) - begin).total_seconds() / SPEED
            behind = max(behind, time.perf_counter() - began - due)
        seq, whole, changes = page["seq"], page["whole"], changes + len(page["changes"])
    seconds = time.perf_counter() - began
    if held != _held(orjson.loads(console.get("snapshot", seq=seq))["features"]):
        raise CannotProve("the day's changes, applied to the snapshot before it, are not the snapshot after it")
    return _Day(seconds, changes, behind)


def _held(features: list[Any]) -> Held:
    return {(feature["type"], feature["id"]): feature for feature in features}


def _apply(held: Held, change: dict[str, Any]) -> None:
    key = (change["type"], change["id"])
    if change["state"] is None:
        held.pop(key, None)
    else:
        held[key] = {name: change[name] for name in ("type", "id", "version", "state")}


def _sizes() -> tuple[int, int]:
    """Bytes of the journal and of the keyframes, with their indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('twin_journal')"
            " UNION ALL SELECT sum(pg_total_relation_size(t.relid)) FROM"
            " (SELECT relid FROM pg_partition_tree('twin_keyframe')"
            " UNION ALL SELECT relid FROM pg_partition_tree('twin_keyframe_part')) AS t"
        )
        (journal,), (kept,) = cursor.fetchall()
    return int(journal), int(kept)


def _limit(usage: Usage) -> str:
    others = usage.cores.get("others", 0.0)
    disturbed = (
        f"; other programs took {others:.2f} cores, and the times would be shorter without" if others > 0.2 else ""
    )
    work = "one core: the database reads the rows since a keyframe, the web process unpacks it and sends the answer"
    return f"{work}{disturbed} ({usage.sentence()})"


def _percentile(values: list[float], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 1)
