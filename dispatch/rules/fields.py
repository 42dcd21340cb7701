"""The fields that a condition may ask about: what may be asked, what the answer is checked against, how it is said.

A field gives one table for all conditions on it: shape (conditions, n), true where a condition holds for a report.
The form in the console is made from the same registry (`GET /api/rules/fields`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.catalogue import KINDS
from dispatch.rules import values
from dispatch.rules.facts import CHANNELS, Facts, Mask, World
from dispatch.rules.values import LISTS, Check, either, listed, one_of

Condition = Mapping[str, Any]
Table = Callable[[Facts], Mask]  # (conditions, n)
Many = Sequence[Condition]

ROLES = ("manager", "owner", "maintainer")


@dataclass(frozen=True)
class Field:
    """`choices` names where a form finds the values; `check` gives the fault of a value, without the field's name."""

    zh: str
    en: str
    operators: tuple[str, ...]
    choices: str
    check: Check
    table: Callable[[Many, World], Table]


# Tables


def _negated(conditions: Many) -> Mask:
    return np.array([[c["op"] == "not_in"] for c in conditions])


def _by_index(of: Callable[[World], Sequence[Any]], index: Callable[[Facts], NDArray[np.int64]]) -> Any:
    """For values that have a position in a list of all: one row of the list for each condition, one look-up for all."""

    def table(accept: Callable[[Condition, Any], bool]) -> Callable[[Many, World], Table]:
        def build(conditions: Many, world: World) -> Table:
            rows = np.array([[accept(c, one) for one in of(world)] for c in conditions], dtype=bool)
            rows = rows.reshape(len(conditions), -1) ^ _negated(conditions)
            return lambda facts: rows[:, index(facts)]

        return build

    return table


_categories = _by_index(lambda world: list(world.edition.categories.values()), lambda facts: facts.category)
_channels = _by_index(
    lambda world: CHANNELS, lambda facts: np.array([CHANNELS.index(c) for c in facts.channel], dtype=np.int64)
)
_urgencies = _by_index(lambda world: range(4), lambda facts: facts.urgency)
_weekdays = _by_index(lambda world: range(8), lambda facts: facts.weekday)


def _has(condition: Condition, one: Any) -> bool:
    value = condition["value"]
    return one in value if isinstance(value, list) else bool(one == value)


def _compare(condition: Condition, one: Any) -> bool:
    value = condition["value"]
    return bool({"eq": one == value, "ge": one >= value, "le": one <= value}[condition["op"]])


def _in_zones(marked: Callable[[Many, World], Mask]) -> Callable[[Many, World], Table]:
    """True where any zone of a report is marked. `marked` has shape (zones, conditions): one report's zones are read
    in a few strides."""

    def build(conditions: Many, world: World) -> Table:
        rows, negated = marked(conditions, world), _negated(conditions)

        def table(facts: Facts) -> Mask:
            found = np.zeros((len(facts), len(conditions)), dtype=bool)
            filled = np.flatnonzero(np.diff(facts.located.starts) > 0)
            if len(filled):
                inside = rows[facts.located.zones]
                found[filled] = np.logical_or.reduceat(inside, facts.located.starts[filled], axis=0)
            return found.T ^ negated

        return table

    return build


def _named_zones(conditions: Many, world: World) -> Mask:
    positions = {zone.ref: position for position, zone in enumerate(world.zones.zones)}
    rows = np.zeros((len(positions), len(conditions)), dtype=bool)
    for number, condition in enumerate(conditions):
        # A zone that does not hold today has no position, and nothing lies in it.
        rows[[positions[ref] for ref in condition["value"] if ref in positions], number] = True
    return rows


def _kinds_table(conditions: Many, world: World) -> Mask:
    """Shape (kinds of the index, conditions)."""
    rows = np.array([[kind in c["value"] for c in conditions] for kind in world.zones.kinds], dtype=bool)
    return rows.reshape(-1, len(conditions))


def _zones_of_kinds(conditions: Many, world: World) -> Mask:
    return _kinds_table(conditions, world)[world.zones.kind_of]


def _first_zone(conditions: Many, world: World) -> Table:
    """The kind of the zone that comes first by precedence, tiling kinds (the administrative ones) left out."""
    nowhere = np.zeros((1, len(conditions)), dtype=bool)
    accepted = np.concatenate([_kinds_table(conditions, world)[world.zones.kind_of], nowhere])
    negated = _negated(conditions)

    def table(facts: Facts) -> Mask:
        first = np.full(len(facts), len(accepted) - 1)
        free = ~world.zones.tiling[facts.located.zones]
        # Zones come in order of precedence: written from the last to the first, the first remains.
        first[facts.located.points[free][::-1]] = facts.located.zones[free][::-1]
        return accepted[first].T ^ negated

    return table


def _per_report(test: Callable[[Condition, World], Callable[[Facts], Mask]]) -> Callable[[Many, World], Table]:
    """For fields where each condition is its own operation."""

    def build(conditions: Many, world: World) -> Table:
        tests = [test(condition, world) for condition in conditions]
        negated = _negated(conditions)
        return lambda facts: np.array([one(facts) for one in tests]).reshape(len(tests), -1) ^ negated

    return build


def _condition(condition: Condition, world: World) -> Callable[[Facts], Mask]:
    position = {code: index for index, code in enumerate(world.edition.categories)}
    # One number for category and condition together; a category has fewer than 1,000 conditions.
    refs = [ref.partition("/") for ref in condition["value"]]
    wanted = [position[code] * 1000 + int(number) for code, _, number in refs if code in position]
    return lambda facts: np.isin(facts.category * 1000 + facts.condition, wanted)


