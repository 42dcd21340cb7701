"""What time alone changes: zones that begin or cease to hold with nobody acting."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Max, Q, When

from geo import telling
from geo.models import ZoneVersion
from twin import clock, journal, revisions

_marked: dict[str, datetime | None] = {}


def mark_boundaries() -> None:
    """Say of the zones that have begun or ended that they have; give the zones a new revision for it.

    Called by the clock process every few seconds. Look-ups do not wait for it: they know the boundaries themselves.
    """
    turned = _tell_what_turned()
    now = clock.now(revisions.read())
    # The tiles need a new address also when the clock was set back.
    found = ZoneVersion.objects.aggregate(
        begun=Max("holds_from", filter=Q(holds_from__lte=now)), ended=Max("holds_to", filter=Q(holds_to__lte=now))
    )
    latest = max((at for at in found.values() if at is not None), default=None)
    if _marked.get("latest") != latest and not turned:
        with transaction.atomic():
            revisions.bump("zones")
    _marked["latest"] = latest


def _tell_what_turned() -> bool:
    """Each boundary is told once, by whichever clock process comes first: a row that another one holds is its own."""
    with journal.writing() as said:
        due = ZoneVersion.objects.filter(turns_at__lte=said.at).select_for_update(
            skip_locked=True, no_key=True, of=("self",)
        )
        turned = list(due.select_related("zone__kind").order_by("number"))
        if not turned:
            return False
        ZoneVersion.objects.filter(pk__in=[version.pk for version in turned]).update(
            turns_at=Case(When(holds_to__gt=said.at, then=F("holds_to")), default=None)
        )
        last = {version.zone_id: version for version in turned}
        holding = ZoneVersion.objects.holding(said.at).filter(zone__in=last).select_related("zone__kind")
        last |= {version.zone_id: version for version in holding}
        told = [
            ("zone.began" if version.holds_to is None or version.holds_to > said.at else "zone.ended", version)
            for _, version in sorted(last.items())
        ]
        telling.tell(said, told, "clock", sparing=True)
        revisions.bump("zones")
    return True
