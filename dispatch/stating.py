"""The journal entry of a case, as whoever changes one writes it."""

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import Point

from dispatch.actions import state_of
from dispatch.models import Case
from twin import tiles
from twin.journal import Entry, dump


def entry(case: Case, kind: str, actor: str, change: Mapping[str, Any]) -> Entry:
    """Of a case that is open and stays with those who see it."""
    return Entry(
        kind,
        "case",
        str(case.pk),
        case.version,
        actor,
        dump(state_of(case)),
        zones=case.zones,
        department=case.department,
        shared=case.shared,
        tile=tiles.tile_of(case.geom.x, case.geom.y),
        geom=Point(case.geom.x, case.geom.y, srid=4326).hexewkb.decode(),
        exercise=case.exercise,
        change=dump(change),
    )
