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
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Polygon
from django.db.models import Max, Min, Q
from django.db.models.fields.json import KeyTextTransform
from numpy.typing import NDArray

from geo.models import ZoneVersion, ZoneVersionQuerySet
from geo.raster import ASK, CHUNK, Raster
from geo.rasterize import rasterize
from geo.shapes import Shapes, ranges
from twin import revisions

CELL = "cell"  # the kind of the unit grid
PAYS = 200_000  # points, asked of the geometries, take about as long as making a raster


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
    area_class: str = ""  # of its attribute `area_class`: A, B, C; limits may go by it

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

    def followed_by(self, more: "Located") -> "Located":
        """These points, and after them those."""
        return Located(
            np.concatenate([self.starts, self.starts[-1] + more.starts[1:]]),
            np.concatenate([self.zones, more.zones]),
            np.concatenate([self.cells, more.cells]),
        )

    def take(self, points: NDArray[np.int32]) -> "Located":
        """What is known of these points, in this order; each may be asked for many times."""
        lengths = np.diff(self.starts).take(points)
        starts = np.zeros(len(points) + 1, dtype=np.int64)
        np.cumsum(lengths, out=starts[1:])
        zones = np.empty(starts[-1], dtype=np.int64)
        for begin in range(0, len(points), CHUNK):
            some = slice(begin, begin + CHUNK)
            low, high = starts[begin], starts[min(begin + CHUNK, len(points))]
            entries = np.repeat(self.starts.take(points[some]) - starts[:-1][some], lengths[some])
            entries += np.arange(low, high)
            self.zones.take(entries, out=zones[low:high], mode="clip")  # the default mode would copy once more
        return Located(starts, zones, self.cells.take(points))


