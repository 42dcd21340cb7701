"""Which zones contain a point: the index that every process keeps, and refreshes when zones change.

All zones that hold at the time are returned, in order of precedence. Zones of an exclusive kind (cells, communities,
streets) tile the city, so a point on a shared border is given to one of them: the one whose code sorts first.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import shapely
from django.db.models import Max, Min, Q
from numpy.typing import NDArray

from geo.models import ZoneVersion
from twin import revisions

CELL = "cell"  # the kind of the unit grid


@dataclass(frozen=True, slots=True)
class ZoneFacts:
    """What is known of a zone besides its geometry."""

    id: int
    kind: str
    code: str
    name_zh: str
    name_en: str
    precedence: int
    department: str

    @property
    def ref(self) -> str:
        """How rules name a zone: `park:PK001`."""
        return f"{self.kind}:{self.code}"


@dataclass(frozen=True)
class Located:
    """The zones of n points. `zones[starts[i]:starts[i + 1]]` are positions in the index, in order of precedence."""

    starts: NDArray[np.int64]  # shape (n + 1,)
    zones: NDArray[np.int64]
    cells: NDArray[np.int64]  # shape (n,), position of the unit grid cell, -1 where there is none

    def of(self, point: int) -> NDArray[np.int64]:
        return self.zones[self.starts[point] : self.starts[point + 1]]

    @cached_property
    def points(self) -> NDArray[np.int64]:
        """For each entry of `zones`, the point it belongs to."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


class ZoneIndex:
    """The zones that hold at one time. Positions are in order of precedence: the smaller, the earlier."""

    def __init__(self, zones: Sequence[ZoneFacts], geometries: Sequence[shapely.Geometry], exclusive: set[str]) -> None:
        order = sorted(range(len(zones)), key=lambda i: (-zones[i].precedence, zones[i].kind, zones[i].code))
        self.zones = [zones[i] for i in order]
        self.ids = np.array([zone.id for zone in self.zones], dtype=np.int64)
        kinds = sorted({zone.kind for zone in self.zones})
        self.kinds = {kind: number for number, kind in enumerate(kinds)}
        self.kind_of = np.array([self.kinds[zone.kind] for zone in self.zones], dtype=np.int64)
        self._exclusive = np.array([kind in exclusive for kind in kinds], dtype=bool)
        self._geometries = np.array([geometries[i] for i in order], dtype=object)
        shapely.prepare(self._geometries)
        self._tree = shapely.STRtree(self._geometries)

    def locate(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Located:
        """The zones of points in WGS-84 degrees, shape (n,). A point that is not finite lies nowhere."""
        usable = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        found, zones = self._tree.query(shapely.points(lon[usable], lat[usable]), predicate="intersects")
        points = usable[found]
        order = np.lexsort((zones, points))
        points, zones = points[order], zones[order]
        points, zones = self._one_of_each_exclusive_kind(points, zones)
        starts = np.searchsorted(points, np.arange(len(lon) + 1))
        cells = np.full(len(lon), -1, dtype=np.int64)
        is_cell = self.kind_of[zones] == self.kinds.get(CELL, -1) if len(zones) else np.zeros(0, dtype=bool)
        cells[points[is_cell]] = zones[is_cell]
        return Located(starts, zones, cells)

    def _one_of_each_exclusive_kind(
        self, points: NDArray[np.int64], zones: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if not len(zones):
            return points, zones
        kinds = self.kind_of[zones]
        # Only points on a border have two zones of one exclusive kind; the first of each pair (point, kind) stays.
        pair = points * len(self.kinds) + kinds
        _, first = np.unique(pair, return_index=True)
        keep = ~self._exclusive[kinds]
        keep[first] = True
        return points[keep], zones[keep]

    @cached_property
    def by_id(self) -> dict[int, ZoneFacts]:
        return {zone.id: zone for zone in self.zones}

    @cached_property
    def by_ref(self) -> dict[str, int]:
        """Position of a zone by its `kind:code`."""
        return {zone.ref: position for position, zone in enumerate(self.zones)}


@dataclass(frozen=True)
class _Loaded:
    """The index of one revision, good from `since` until before `until`: between two boundaries of versions."""

    revision: int
    index: ZoneIndex
    since: datetime | None
    until: datetime | None

    def holds(self, revision: int, at: datetime) -> bool:
        begun = self.since is None or at >= self.since
        return self.revision == revision and begun and (self.until is None or at < self.until)


def _load(revision: int, at: datetime) -> _Loaded:
    rows = list(ZoneVersion.objects.holding(at).select_related("zone", "zone__kind").order_by("pk"))
    facts = [
        ZoneFacts(v.zone_id, v.zone.kind_id, v.zone.code, v.name_zh, v.name_en, v.precedence, v.department)
        for v in rows
    ]
    geometries = shapely.from_wkb([bytes(v.geom.wkb) for v in rows])
    exclusive = {v.zone.kind_id for v in rows if v.zone.kind.exclusive}
    # One statement finds the boundaries around `at`, at which some version begins or ends to hold.
    found = ZoneVersion.objects.aggregate(
        begun=Max("holds_from", filter=Q(holds_from__lte=at)),
        ended=Max("holds_to", filter=Q(holds_to__lte=at)),
        begins=Min("holds_from", filter=Q(holds_from__gt=at)),
        ends=Min("holds_to", filter=Q(holds_to__gt=at)),
    )
    since = max((t for t in (found["begun"], found["ended"]) if t is not None), default=None)
    until = min((t for t in (found["begins"], found["ends"]) if t is not None), default=None)
    return _Loaded(revision, ZoneIndex(facts, geometries, exclusive), since, until)


class _Index:
    """The index of this process: loaded again when zones change, and when a version begins or ends to hold."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: _Loaded | None = None

    def fresh(self, at: datetime, known: revisions.Revisions | None = None) -> ZoneIndex:
        """The zones that hold at a time. With revisions in hand it costs no statement while nothing has changed."""
        revision = (revisions.read() if known is None else known).get("zones", 0)
        held = self._held
        if held is None or not held.holds(revision, at):
            with self._lock:  # one loader at a time: the zones of a city are not small
                held = self._held
                if held is None or not held.holds(revision, at):
                    self._held = held = _load(revision, at)
        return held.index

    def forget(self) -> None:
        """Drop the index: for a process whose database was replaced under it."""
        self._held = None


index = _Index()
