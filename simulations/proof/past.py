"""A city's past for `bench asof`: journal rows by the million, as a city of that size would have written them.

Zones and devices first; then cases that are opened, accepted, handled, sometimes sent back, and closed, so many of
them open at any time, and devices that change their state. More happens by day than by night.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from simulations.proof.outcome import Narrator
from twin import tiles
from twin.journal import JOURNAL_COLUMNS, PARTITION_ROWS, array, copying, make_partitions

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
WEST, SOUTH, WIDE, HIGH = 120.24, 31.52, 0.13, 0.11  # degrees, about 12 km each way
STEPS = ("opened", "accepted", "completed", "closed")
STATUSES = ("dispatched", "accepted", "handled", "closed")
DEPARTMENTS = [f"{bureau}{part}" for bureau in ("UMB", "WAT", "TRA", "GAR", "ENV") for part in ("", ".A", ".B", ".C")]
CATEGORIES = [f"E-{major:02}-{minor:02}" for major in range(1, 7) for minor in range(1, 13)]
ONE_IN_DEVICES, ONE_IN_REWORK = 12, 10
AT_ONCE = 250_000  # rows in a transaction


@dataclass(frozen=True)
class Size:
    """How large a city, and how long its past."""

    rows: int
    rows_a_day: int
    open_cases: int
    devices: int
    zones: int


class Thing(NamedTuple):
    """An object: its columns in the journal that never change, and its state before and after the status."""

    kind: str
    id: int
    columns: str  # zones, department, tile
    before: str
    after: str


def write_past(size: Size, say: Narrator) -> None:
    """Fill the journal of the current database, which must have nothing else in it, up to `size.rows`."""
    say(f"writing {size.rows:,} rows of a past into the journal")
    make_partitions(ahead=size.rows // PARTITION_ROWS + 1)
    lines = _Past(size).lines()
    with say.bar("rows", size.rows) as bar:
        for done in range(0, size.rows, AT_ONCE):
            with transaction.atomic(), copying(f"COPY twin_journal ({JOURNAL_COLUMNS}) FROM STDIN") as copy:
                for _ in range(min(AT_ONCE, size.rows - done)):
                    copy.write(next(lines))
            bar.reach(done + AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE twin_head SET (seq, at) = (SELECT seq, at FROM twin_journal ORDER BY seq DESC LIMIT 1)")
        cursor.execute("VACUUM ANALYZE twin_journal")


class _Past:
    def __init__(self, size: Size) -> None:
        self.size = size
        self.random = random.Random(1)
        self.seq = 0
        self.at = BEGIN
        self.open: list[list[int]] = []  # version, step
        self.cases: list[Thing] = []

    def lines(self) -> Iterator[str]:
        """COPY lines without end."""
        for number in range(self.size.zones):
            yield self._line(self._zone(number), "zone.saved", 1, "")
        devices = [self._device(number) for number in range(self.size.devices)]
        for device in devices:
            yield self._line(device, "device.registered", 1, "online")
        versions = [1] * len(devices)
        while True:
            self.at += self._pause()
            if self.random.randrange(ONE_IN_DEVICES) == 0:
                number = self.random.randrange(len(devices))
                versions[number] += 1
                status = self.random.choice(("online", "alarm", "offline"))
                yield self._line(devices[number], f"device.{status}", versions[number], status)
            else:
                yield self._case_line()

    def _pause(self) -> timedelta:
        """Until the next change: at three in the afternoon a third of what it is at three in the night."""
        hour = (self.at.hour + 8 + self.at.minute / 60) % 24
        busy = 1 - 0.5 * math.cos((hour - 3) / 12 * math.pi)
        return timedelta(seconds=86_400 / self.size.rows_a_day / busy)

    def _case_line(self) -> str:
        if len(self.cases) < self.size.open_cases:
            self.cases.append(self._case(self.seq + 1))
            self.open.append([1, 0])
            return self._line(self.cases[-1], "case.opened", 1, STATUSES[0])
        number = self.random.randrange(len(self.cases))
        case, stands = self.cases[number], self.open[number]
        rework = stands[1] == 2 and self.random.randrange(ONE_IN_REWORK) == 0
        stands[0] += 1
        stands[1] += -1 if rework else 1
        if stands[1] == 3:  # closed: the last one takes its place
            last, its = self.cases.pop(), self.open.pop()
            if number < len(self.cases):
                self.cases[number], self.open[number] = last, its
            return self._line(case, "case.closed", stands[0], "")
        return self._line(
            case, "case.reworked" if rework else f"case.{STEPS[stands[1]]}", stands[0], STATUSES[stands[1]]
        )

    def _line(self, thing: Thing, kind: str, version: int, status: str) -> str:
        self.seq += 1
        state = f"{thing.before}{status}{thing.after}" if status or thing.kind == "zone" else r"\N"
        return (
            f"{self.seq}\t{self.at.isoformat()}\t{kind}\t{thing.kind}\t{thing.id}\t{version}\tuser:7\t\t"
            f'{thing.columns}\t\\N\t{{"note":""}}\t{state}\n'
        )

    def _place(self) -> tuple[float, float, str, list[int]]:
        lon, lat = WEST + self.random.random() * WIDE, SOUTH + self.random.random() * HIGH
        cell = self.random.randrange(1, 9_000)
        return round(lon, 7), round(lat, 7), str(tiles.tile_of(lon, lat)), [1, 2 + cell % 9, 20 + cell % 80, 100 + cell]

    def _case(self, number: int) -> Thing:
        lon, lat, tile, zones = self._place()
        department = self.random.choice(DEPARTMENTS)
        opened = self.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        due = (self.at + timedelta(hours=self.random.randrange(2, 120))).isoformat(timespec="seconds")
        before = (
            f'{{"number":"{self.at:%Y%m%d}{number:08d}","category":"{self.random.choice(CATEGORIES)}",'
            f'"urgency":{self.random.choice((1, 1, 1, 2, 3))},"status":"'
        )
        after = (
            f'","channel":"{self.random.choice(("sensor", "hotline", "grid"))}","lon":{lon},"lat":{lat},'
            f'"department":"{department}","zones":{zones},"cell":"990101{zones[3]:09d}",'
            f'"place":"示范街道第{zones[2]}社区人民路{number % 900}号",'
            f'"place_en":"{number % 900} Renmin Road, Community {zones[2]}",'
            f'"opened_at":"{opened}","due_at":"{due}","exercise":""}}'
        )
        return Thing("case", number, f"{array(zones)}\t{department}\t{tile}", before, after)

    def _device(self, number: int) -> Thing:
        lon, lat, tile, zones = self._place()
        before = f'{{"code":"WL-{number:05d}","kind":"water_level","status":"'
        after = f'","lon":{lon},"lat":{lat},"zones":{zones},"exercise":""}}'
        return Thing("device", number, f"{array(zones)}\t\t{tile}", before, after)

    def _zone(self, number: int) -> Thing:
        lon, lat, _, _ = self._place()
        state = (
            f'{{"kind":"cell","code":"990101{number:09d}","name_zh":"单元网格 {number}","name_en":"Cell {number}",'
            f'"number":1,"bbox":[{lon},{lat},{lon + 0.001:.7f},{lat + 0.001:.7f}],"holds_from":"2026-01-01T00:00:00Z",'
            f'"holds_to":null,"department":""}}'
        )
        return Thing("zone", number, f"{array([number])}\t\t\\N", state, "")
