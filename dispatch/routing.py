"""The rule set in force, compiled with today's zones, catalogue and departments."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from dispatch import catalogue, workflow
from dispatch.calendars import calendars
from dispatch.departments import departments
from dispatch.models import RuleSet, in_force
from dispatch.rules import Rules, World, compile_rules
from geo.lookup import ZoneIndex, index
from geo.models import Zone, ZoneKind
from twin import clock, revisions

TOPICS = ("rules", "zones", "catalogue", "departments")


@dataclass(frozen=True)
class Routing:
    """All that a dispatch decision depends on, and the versions that its record names."""

    rules: Rules
    zones: ZoneIndex
    edition: catalogue.Edition
    versions: dict[str, int]
    until: datetime | None  # when the next rule set begins to hold


def world(zones: ZoneIndex, known: revisions.Revisions) -> World:
    """What rule names are checked against: all zones that ever were, so that an expired fair breaks no rule."""
    return World(
        catalogue.current(known),
        zones,
        frozenset(ZoneKind.objects.values_list("code", flat=True)),
        frozenset(f"{kind}:{code}" for kind, code in Zone.objects.values_list("kind_id", "code")),
        frozenset(departments.fresh(known)),
    )


def load(zones: ZoneIndex, at: datetime, known: revisions.Revisions) -> Routing:
    """Raises NotReady when the city has no rule set, or its rules name what is no longer there."""
    rule_set = in_force(RuleSet.objects.all(), at)
    if not isinstance(rule_set, RuleSet):
        raise revisions.NotReady("no rule set is in force; load one, or run 'yiwang seed-demo'")
    rows = list(rule_set.rules.order_by("order").values("order", "name_zh", "name_en", "when", "department", "urgency"))
    try:
        rules = compile_rules(rule_set.version, rows, world(zones, known))
    except ValueError as error:
        raise revisions.NotReady(f"rule set {rule_set.version} cannot be used: {error}") from error
    following = RuleSet.objects.filter(holds_from__gt=at).aggregate(at=Min("holds_from"))["at"]
    versions = {topic: known.get(topic, 0) for topic in TOPICS}
    return Routing(rules, zones, catalogue.current(known), versions, following)


class _Current:
    """The routing of this process; compiled again when anything that it depends on has moved."""

    def __init__(self) -> None:
        self._held: Routing | None = None

    def fresh(self, at: datetime, known: revisions.Revisions) -> Routing:
        zones = index.fresh(at, known)
        held = self._held
        if held is None or self._is_old(held, zones, at, known):
            self._held = held = load(zones, at, known)
        return held

    @staticmethod
    def _is_old(held: Routing, zones: ZoneIndex, at: datetime, known: revisions.Revisions) -> bool:
        begun = held.until is not None and at >= held.until
        another = held.zones is not zones or held.edition is not catalogue.current(known)
        return begun or another or any(held.versions[t] != known.get(t, 0) for t in TOPICS)


current = _Current()


def warm_up() -> None:
    """Load zones, rules, workflow and calendar, so that a new process's first report waits for none of them."""
    known = revisions.read()
    workflow.versions.fresh(known)
    calendars.fresh(known)
    with contextlib.suppress(revisions.NotReady):  # the city is not seeded yet
        current.fresh(clock.now(known), known)