def _source(condition: Condition, world: World) -> Callable[[Facts], Mask]:
    wanted = [world.sources[uri] for uri in condition["value"]]
    return lambda facts: np.isin(facts.source, wanted)


def _component(role: str) -> Callable[[Condition, World], Callable[[Facts], Mask]]:
    def test(condition: Condition, world: World) -> Callable[[Facts], Mask]:
        wanted = frozenset(condition["value"])
        return lambda facts: np.fromiter((code in wanted for code in facts.component[role]), bool, len(facts))

    return test


def _hour(condition: Condition, world: World) -> Callable[[Facts], Mask]:
    begin, end = condition["value"]
    if begin <= end:
        return lambda facts: (begin <= facts.hour) & (facts.hour < end)
    return lambda facts: (facts.hour >= begin) | (facts.hour < end)  # 22 to 6 goes over midnight


def _season(condition: Condition, world: World) -> Callable[[Facts], Mask]:
    begin, end = (int(day[:2]) * 100 + int(day[3:]) for day in condition["value"])
    if begin <= end:
        return lambda facts: (begin <= facts.day) & (facts.day <= end)
    return lambda facts: (facts.day >= begin) | (facts.day <= end)  # 11-15 to 03-15 goes over the new year


def _text(condition: Condition, world: World) -> Callable[[Facts], Mask]:
    words = [word.lower() for word in condition["value"]]
    return lambda facts: np.fromiter((any(word in text for word in words) for text in facts.text), bool, len(facts))


def _flag(condition: Condition, world: World) -> Callable[[Facts], Mask]:
    wanted = frozenset(condition["value"])
    return lambda facts: np.full(len(facts), not wanted.isdisjoint(facts.flags))


def _count(condition: Condition, world: World) -> Callable[[Facts], Mask]:
    value = condition["value"]
    # The report itself is one of them: "the third here in 24 hours" has two before it.
    return lambda facts: facts.counts(value["hours"], value["same"]) + 1 >= value["reports"]


def _kinds(world: World) -> Any:
    return world.zone_kinds


def _departments(world: World) -> Any:
    return world.departments


FIELDS: dict[str, Field] = {
    "category": Field(
        "类别", "category", LISTS, "categories", listed(lambda world: world.conditions, "category"),
        _categories(lambda c, category: category.code in c["value"]),
    ),
    "major": Field(
        "大类", "major class", LISTS, "majors",
        listed(lambda world: {code[:4] for code in world.conditions}, "major"),
        _categories(lambda c, category: category.major in c["value"]),
    ),
    "kind": Field(
        "性质", "kind", ("eq",), "kinds", one_of(tuple(KINDS.values()), "kind"),
        _categories(lambda c, category: category.kind == c["value"]),
    ),
    "condition": Field("立案条件", "filing condition", LISTS, "conditions", values.condition, _per_report(_condition)),
    "channel": Field("来源", "channel", (*LISTS, "eq"), "channels", either("channel", CHANNELS), _channels(_has)),
    "source": Field(
        "来源系统", "source", LISTS, "sources", listed(lambda world: world.sources, "source"), _per_report(_source)
    ),
    "urgency": Field(
        "紧急程度", "urgency", ("eq", "ge", "le"), "urgencies", one_of((1, 2, 3), "urgency"), _urgencies(_compare)
    ),
    "zone": Field(
        "所在区域", "zone", LISTS, "zones", listed(lambda world: world.zone_refs, "zone"),
        _in_zones(_named_zones),
    ),
    "zone_kind": Field(
        "所在区域类型", "kind of zone", LISTS, "zone_kinds", listed(_kinds, "zone_kind"),
        _in_zones(_zones_of_kinds),
    ),
    "first_zone_kind": Field(
        "优先区域类型", "kind of the first zone", LISTS, "zone_kinds", listed(_kinds, "first_zone_kind"), _first_zone
    ),
    "has_component": Field(
        "关联部件", "component named", ("eq",), "yes_no", one_of((True, False), "has_component"),
        _per_report(lambda c, world: lambda facts: facts.has_component == c["value"]),
    ),
    "manager": Field(
        "部件主管部门", "component's managing department", LISTS, "departments", listed(_departments, "manager"),
        _per_report(_component("manager")),
    ),
    "owner": Field(
        "部件权属单位", "component's owner", LISTS, "departments", listed(_departments, "owner"),
        _per_report(_component("owner")),
    ),
    "maintainer": Field(
        "部件养护单位", "component's maintainer", LISTS, "departments", listed(_departments, "maintainer"),
        _per_report(_component("maintainer")),
    ),
    "hour": Field("时段", "hour", ("between",), "hours", values.hours, _per_report(_hour)),
    "weekday": Field(
        "星期", "weekday", LISTS, "weekdays", listed(lambda world: range(1, 8), "weekday"), _weekdays(_has)
    ),
    "season": Field("季节", "season", ("between",), "days", values.season, _per_report(_season)),
    "working": Field(
        "工作时间", "working hours", ("eq",), "yes_no", one_of((True, False), "working"),
        _per_report(lambda c, world: lambda facts: facts.working == c["value"]),
    ),
    "text": Field("描述", "text", ("contains",), "words", values.words, _per_report(_text)),
    "count": Field("同一网格重复上报", "reports of the same cell", ("ge",), "count", values.count, _per_report(_count)),
    "flag": Field(
        "城市状态", "state of the city", LISTS, "flags", listed(lambda world: world.flags, "flag"), _per_report(_flag)
    ),
}  # fmt: skip
