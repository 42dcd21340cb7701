"""Several zones changed by one act: all of them, or none. A split, a merge or a union of cells is such a set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest

from geo import changes
from geo.changes import Draft
from geo.models import Zone, ZoneVersion
from twin.journal import Journal
from twin.models import User
from twin.problems import Problem


@dataclass(frozen=True)
class Save:
    """A zone is made or changed. `base` is the version that the person worked on, None for a new zone."""

    draft: Draft
    base: int | None = None


@dataclass(frozen=True)
class Retire:
    """The zone with this id ends. `base` as above; None asks for no check."""

    zone: int
    base: int | None = None
    at: datetime | None = None


Change = Save | Retire


def apply(
    journal: Journal,
    wanted: Sequence[Change],
    user: User,
    *,
    at: datetime | None = None,
    request: HttpRequest | None = None,
) -> list[ZoneVersion]:
    """Do all changes, from now on or from `at`; gives the new version of each zone, or the one that ends.

    Raises Problem, with the number of the faulty change (from 0) as `change`: 409 if somebody else has saved since,
    422 if it cannot be. PermissionDenied without a role.
    """
    changes.may_change(user)
    zones = Zone.objects.in_bulk([change.zone for change in wanted if isinstance(change, Retire)])
    # In one order, whatever the order of the set, so that two sets never wait for each other.
    for kind in sorted({_kind_of(change, zones) for change in wanted}):
        changes.lock(kind)
    told: list[tuple[str, ZoneVersion]] = []
    for number, change in enumerate(wanted):
        try:
            one = _apply(journal, change, zones, user, at)
            if any(version.zone_id == one[1].zone_id for _, version in told):
                raise Problem(
                    422,
                    f"{one[1].zone} comes twice; a set of changes has one change of each zone.",
                    detail_zh=f"{one[1].zone} 出现两次；一组变更中每个区域只能变更一次。",
                )
        except Problem as problem:
            problem.extra.setdefault("change", number)
            raise
        told.append(one)
    changes.finish(journal, told, user, request)
    return [version for _, version in told]


def _kind_of(change: Change, zones: dict[int, Zone]) -> str:
    if isinstance(change, Save):
        return change.draft.kind
    return zones[change.zone].kind_id if change.zone in zones else ""


def _apply(
    journal: Journal, change: Change, zones: dict[int, Zone], user: User, at: datetime | None
) -> tuple[str, ZoneVersion]:
    if isinstance(change, Save):
        draft = replace(change.draft, holds_from=change.draft.holds_from or at)
        return "zone.saved", changes.write_draft(journal, draft, user, change.base)
    zone = zones.get(change.zone)
    if zone is None:
        raise Problem(422, f"There is no zone {change.zone}.", detail_zh=f"没有区域 {change.zone}。")
    return "zone.retired", changes.write_end(journal, zone, user, change.at or at, change.base)
