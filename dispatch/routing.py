"""The rule set in force, compiled with today's zones, catalogue and departments."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Min

from dispatch import catalogue, workflow
from dispatch.calendars import CITY, WorkingTime, calendars
from dispatch.departments import departments
from dispatch.models import Flag, RuleSet, in_force
from dispatch.rules import Rules, World, compile_rules
from geo.lookup import ZoneIndex, index
from geo.models import Zone, ZoneKind
from twin import clock, revisions

WRITTEN = ("order", "name_zh", "name_en", "when", "department", "urgency", "joint", "limit", "notify")
TOPICS = ("rules", "zones", "catalogue", "departments", "calendars", "flags", "sources")


@dataclass(frozen=True)
class Routing:
    """All that a dispatch decision depends on, and the versions that its record names."""

    rules: Rules
    zones: ZoneIndex
    edition: catalogue.Edition
    versions: dict[str, int]
    until: datetime | None  # when the next rule set begins to hold
    hours: WorkingTime  # the city's
    flags: frozenset[str]  # that are raised


def world(zones: ZoneIndex, known: revisions.Revisions) -> World:
    """What rule names are checked against: all zones that ever were, so that an expired fair breaks no rule."""
    return World(
        catalogue.current(known),
        zones,
        frozenset(ZoneKind.objects.values_list("code", flat=True)),
        frozenset(f"{kind}:{code}" for kind, code in Zone.objects.values_list("kind_id", "code")),
        frozenset(departments.fresh(known)),
        _conditions(known),
        dict(apps.get_model(settings.SOURCE_MODEL)._default_manager.values_list("uri", "pk")),
        frozenset(Flag.objects.values_list("code", flat=True)),
    )


def _conditions(known: revisions.Revisions) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for edition in catalogue.editions.fresh(known):
        for code, category in edition.categories.items():
            found[code] = found.get(code, frozenset()) | category.conditions.keys()
    return found


def load(zones: ZoneIndex, at: datetime, known: revisions.Revisions) -> Routing:
    """Raises NotReady when the city has no rule set, or its rules name what is no longer there."""
    rule_set = in_force(RuleSet.objects.all(), at)
    if not isinstance(rule_set, RuleSet):
        raise revisions.NotReady("no rule set is in force; load one, or run 'yiwang seed-demo'")
    try:
        rules = compile_rules(rule_set.version, written(rule_set), world(zones, known))
    except ValueError as error:
        raise revisions.NotReady(f"rule set {rule_set.version} cannot be used: {error}") from error
    following = RuleSet.objects.filter(holds_from__gt=at).aggregate(at=Min("holds_from"))["at"]
    return _with(rules, zones, known, following)


def with_rules(rules: Sequence[Mapping[str, Any]], zones: ZoneIndex, known: revisions.Revisions) -> Routing:
    """The city as it is, but for its rules: to try a set that is not in force. Raises ValueError as `check` does."""
    return _with(compile_rules("tried", rules, world(zones, known)), zones, known, None)


def _with(rules: Rules, zones: ZoneIndex, known: revisions.Revisions, until: datetime | None) -> Routing:
    versions = {topic: known.get(topic, 0) for topic in TOPICS}
    raised = frozenset(Flag.objects.filter(raised=True).values_list("code", flat=True))
    hours = calendars.fresh(known)[CITY]
    return Routing(rules, zones, catalogue.current(known), versions, until, hours, raised)


def written(rule_set: RuleSet) -> list[dict[str, Any]]:
    """The rules of a set as they are written, in order."""
    return list(rule_set.rules.order_by("order").values(*WRITTEN))


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
