"""Rule sets: saved as a whole under a version and a time from which they hold, never changed after; and tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dispatch import routing
from dispatch.catalogue import CategoryFacts
from dispatch.deciding import Matter, decide, record_of, urgency_of
from dispatch.explain import Explanation, explain_by
from dispatch.models import Case, Component, Rule, RuleSet
from dispatch.rules.checking import check, faults
from dispatch.rules.compiled import Compiled
from geo.lookup import index
from twin import audit, clock, journal, revisions
from twin.models import Role, User
from twin.problems import Problem

MAY_CHANGE = {Role.ADMINISTRATOR, Role.PLANNER}
GRACE = timedelta(minutes=5)  # between choosing "from now" in a form and saving it


def store(
    version: str, holds_from: datetime, rules: Sequence[Mapping[str, Any]], known: revisions.Revisions
) -> RuleSet:
    """Write a set, all or nothing. Raises ValueError with the first fault; the caller holds the transaction."""
    check(rules, routing.world(index.fresh(clock.now(known), known), known))
    rule_set = RuleSet.objects.create(version=version, holds_from=holds_from)
    Rule.objects.bulk_create(row_of(rule, rule_set) for rule in rules)
    revisions.bump("rules")
    return rule_set


def row_of(rule: Mapping[str, Any], rule_set: RuleSet | None = None) -> Rule:
    """A rule as it is written, as a row."""
    return Rule(
        rule_set=rule_set,
        order=rule["order"],
        name_zh=rule["name_zh"],
        name_en=rule["name_en"],
        when=rule["when"],
        department=rule["department"],
        urgency=rule.get("urgency"),
        joint=rule.get("joint") or [],
        limit=rule.get("limit"),
        notify=rule.get("notify") or [],
    )


def save(
    version: str,
    holds_from: datetime | None,
    rules: Sequence[Mapping[str, Any]],
    user: User,
    *,
    base: str,
    request: HttpRequest | None = None,
) -> RuleSet:
    """Put a set in force, now or later. `base` is the version that the person worked on: the newest, or 409.

    Raises Problem: 409 as said or if the version is used already, 422 with every fault, or for a time that is past
    (what was decided by a set stays decided by it). PermissionDenied without a role.
    """
    if not user.may_act_as(MAY_CHANGE):
        raise PermissionDenied("Rules are changed by administrators and planners.")
    with journal.writing() as said:
        newest = RuleSet.objects.select_for_update().order_by("holds_from", "pk").last()
        if newest is not None and newest.version != base:
            raise Problem(
                409,
                f"The rules have been changed since you began: the newest set is {newest.version}, you worked on"
                f" {base}. Load it and repeat your change.",
                detail_zh=f"规则已被他人修改：最新版本为 {newest.version}，您基于 {base} 修改。请载入后重做。",
                version=newest.version,
            )
        if RuleSet.objects.filter(version=version).exists():
            raise Problem(409, f"There is a rule set {version} already.", detail_zh=f"规则版本 {version} 已存在。")
        begin = holds_from or said.at
        if begin < said.at - GRACE or (newest is not None and begin < newest.holds_from):
            raise Problem(
                422,
                f"A set cannot hold from {begin:%Y-%m-%d %H:%M}: that is past, or before {base} begins.",
                detail_zh="生效时间不能早于现在，也不能早于上一版本的生效时间。",
            )
        found = faults(rules, routing.world(index.fresh(said.at, said.known), said.known))
        if found:
            says = found[0].says
            raise Problem(422, says.en, detail_zh=says.zh, faults=[fault.out() for fault in found])
        rule_set = store(version, begin, rules, said.known)
        audit.record("rules.saved", user, "rule_set", version, request=request, rules=len(rules), base=base)
    return rule_set


@dataclass(frozen=True)
class Tried:
    """What would become of a report."""

    explanation: Explanation
    rule: Compiled
    department: str
    urgency: int
    zones: list[int]


def try_out(
    category: CategoryFacts,
    condition: int,
    *,
    lon: float,
    lat: float,
    channel: str,
    source: int,
    urgency: int | None,
    text: str,
    component: str,
    at: datetime,
    rules: Sequence[Mapping[str, Any]] | None,
    known: revisions.Revisions,
) -> Tried:
    """Decide about a report that nobody made, by the set in force or by one that is not saved. WGS-84 degrees.

    Raises ValueError with the first fault of the set that is given; Problem 422 for a place outside the city.
    """
    now = routing.current.fresh(at, known)
    written = routing.written(RuleSet.objects.get(version=now.rules.version)) if rules is None else list(rules)
    if rules is not None:
        now = routing.with_rules(rules, now.zones, known)
    located = now.zones.locate(np.array([lon]), np.array([lat]))
    if located.cells[0] < 0:
        raise Problem(422, "This place lies outside the city's unit grid.", detail_zh="该位置不在本市单元网格内。")
    own = category.conditions[condition].urgency if urgency is None else urgency
    matter = Matter(category.index, condition, channel, source, own, text, component, at)
    decision = decide(now, [matter], located, Component.objects.in_bulk([component]) if component else {})
    chosen = int(decision.chosen[0])
    zones = now.zones.ids[located.of(0)].tolist()
    case = Case(category=category.code, zones=zones, decision=record_of(now, decision, 0, matter))
    return Tried(
        explain_by([row_of(rule) for rule in written[: chosen + 1]], case, now.edition),
        now.rules.rules[chosen],
        decision.departments[0],
        urgency_of(now, decision, 0, matter),
        zones,
    )
