"""A case as the map shows it (docs/protocol.md), and its journal entry: one way to make them, for everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.contrib.gis.geos import Point

from dispatch.models import Case
from twin import tiles
from twin.journal import Entry, dump


def state(
    *,
    number: str,
    category: str,
    urgency: int,
    status: str,
    channel: str,
    lon: float,
    lat: float,
    department: str,
    zones: Sequence[int],
    cell: str,
    place: str,
    place_en: str,
    opened_at: datetime,
    warn_at: datetime | None,
    due_at: datetime | None,
    stage_due_at: datetime | None,
    exercise: str,
    special: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The intake calls this a thousand times a batch: plain values in, one dict out. `special`: see `special_of`."""
    made = {
        "number": number,
        "category": category,
        "urgency": urgency,
        "status": status,
        "channel": channel,
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "department": department,
        "zones": zones,
        "cell": cell,
        "place": place,
        "place_en": place_en,
        "opened_at": opened_at,
        "warn_at": warn_at,
        "due_at": due_at,
        "stage_due_at": stage_due_at,
        "exercise": exercise,
    }
    return made | special if special else made


def special_of(case: Case) -> dict[str, Any]:
    """What few cases have; a state carries it only where it is there."""
    found = {
        "joint": case.joint,
        "supervised": case.supervised,
        "urges": case.urges,
        "reworks": case.reworks,
        "asking": case.asking,
        "suspended_until": case.suspended_until,
    }
    return {name: value for name, value in found.items() if value}


def state_of(case: Case) -> dict[str, Any]:
    return state(
        number=case.number,
        category=case.category,
        urgency=case.urgency,
        status=case.status,
        channel=case.channel,
        lon=case.geom.x,
        lat=case.geom.y,
        department=case.department,
        zones=case.zones,
        cell=case.cell,
        place=case.place_zh,
        place_en=case.place_en,
        opened_at=case.opened_at,
        warn_at=case.warn_at,
        due_at=case.due_at,
        stage_due_at=case.stage_due_at,
        exercise=case.exercise,
        special=special_of(case),
    )


@dataclass(frozen=True)
class Seen:
    """What decides who sees a case: kept before an act, so that viewers lose or gain the case with it."""

    tile: int | None
    zones: tuple[int, ...]
    department: str
    shared: tuple[str, ...]

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(tiles.tile_of(case.geom.x, case.geom.y), tuple(case.zones), case.department, tuple(case.shared))

    def text(self) -> str:
        """As `Entry.was` has it."""
        return dump({"tile": self.tile, "zones": self.zones, "department": self.department, "shared": self.shared})


def entry(case: Case, kind: str, actor: str, change: Mapping[str, Any], before: Seen) -> Entry:
    """The journal entry of a case that has just been changed. A case that has ended leaves the map."""
    now = Seen.of(case)
    return Entry(
        kind,
        "case",
        str(case.pk),
        case.version,
        actor,
        dump(state_of(case)) if case.closed_at is None else None,
        zones=case.zones,
        department=case.department,
        shared=case.shared,
        tile=now.tile,
        geom=Point(case.geom.x, case.geom.y, srid=4326).hexewkb.decode(),
        exercise=case.exercise,
        change=dump(change),
        was=before.text() if before != now else None,
    )
