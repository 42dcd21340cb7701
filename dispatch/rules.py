"""Routing rules: ordered, typed conditions, evaluated for a whole batch at once, with a record of why.

A rule is data: `when` is a list of conditions that must all hold, `department` says where the case goes. Rules are
tried in order and the first whose conditions all hold decides. Names and types are checked when a rule is saved, by
reading it, never by evaluating it with made-up values; a rule that cannot be met is refused, not switched off.

Conditions are compiled to functions over columns (one NumPy operation for the whole batch), so that a rule costs the
same for one report as for hundreds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dispatch.catalogue import KINDS, Edition
from geo.lookup import Located, ZoneIndex

Mask = NDArray[np.bool_]
Condition = Mapping[str, Any]

CHANNELS = ("sensor", "hotline", "grid")
ROLES = ("manager", "owner", "maintainer")
OPERATORS = {
    "category": ("in", "not_in"),
    "major": ("in", "not_in"),
    "kind": ("eq",),
    "channel": ("in", "not_in", "eq"),
    "urgency": ("eq", "ge", "le"),
    "zone": ("in", "not_in"),
    "zone_kind": ("in", "not_in"),
    "hour": ("between",),
    "weekday": ("in", "not_in"),
    "text": ("contains",),
    "has_component": ("eq",),
}


class Written(msgspec.Struct):
    """The form of a rule as it is written; whether its names mean something is looked at after."""

    order: int
    name_zh: str
    name_en: str
    when: list[dict[str, Any]]
    department: str | dict[str, str]
    urgency: Annotated[int, msgspec.Meta(ge=1, le=3)] | None = None


@dataclass(frozen=True)
class World:
    """What the names in a rule are checked against and compiled with."""

    edition: Edition
    zones: ZoneIndex
    zone_kinds: frozenset[str]
    zone_refs: frozenset[str]
    departments: frozenset[str]


@dataclass
class Facts:
    """A batch of n reports as columns of shape (n,); local time is the city's."""

    category: NDArray[np.int64]  # index in the edition
    channel: NDArray[np.object_]
    urgency: NDArray[np.int64]
    text: Sequence[str]
    has_component: Mask
    located: Located
    hour: NDArray[np.float64]  # local, 0 to 24
    weekday: NDArray[np.int64]  # 1 Monday to 7 Sunday

    def __len__(self) -> int:
        return len(self.category)


@dataclass(frozen=True)
class Compiled:
    """A rule ready to be tried."""

    order: int
    name_zh: str
    name_en: str
    when: Sequence[Condition]
    masks: Sequence[Callable[[Facts], Mask]]
    department: str | Mapping[str, str]
    urgency: int | None


@dataclass(frozen=True)
class Decision:
    """For each report the position of the rule that decided, and of every rule before it the first condition that
    failed. shape of `failed`: (n, rules), int16; len(when) stands for "the department could not be told"."""

    chosen: NDArray[np.int64]
    failed: NDArray[np.int16]
    departments: list[str]


@dataclass(frozen=True)
class Rules:
    """A rule set in force."""

    version: str
    rules: Sequence[Compiled]

    def decide(self, facts: Facts, resolve: Callable[[int, Mapping[str, str]], str]) -> Decision:
        """Route a batch. `resolve(i, source)` gives the department that report i's object or zone names, or ''."""
        n = len(facts)
        chosen = np.full(n, -1, dtype=np.int64)
        failed = np.full((n, len(self.rules)), -1, dtype=np.int16)
        departments = [""] * n
        undecided = np.ones(n, dtype=bool)
        for position, rule in enumerate(self.rules):
            holds = undecided.copy()
            for number, mask in enumerate(rule.masks):
                passes = mask(facts)
                failed[holds & ~passes, position] = number
                holds &= passes
                if not holds.any():
                    break
            for i in np.flatnonzero(holds):
                source = rule.department
                department = source if isinstance(source, str) else resolve(int(i), source)
                if department:
                    departments[i], chosen[i] = department, position
                    undecided[i] = False
                else:
                    failed[i, position] = len(rule.masks)
            if not undecided.any():
                break
        return Decision(chosen, failed, departments)


def check(rules: Sequence[Mapping[str, Any]], world: World) -> None:
    """Raise ValueError with one sentence for the first fault of a rule set; else it can be compiled and will decide."""
    if not rules:
        raise ValueError("a rule set needs at least its default rule")
    for rule in rules:
        try:
            msgspec.convert(rule, Written)
        except msgspec.ValidationError as error:
            raise ValueError(f"rule {rule.get('order')} ({rule.get('name_zh')}): {error}") from error
    orders = [rule["order"] for rule in rules]
    if orders != sorted(set(orders)):
        raise ValueError("every rule needs an order of its own, ascending")
    for rule in rules:
        for condition in rule["when"]:
            fault = _fault(condition, world)
            if fault:
                raise ValueError(f"rule {rule['order']} ({rule['name_zh']}): {fault}")
        fault = _department_fault(rule, world)
        if fault:
            raise ValueError(f"rule {rule['order']} ({rule['name_zh']}): {fault}")
    default = rules[-1]
    if default["when"]:
        raise ValueError(f"the last rule ({default['order']}) must be the default: one without conditions")
    if not isinstance(default["department"], str) and not default["department"].get("else"):
        raise ValueError("the default rule must always know a department: give it one, or an 'else'")
    if any(not rule["when"] for rule in rules[:-1]):
        raise ValueError("only the last rule may be without conditions; those after it would never be tried")


