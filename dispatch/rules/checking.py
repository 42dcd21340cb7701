"""Rules are checked when they are saved, by reading them. A fault is one sentence about one rule, in both languages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from dispatch.models import LimitUnit
from dispatch.rules.facts import World
from dispatch.rules.fields import FIELDS, ROLES, Condition
from dispatch.rules.values import OPERATORS, Says

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


class Faulty(ValueError):
    """A rule set that cannot be used; the English sentence is the error's own."""

    def __init__(self, says: Says) -> None:
        super().__init__(says.en)
        self.zh = says.zh


@dataclass(frozen=True)
class Fault:
    """What is wrong: with which rule (its position; none: with the set), and with which of its conditions."""

    says: Says
    rule: int | None = None
    condition: int | None = None

    def out(self) -> dict[str, Any]:
        return {"rule": self.rule, "condition": self.condition, "text_zh": self.says.zh, "text_en": self.says.en}


def check(rules: Sequence[Mapping[str, Any]], world: World) -> None:
    """Raise Faulty (a ValueError) for the first fault of a rule set; else it can be compiled and will decide."""
    found = faults(rules, world)
    if found:
        raise Faulty(found[0].says)


def faults(rules: Sequence[Mapping[str, Any]], world: World) -> list[Fault]:
    """Everything that is wrong with a rule set. What its rules mean is looked at when their form is right."""
    if not rules:
        return [Fault(Says("规则集至少要有默认规则", "a rule set needs at least its default rule"))]
    found = [fault for position, rule in enumerate(rules) if (fault := _form_fault(position, rule))]
    if found:
        return found
    orders = [rule["order"] for rule in rules]
    if orders != sorted(set(orders)):
        found.append(Fault(Says("各规则的序号须互不相同并递增", "every rule needs an order of its own, ascending")))
    for position, rule in enumerate(rules):
        found += _rule_faults(position, rule, world)
    return found + list(_default_faults(rules))


def _form_fault(position: int, rule: Mapping[str, Any]) -> Fault | None:
    try:
        msgspec.convert(rule, Written)
    except msgspec.ValidationError as error:
        order, name = (rule.get("order"), rule.get("name_zh")) if isinstance(rule, Mapping) else (position + 1, "?")
        where = re.findall(r"`(\$?[.\w\[\]]+)`", str(error))[
            -1:
        ]  # what misses, or where it stands; last of the message
        zh = f"格式不正确（{where[0]}）" if where else "格式不正确"
        return Fault(Says(zh, str(error)).about(f"规则 {order}（{name}）", f"rule {order} ({name})"), position)
    return None


def _rule_faults(position: int, rule: Mapping[str, Any], world: World) -> Iterator[Fault]:
    def of_rule(says: Says) -> Says:
        order, name = rule["order"], rule["name_zh"]
        return says.about(f"规则 {order}（{name}）", f"rule {order} ({name})")

    if (many := len(rule["when"])) > MOST_CONDITIONS:
        says = Says(
            f"有 {many} 个条件；最多 {MOST_CONDITIONS} 个", f"it has {many} conditions; {MOST_CONDITIONS} at most"
        )
        yield Fault(of_rule(says), position)
    for number, condition in enumerate(rule["when"]):
        if fault := condition_fault(condition, world):
            yield Fault(of_rule(fault), position, number)
    for fault in (_department_fault(rule, world), _others_fault(rule, world)):
        if fault:
            yield Fault(of_rule(fault), position)


def _default_faults(rules: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    default, last = rules[-1], len(rules) - 1
    if default["when"]:
        says = Says(
            f"最后一条规则（{default['order']}）须为默认规则，不带条件",
            f"the last rule ({default['order']}) must be the default: one without conditions",
        )
        yield Fault(says, last)
    if not isinstance(default["department"], str) and not default["department"].get("else"):
        says = Says(
            "默认规则须总能确定部门：请指定部门，或填写“否则派往”",
            "the default rule must always know a department: give it one, or an 'else'",
        )
        yield Fault(says, last)
    for position, rule in enumerate(rules[:-1]):
        if not rule["when"]:
            says = Says(
                "只有最后一条规则可以不带条件，否则其后的规则都不会被用到",
                "only the last rule may be without conditions; those after it would never be tried",
            )
            yield Fault(says, position)


def condition_fault(condition: Condition, world: World) -> Says | None:
    """What is wrong with one condition, or None."""
    name, op = condition.get("field"), condition.get("op")
    field = FIELDS.get(name) if isinstance(name, str) else None
    if field is None:
        return Says(f"没有条件 {name!r}", f"there is no field {name!r}; fields are {', '.join(FIELDS)}")
    if op not in field.operators:
        known = "、".join(OPERATORS[one] for one in field.operators)
        return Says(f"{field.zh}只能用{known}，不能用 {op!r}", f"{name} knows {', '.join(field.operators)}, not {op!r}")
    if "value" not in condition:
        return Says(f"{field.zh}缺少取值", f"{name} {op} needs a value")
    says = field.check(op, condition["value"], world)
    return says and Says(f"{field.zh}：{says.zh}", says.en)


def _department_fault(rule: Mapping[str, Any], world: World) -> Says | None:
    source = rule["department"]
    codes = [source] if isinstance(source, str) else [source["else"]] if source.get("else") else []
    for code in codes:
        if code not in world.departments:
            return Says(f"没有部门 {code!r}" if code else "尚未选择去向部门", f"there is no department {code!r}")
    if isinstance(source, str):
        return None
    if source.get("from") == "component" and source.get("role") in ROLES:
        return None
    if source.get("from") == "zone" and source.get("kind") in world.zone_kinds:
        return None
    return Says(
        "去向须为一个部门，或部件的主管、权属、养护单位，或某类区域的责任部门",
        "the department must be a code, a component's manager, owner or maintainer, or a zone kind's department",
    )


def _others_fault(rule: Mapping[str, Any], world: World) -> Says | None:
    for what, zh in (("joint", "协办部门"), ("notify", "通知部门")):
        unknown = [code for code in rule.get(what) or [] if code not in world.departments]
        if unknown:
            return Says(
                f"{zh}中没有 {'、'.join(unknown)}", f"{what} names departments that there are not: {', '.join(unknown)}"
            )
    return None
