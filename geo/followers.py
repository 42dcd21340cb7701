"""Who follows when zones change: open cases and devices get their new zones in the transaction of the change.

`settings.ZONE_FOLLOWERS` names functions of the rooms above, each called once for a transaction that changed zones,
after all its versions are written and before the journal is: `follow(journal, change)`. They say to the journal what
moved.

Three things are left to the clock process, whose turn is `catch_up`: a version whose time arrives; a batch of reports
that was located by the old zones and committed in the very moment of the change; and a follower's own fault, mended.
It compares everything that is open with the zones that hold, and so finds what moved, whatever the reason was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import shapely
from django.conf import settings
from django.utils.module_loading import import_string

from geo.lookup import ZoneFacts, ZoneIndex, index, load
from geo.models import ZoneVersion
from twin import journal, revisions
from twin.journal import Journal
from twin.models import Revision, User

Box = tuple[float, float, float, float]  # west, south, east, north; WGS-84 degrees
EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class Edit:
    """One zone's part in a change: the version that it had, the one that it gets, and from when on.

    `was` is None if the zone did not hold just before, `to` is None if it ends.
    """

    was: ZoneVersion | None
    to: ZoneVersion | None
    begin: datetime

    @property
    def zone(self) -> int:
        version = self.to or self.was
        assert version is not None
        return version.zone_id


@dataclass
class Change:
    """What one transaction did to the zones. Without edits: whatever has changed since somebody last looked."""

    user: User | None = None
    reroute: bool = False  # dispatch anew what nobody has accepted yet and the rules would now send elsewhere
    edits: list[Edit] = field(default_factory=list)
    _after: tuple[datetime, ZoneIndex] | None = None

    @property
    def actor(self) -> str:
        return f"user:{self.user.pk}" if self.user else "clock"

    def holding(self, at: datetime) -> list[Edit]:
        """What had taken effect at a time, one edit for each zone: from what it was before all of this."""
        first: dict[int, Edit] = {}
        for edit in self.edits:
            if edit.begin <= at:
                first.setdefault(edit.zone, edit)
        return list(first.values())

    def concerns(self, at: datetime) -> bool:
        """Whether anything that stands somewhere at that time may have other zones by this change."""
        return not self.edits or bool(self.holding(at))

    def box(self, at: datetime) -> Box:
        """What lies outside of it keeps its zones at that time."""
        edits = [edit for edit in self.edits if edit.begin <= at]
        versions = [version for edit in edits for version in (edit.was, edit.to) if version is not None]
        if not versions:
            return EVERYWHERE
        west, south, east, north = zip(*(version.geom.extent for version in versions), strict=True)
        return min(west), min(south), max(east), max(north)

    def after(self, at: datetime) -> ZoneIndex:
        """The zones that hold at a time, with this change: those of the box, where the change has one."""
        if not self.edits:
            return index.fresh(at, revisions.read())
        if self._after is None or self._after[0] != at:
            self._after = at, load(at, self.box(at))
        return self._after[1]

    def before(self, at: datetime) -> ZoneIndex:
        """The zones as they would hold at a time without this change; of the box, as well."""
        after = self.after(at)
        edits = self.holding(at)
        edited = {edit.zone for edit in edits}
        kept = [(z, s) for z, s in zip(after.zones, after.shapes, strict=True) if z.id not in edited]
        were = [edit.was for edit in edits if edit.was is not None]
        kept += [(_facts(version), shapely.from_wkb(bytes(version.geom.wkb))) for version in were]
        exclusive = after.exclusive | {version.zone.kind_id for version in were if version.zone.kind.exclusive}
        return ZoneIndex([zone for zone, _ in kept], [shape for _, shape in kept], exclusive)

    def __call__(self, said: Journal) -> None:
        for follower in settings.ZONE_FOLLOWERS:
            import_string(follower)(said, self)


def _facts(version: ZoneVersion) -> ZoneFacts:
    zone = version.zone
    names = (version.name_zh, version.name_en)
    return ZoneFacts(zone.pk, zone.kind_id, zone.code, *names, version.precedence, version.department)


def tell_followers(
    said: Journal, closed: Sequence[ZoneVersion], versions: Sequence[ZoneVersion], begin: datetime, user: User
) -> None:
    """Note what is being written (`geo.changes.write`). Followers are called once, when the `writing` block ends."""
    was = {version.zone_id: version for version in closed}
    change = noted(said)
    change.user = user
    change._after = None
    change.edits += [Edit(was.pop(version.zone_id, None), version, begin) for version in versions]
    change.edits += [Edit(version, None, begin) for version in was.values()]


def noted(said: Journal) -> Change:
    """What this transaction has changed so far."""
    return cast(Change, said.finishing.setdefault("zones", Change()))


_looked: tuple[int, int] = (-1, 0)  # a revision of the zones, and how often this process has compared all with it
ENOUGH = 2  # a batch that was under way when the zones changed has ended by the second time


def catch_up() -> None:
    """Let everything that is open have the zones that hold. Called by the clock process every few seconds."""
    global _looked
    revision = revisions.read().get("zones", 0)
    times = _looked[1] if _looked[0] == revision else 0
    if times < ENOUGH:
        with journal.writing() as said:
            hold(said)
            Change()(said)
        _looked = revision, times + 1


def hold(said: Journal) -> None:
    """Let no zones change until this transaction ends; whoever changes them holds the same row (`revisions.bump`)."""
    list(Revision.objects.select_for_update().filter(topic="zones"))
    said.known = revisions.read()