def _fault(condition: Condition, world: World) -> str | None:
    field, op, value = condition.get("field"), condition.get("op"), condition.get("value")
    if field not in OPERATORS:
        return f"there is no field {field!r}; fields are {', '.join(OPERATORS)}"
    if op not in OPERATORS[field]:
        return f"{field} knows {', '.join(OPERATORS[field])}, not {op!r}"
    if op in ("in", "not_in", "contains"):
        if not isinstance(value, list) or not value:
            return f"{field} {op} needs a list of values"
        if field == "text":
            return None if all(isinstance(word, str) and word for word in value) else "text needs words"
        known: Any = {
            "category": world.edition.categories,
            "major": {category.major for category in world.edition.categories.values()},
            "channel": CHANNELS,
            "zone": world.zone_refs,
            "zone_kind": world.zone_kinds,
            "weekday": range(1, 8),
        }[field]
        missing = [str(one) for one in value if not isinstance(one, str | int) or one not in known]
        return f"there is no {field} {', '.join(missing)}" if missing else None
    if op == "between":
        hours = value if isinstance(value, list) else []
        fits = len(hours) == 2 and all(isinstance(hour, int | float) and 0 <= hour <= 24 for hour in hours)
        return None if fits else "hour between needs two hours from 0 to 24"
    expected: Any = {"kind": tuple(KINDS.values()), "channel": CHANNELS, "urgency": (1, 2, 3)}.get(field, (True, False))
    return None if value in expected else f"{field} must be one of {', '.join(map(str, expected))}, not {value!r}"


def _department_fault(rule: Mapping[str, Any], world: World) -> str | None:
    source = rule["department"]
    codes = [source] if isinstance(source, str) else [source["else"]] if source.get("else") else []
    for code in codes:
        if code not in world.departments:
            return f"there is no department {code!r}"
    if isinstance(source, str):
        return None
    if source.get("from") == "component" and source.get("role") in ROLES:
        return None
    if source.get("from") == "zone" and source.get("kind") in world.zone_kinds:
        return None
    return "the department must be a code, a component's manager, owner or maintainer, or a zone kind's department"


def compile_rules(version: str, rules: Sequence[Mapping[str, Any]], world: World) -> Rules:
    """Make a checked rule set ready for batches. Raises ValueError as `check` does."""
    check(rules, world)
    return Rules(
        version,
        [
            Compiled(
                rule["order"],
                rule["name_zh"],
                rule["name_en"],
                rule["when"],
                [_mask(condition, world) for condition in rule["when"]],
                rule["department"],
                rule.get("urgency"),
            )
            for rule in rules
        ],
    )


def _mask(condition: Condition, world: World) -> Callable[[Facts], Mask]:
    field, op, value = condition["field"], condition["op"], condition["value"]
    test = _TESTS[field](value, op, world)
    return (lambda facts: ~test(facts)) if op == "not_in" else test


def _category_test(accept: Callable[[Any], bool], world: World) -> Callable[[Facts], Mask]:
    table = np.array([accept(category) for category in world.edition.categories.values()], dtype=bool)
    return lambda facts: table[facts.category]


def _zone_test(positions: NDArray[np.bool_]) -> Callable[[Facts], Mask]:
    """True where any zone of a report is marked in `positions` (by position in the zone index)."""

    def test(facts: Facts) -> Mask:
        mask = np.zeros(len(facts), dtype=bool)
        mask[facts.located.points[positions[facts.located.zones]]] = True
        return mask

    return test


def _marked(accept: Callable[[Any], bool], world: World) -> NDArray[np.bool_]:
    return np.array([accept(zone) for zone in world.zones.zones], dtype=bool)


def _urgency(value: int, op: str, world: World) -> Callable[[Facts], Mask]:
    compare = {"eq": np.equal, "ge": np.greater_equal, "le": np.less_equal}[op]
    return lambda facts: compare(facts.urgency, value)


def _hour(value: Sequence[float], op: str, world: World) -> Callable[[Facts], Mask]:
    begin, end = value

    def test(facts: Facts) -> Mask:
        begun, not_ended = facts.hour >= begin, facts.hour < end
        # 22 to 6 goes over midnight
        return begun & not_ended if begin <= end else begun | not_ended

    return test


def _channel(value: Any, op: str, world: World) -> Callable[[Facts], Mask]:
    return lambda facts: np.isin(facts.channel, [value] if isinstance(value, str) else value)


_TESTS: dict[str, Callable[[Any, str, World], Callable[[Facts], Mask]]] = {
    "category": lambda value, op, world: _category_test(lambda category: category.code in value, world),
    "major": lambda value, op, world: _category_test(lambda category: category.major in value, world),
    "kind": lambda value, op, world: _category_test(lambda category: category.kind == value, world),
    "channel": _channel,
    "urgency": _urgency,
    "zone": lambda value, op, world: _zone_test(_marked(lambda zone: zone.ref in value, world)),
    "zone_kind": lambda value, op, world: _zone_test(_marked(lambda zone: zone.kind in value, world)),
    "hour": _hour,
    "weekday": lambda value, op, world: lambda facts: np.isin(facts.weekday, value),
    "text": lambda value, op, world: (
        lambda facts: np.array([any(word in text for word in value) for text in facts.text], dtype=bool)
    ),
    "has_component": lambda value, op, world: lambda facts: facts.has_component == value,
}
