"""What the journal says of zones, and how a zone stands on the map: always as it holds now.

What is saved for a later time is told when it is saved, with the new version in `change`, but the zone goes on
standing as it stands; it appears, changes or leaves with a row of the clock's when that time has come. So these are
the kinds of rows: `zone.saved` and `zone.retired` by a person, `zone.began` and `zone.ended` by time.

A zone has a row of its own where somebody may be looking at it: when it stands among the features of the map already,
and for free kinds (parks, sites), which people draw and follow one by one, unless very many change at once. The cells
of a city come as a layer of tiles, and no screen waits for 20,000 rows.
"""

from collections.abc import Sequence
from typing import Any

from geo.models import ZoneVersion
from twin.journal import Entry, Journal, dump
from twin.models import Feature

MOST_TOLD = 500  # zones of one import, or of one turn of the clock, that get rows of their own


def tell(journal: Journal, told: Sequence[tuple[str, ZoneVersion]], actor: str, *, sparing: bool = False) -> None:
    """Say of each version what became of it (`zone.saved` ...). The versions are written already; a zone comes once.

    `sparing` leaves out those that nobody looks at.
    """
    departments = _on_the_map(told)
    if sparing:
        many = len(told) > MOST_TOLD
        told = [one for one in told if one[1].zone_id in departments or not (many or one[1].zone.kind.exclusive)]
    zones = [version.zone_id for _, version in told]
    held = ZoneVersion.objects.holding(journal.at).filter(zone__in=zones).select_related("zone")
    shown = {version.zone_id: version for version in held}
    for kind, version in told:
        zone = version.zone_id
        journal.say(_entry(kind, version, shown.get(zone), departments.get(zone), actor))


def state_of(version: ZoneVersion) -> dict[str, Any]:
    """A zone as docs/protocol.md has it."""
    return {
        "kind": version.zone.kind_id,
        "code": version.zone.code,
        "name_zh": version.name_zh,
        "name_en": version.name_en,
        "number": version.number,
        "bbox": list(version.geom.extent),
        "holds_from": version.holds_from,
        "holds_to": version.holds_to,
        "department": version.department,
    }


def _on_the_map(told: Sequence[tuple[str, ZoneVersion]]) -> dict[int, str]:
    """The zones that are features of the map, with the departments that may see them there."""
    ids = [str(version.zone_id) for _, version in told]
    found = Feature.objects.filter(object_type="zone", object_id__in=ids)
    return {int(zone): department for zone, department in found.values_list("object_id", "department")}


def _entry(kind: str, version: ZoneVersion, shown: ZoneVersion | None, department: str | None, actor: str) -> Entry:
    """`shown` is the version that holds now, `department` that of the feature on the map; None where there is none."""
    seen = shown or version
    zones = [version.zone_id]
    moved = department is not None and department != seen.department
    return Entry(
        kind,
        "zone",
        str(version.zone_id),
        seen.number,
        actor,
        dump(state_of(shown)) if shown else None,
        zones=zones,
        department=seen.department,
        geom=seen.geom.hexewkb.decode(),
        change=dump(state_of(version)),
        was=dump({"tile": None, "zones": zones, "department": department}) if moved else None,
        seen=department is not None,
    )
