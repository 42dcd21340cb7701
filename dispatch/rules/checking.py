"""Rules are checked when they are saved, by reading them. A fault is one sentence about one rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from dispatch.models import LimitUnit
from dispatch.rules.facts import World
from dispatch.rules.fields import FIELDS, ROLES, Condition

MOST_CONDITIONS = 40  # of one rule; a decision's record has one character for each
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Limit(msgspec.Struct):
    """A time limit that a rule gives instead of the filing condition's."""

    value: Positive
    unit: Literal["urgent_hour", "working_hour", "working_day", "calendar_day"]


class Written(msgspec.Struct):
    """The form of a rule as it is written; whether its names mean something is looked at after."""

    order: int
    name_zh: str
    name_en: str
    when: list[dict[str, Any]]
    department: str | dict[str, str]
    urgency: Annotated[int, msgspec.Meta(ge=1, le=3)] | None = None
    joint: list[str] = []
    limit: Limit | None = None
    notify: list[str] = []


assert set(Limit.__annotations__["unit"].__args__) == set(LimitUnit)


@dataclass(frozen=True)
class Fault:
    """What is wrong: with which rule (its position; none: with the set), and with which of its conditions."""

    text: str
    rule: int | None = None
    condition: int | None = None

    def out(self) -> dict[str, Any]:
        return {"rule": self.rule, "condition": self.condition, "text": self.text}


def check(rules: Sequence[Mapping[str, Any]], world: World) -> None:
    """Raise ValueError with one sentence for the first fault of a rule set; else it can be compiled and will decide."""
    found = faults(rules, world)
    if found:
        raise ValueError(found[0].text)


def faults(rules: Sequence[Mapping[str, Any]], world: World) -> list[Fault]:
    """Everything that is wrong with a rule set. What its rules mean is looked at when their form is right."""
    if not rules:
        return [Fault("a rule set needs at least its default rule")]
    found = [fault for position, rule in enumerate(rules) if (fault := _form_fault(position, rule))]
    if found:
        return found
    orders = [rule["order"] for rule in rules]
    if orders != sorted(set(orders)):
        found.append(Fault("every rule needs an order of its own, ascending"))
    for position, rule in enumerate(rules):
        found += _rule_faults(position, rule, world)
    return found + list(_default_faults(rules))


def _form_fault(position: int, rule: Mapping[str, Any]) -> Fault | None:
    try:
        msgspec.convert(rule, Written)
    except msgspec.ValidationError as error:
        name = (rule.get("order"), rule.get("name_zh")) if isinstance(rule, Mapping) else (position + 1, "?")
        return Fault(f"rule {name[0]} ({name[1]}): {error}", position)
    return None


def _rule_faults(position: int, rule: Mapping[str, Any], world: World) -> Iterator[Fault]:
    named = f"rule {rule['order']} ({rule['name_zh']})"
    if len(rule["when"]) > MOST_CONDITIONS:
        yield Fault(f"{named}: it has {len(rule['when'])} conditions; {MOST_CONDITIONS} at most", position)
    for number, condition in enumerate(rule["when"]):
        if fault := condition_fault(condition, world):
            yield Fault(f"{named}: {fault}", position, number)
    for fault in (_department_fault(rule, world), _others_fault(rule, world)):
        if fault:
            yield Fault(f"{named}: {fault}", position)


def _default_faults(rules: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    default, last = rules[-1], len(rules) - 1
    if default["when"]:
        yield Fault(f"the last rule ({default['order']}) must be the default: one without conditions", last)
    if not isinstance(default["department"], str) and not default["department"].get("else"):
        yield Fault("the default rule must always know a department: give it one, or an 'else'", last)
    for position, rule in enumerate(rules[:-1]):
        if not rule["when"]:
            yield Fault("only the last rule may be without conditions; those after it would never be tried", position)


def condition_fault(condition: Condition, world: World) -> str | None:
    """What is wrong with one condition, or None."""
    name, op = condition.get("field"), condition.get("op")
    field = FIELDS.get(name) if isinstance(name, str) else None
    if field is None:
        return f"there is no field {name!r}; fields are {', '.join(FIELDS)}"
    if op not in field.operators:
        return f"{name} knows {', '.join(field.operators)}, not {op!r}"
    if "value" not in condition:
        return f"{name} {op} needs a value"
    return field.check(op, condition["value"], world)


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


def _others_fault(rule: Mapping[str, Any], world: World) -> str | None:
    for what in ("joint", "notify"):
        unknown = [code for code in rule.get(what) or [] if code not in world.departments]
        if unknown:
            return f"{what} names departments that there are not: {', '.join(unknown)}"
    return None