class ZoneIndex:
    """The zones that hold at one time. Positions are in order of precedence: the smaller, the earlier.

    Without a raster every point is asked of the geometries; with one (`use`) the answers are the same, and come some
    fifty times faster.
    """

    def __init__(self, zones: Sequence[ZoneFacts], geometries: Sequence[shapely.Geometry], exclusive: set[str]) -> None:
        order = sorted(range(len(zones)), key=lambda i: (-zones[i].precedence, zones[i].kind, zones[i].code))
        self.zones = [zones[i] for i in order]
        self.ids = np.array([zone.id for zone in self.zones], dtype=np.int64)
        kinds = sorted({zone.kind for zone in self.zones})
        self.kinds = {kind: number for number, kind in enumerate(kinds)}
        self.kind_of = np.array([self.kinds[zone.kind] for zone in self.zones], dtype=np.int64)
        self._exclusive = np.array([kind in exclusive for kind in kinds], dtype=bool)
        self.tiling = self._exclusive[self.kind_of]  # shape (zones,): of a kind whose zones tile the city
        self._shapes = Shapes([geometries[i] for i in order])
        self._known: tuple[Raster, Located] | None = None  # a raster, and the zones of each of its faces
        self.slow = 0  # points that were asked of the geometries for want of a raster that is up to date

    def locate(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Located:
        """The zones of points in WGS-84 degrees, shape (n,). A point that is not finite lies nowhere."""
        if self._known is None:
            self.slow += len(lon)
            return self._ask(lon, lat)
        raster, of_faces = self._known
        rows = raster.faces_of(lon, lat)
        asked = np.flatnonzero(rows == ASK)
        if len(asked):
            self.slow += len(asked) if raster.doubted else 0
            rows[asked] = np.arange(len(of_faces.cells), len(of_faces.cells) + len(asked))
            of_faces = of_faces.followed_by(self._ask(lon[asked], lat[asked]))
        return of_faces.take(rows)

    def _ask(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Located:
        return self._located(len(lon), *self._shapes.containing(lon, lat))

    def _located(self, n: int, points: NDArray[np.int64], zones: NDArray[np.int64]) -> Located:
        """From pairs, ordered by point and zone."""
        points, zones = self._one_of_each_exclusive_kind(points, zones)
        starts = np.searchsorted(points, np.arange(n + 1))
        cells = np.full(n, -1, dtype=np.int64)
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

    @property
    def raster(self) -> Raster | None:
        return self._known[0] if self._known else None

    @property
    def shapes(self) -> Sequence[shapely.Geometry]:
        """The geometries, in the order of `zones`."""
        return self._shapes.geometries.tolist()

    @property
    def exclusive(self) -> set[str]:
        """The kinds of which a point lies in one zone at most."""
        return {kind for kind, number in self.kinds.items() if self._exclusive[number]}

    def wkb(self) -> list[bytes]:
        """The geometries, in the order of `zones`, as `rasterize` takes them."""
        return shapely.to_wkb(self._shapes.geometries).tolist()

    def use(self, raster: Raster) -> None:
        """Look up in a raster of these zones' shapes, or of what they were before some zones came, went or changed."""
        numbers = np.array([raster.shapes.get(wkb, -1) for wkb in self.wkb()], dtype=np.int64)
        raster.doubt(self._shapes.bounds[(numbers == -1) & ~shapely.is_empty(self._shapes.geometries)])
        by_shape = np.argsort(numbers, kind="stable")
        first = np.searchsorted(numbers[by_shape], np.arange(len(raster.shapes)))
        holders = np.bincount(numbers[numbers >= 0], minlength=len(raster.shapes))
        which, place = ranges(first[raster.members], holders[raster.members])
        faces = np.repeat(np.arange(len(raster.starts) - 1), np.diff(raster.starts))[which]
        zones = by_shape[place]
        order = np.lexsort((zones, faces))
        self._known = raster, self._located(len(raster.starts) - 1, faces[order], zones[order])
        self.slow = 0

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


def _made(versions: ZoneVersionQuerySet) -> ZoneIndex:
    # Columns, not models, and shapes as bytes: five times faster, and in every process a saved zone waits for this.
    facts = ("zone_id", "zone__kind_id", "zone__code", "name_zh", "name_en", "precedence", "department")
    rows = versions.order_by("pk").values_list(
        *facts, KeyTextTransform("area_class", "attributes"), "zone__kind__exclusive", AsWKB("geom")
    )
    zones = [ZoneFacts(*row[:7], row[7] or "") for row in rows]  # type: ignore[call-arg]
    geometries = shapely.from_wkb([row[-1] for row in rows])
    return ZoneIndex(zones, geometries, {zone.kind for zone, row in zip(zones, rows, strict=True) if row[8]})


def _load(revision: int, at: datetime) -> _Loaded:
    made = _made(ZoneVersion.objects.holding(at))
    # One statement finds the boundaries around `at`, at which some version begins or ends to hold.
    found = ZoneVersion.objects.aggregate(
        begun=Max("holds_from", filter=Q(holds_from__lte=at)),
        ended=Max("holds_to", filter=Q(holds_to__lte=at)),
        begins=Min("holds_from", filter=Q(holds_from__gt=at)),
        ends=Min("holds_to", filter=Q(holds_to__gt=at)),
    )
    since = max((t for t in (found["begun"], found["ended"]) if t is not None), default=None)
    until = min((t for t in (found["begins"], found["ends"]) if t is not None), default=None)
    return _Loaded(revision, made, since, until)


def load(at: datetime, box: tuple[float, float, float, float] | None = None) -> ZoneIndex:
    """The zones that hold at a time, as this transaction sees them, read anew. No process keeps what comes of it.

    With a box (west, south, east, north) it knows all zones of points in the box, and need not of any others.
    """
    versions = ZoneVersion.objects.holding(at)
    return _made(versions if box is None else versions.filter(geom__bboverlaps=Polygon.from_bbox(box)))


class _Index:
    """The index of this process: loaded again when zones change, and when a version begins or ends to hold.

    A change holds at once. What is near it is asked of the geometries until a thread beside the work has made a new
    raster, which a process that looks up little never does.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: _Loaded | None = None
        self._raster: Raster | None = None
        self._making: threading.Thread | None = None

    def fresh(self, at: datetime, known: revisions.Revisions | None = None) -> ZoneIndex:
        """The zones that hold at a time. With revisions in hand it costs no statement while nothing has changed."""
        revision = (revisions.read() if known is None else known).get("zones", 0)
        held = self._held
        if held is None or not held.holds(revision, at):
            with self._lock:  # one loader at a time: the zones of a city are not small
                held = self._held
                if held is None or not held.holds(revision, at):
                    self._held = held = _load(revision, at)
        self._quicken(held.index)
        return held.index

    def _quicken(self, zones: ZoneIndex) -> None:
        if self._raster is not None and zones.raster is not self._raster:
            zones.use(self._raster)
        # A thread that failed stays in `_making`: the same fault would only be met again.
        if zones.slow > PAYS and self._making is None:
            self._making = threading.Thread(target=self._make_raster, args=(zones,), name="raster", daemon=True)
            self._making.start()

    def _make_raster(self, zones: ZoneIndex) -> None:
        self._raster = rasterize(zones.wkb())
        zones.use(self._raster)
        self._making = None

    def forget(self) -> None:
        """Drop the index: for a process whose database was replaced under it."""
        self._held = None


index = _Index()
