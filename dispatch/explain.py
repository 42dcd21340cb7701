"""Why a case went where it went, in words, from the decision that was recorded when it was dispatched.

The record names versions, so that it is explained with the rules that held then, whatever holds today.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.catalogue import Edition
from dispatch.departments import departments
from dispatch.models import Case, Department, Flag, Rule
from dispatch.rules import FIELDS, ROLES
from dispatch.rules.compiled import read_record
from geo.models import ZoneKind, ZoneVersion

Words = tuple[str, str]  # Chinese, English


@dataclass(frozen=True)
class Tried:
    """A rule that was tried before or as the deciding one; `failed` says which condition did not hold."""

    order: int
    name_zh: str
    name_en: str
    matched: bool
    failed_zh: str = ""
    failed_en: str = ""


@dataclass(frozen=True)
class Explanation:
    sentence_zh: str
    sentence_en: str
    rule_set: str
    catalogue: str
    zones_version: int
    tried: list[Tried]


class Names:
    """Names of what rules mention, read once for an explanation."""

    def __init__(self, edition: Edition, rules: list[Rule]) -> None:
        self.edition = edition
        conditions = [condition for rule in rules for condition in rule.when]
        refs = [ref for c in conditions if c["field"] == "zone" for ref in c["value"]]
        codes = {ref.partition(":")[2] for ref in refs}
        versions = ZoneVersion.objects.filter(zone__code__in=codes).select_related("zone").order_by("number")
        self.zones = {f"{v.zone.kind_id}:{v.zone.code}": (v.name_zh, v.name_en) for v in versions}
        self.kinds = {kind.code: (kind.name_zh, kind.name_en) for kind in ZoneKind.objects.all()}
        self.departments = {d.code: (d.name_zh, d.name_en) for d in departments.fresh().values()}
        self.flags = {flag.code: (flag.name_zh, flag.name_en) for flag in Flag.objects.all()}
        self.majors = {c.major: (c.major_zh, c.major_en) for c in edition.categories.values()}

    def of(self, field: str, value: Any) -> Words:
        if field == "category" and value in self.edition.categories:
            category = self.edition.categories[value]
            return category.name_zh, category.name_en
        if field == "condition":
            code, _, number = str(value).partition("/")
            zh, en = self.of("category", code)
            return f"{zh}（立案条件 {number}）", f"{en}, filing condition {number}"
        found = {
            "major": self.majors,
            "zone": self.zones,
            "zone_kind": self.kinds,
            "first_zone_kind": self.kinds,
            **dict.fromkeys(ROLES, self.departments),
            "flag": self.flags,
            "channel": CHANNELS,
            "weekday": WEEKDAYS,
            "kind": KINDS,
        }.get(field, {})
        return found.get(value, (str(value), str(value)))


CHANNELS: dict[Any, Words] = {
    "sensor": ("传感器", "sensor"),
    "hotline": ("12345 热线", "12345 hotline"),
    "grid": ("网格员", "grid worker"),
}
KINDS: dict[Any, Words] = {"component": ("部件", "component"), "event": ("事件", "event")}
WEEKDAYS: dict[Any, Words] = {
    1: ("周一", "Monday"),
    2: ("周二", "Tuesday"),
    3: ("周三", "Wednesday"),
    4: ("周四", "Thursday"),
    5: ("周五", "Friday"),
    6: ("周六", "Saturday"),
    7: ("周日", "Sunday"),
}
OPERATORS: dict[str, Words] = {
    "in": ("属于", "is one of"),
    "not_in": ("不属于", "is none of"),
    "eq": ("是", "is"),
    "ne": ("不是", "is not"),
    "ge": ("不低于", "is at least"),
    "le": ("不高于", "is at most"),
    "between": ("介于", "is between"),
    "contains": ("含有", "contains"),
}
SINGLE = {"in": "eq", "not_in": "ne"}  # how a list of one is said
MOST_NAMED = 4  # values written out before "and n more"


def condition_words(condition: Mapping[str, Any], names: Names) -> Words:
    """A condition as a person would say it."""
    field, value = condition["field"], condition["value"]
    if field == "has_component":
        return ("指明了部件", "names a component") if value else ("没有指明部件", "names no component")
    if field == "working":
        return (
            ("在工作时间内", "it is within working hours") if value else ("在工作时间外", "it is outside working hours")
        )
    if field == "count":
        return _count_words(value)
    values = value if isinstance(value, list) else [value]
    if field == "season":
        return f"日期在 {value[0]} 至 {value[1]}", f"the day is between {value[0]} and {value[1]}"
    if field == "hour":
        return f"时间在 {value[0]}:00–{value[1]}:00", f"the hour is between {value[0]}:00 and {value[1]}:00"
    words = [names.of(field, one) for one in values[:MOST_NAMED]]
    zh, en = "、".join(w[0] for w in words), ", ".join(w[1] for w in words)
    if len(values) > MOST_NAMED:
        zh, en = f"{zh} 等 {len(values)} 项", f"{en} and {len(values) - MOST_NAMED} more"
    op = SINGLE.get(condition["op"], condition["op"]) if len(values) == 1 else condition["op"]
    return f"{FIELDS[field].zh}{OPERATORS[op][0]}{zh}", f"{FIELDS[field].en} {OPERATORS[op][1]} {en}"


_SAME: dict[str, Words] = {
    "category": ("同类别", "of the same category"),
    "major": ("同大类", "of the same major class"),
    "any": ("任何类别", "of any category"),
}


def _count_words(value: Mapping[str, Any]) -> Words:
    zh, en = _SAME[value["same"]]
    return (
        f"同一网格 {value['hours']:g} 小时内{zh}上报达到 {value['reports']} 次",
        f"it is at least report number {value['reports']} {en} from its cell within {value['hours']:g} hours",
    )


def _matched_words(condition: Mapping[str, Any], case: Case, names: Names) -> Words:
    """A condition that held, with what it held for: this category, this park, instead of all that would have done."""
    field = condition["field"]
    if condition["op"] == "in" and field == "category":
        zh, en = names.of("category", case.category)
        return f"类别是{zh}", f"the category is {en}"
    if condition["op"] == "in" and field in ("zone", "zone_kind"):
        wanted = condition["value"]
        held = ZoneVersion.objects.filter(zone__in=case.zones).select_related("zone").order_by("zone", "number")
        inside = {v.zone_id: v for v in held if (str(v.zone) if field == "zone" else v.zone.kind_id) in wanted}.values()
        if inside:
            return "位于" + "、".join(v.name_zh for v in inside), "it lies in " + ", ".join(v.name_en for v in inside)
    return condition_words(condition, names)


def explain(case: Case, edition: Edition) -> Explanation:
    """The explanation of a case's dispatch; `edition` is the catalogue of the case."""
    rules = Rule.objects.filter(rule_set__version=case.decision["rules"]).order_by("order")
    return explain_by(list(rules[: case.decision["rule"] + 1]), case, edition)


def explain_by(rules: list[Rule], case: Case, edition: Edition) -> Explanation:
    """The same where the rules are given: those that were tried, the deciding one last. Neither need be stored."""
    decision = case.decision
    names = Names(edition, rules)
    tried = [_tried(rule, failed, names) for rule, failed in zip(rules, read_record(decision["failed"]), strict=False)]
    chosen = rules[-1]
    tried.append(Tried(chosen.order, chosen.name_zh, chosen.name_en, matched=True))
    zh, en = _sentence(chosen, case, names)
    return Explanation(zh, en, decision["rules"], decision["catalogue"], decision["zones"], tried)


def _tried(rule: Rule, failed: int, names: Names) -> Tried:
    if failed < len(rule.when):
        zh, en = condition_words(rule.when[failed], names)
        zh, en = f"不成立：{zh}", f"does not hold: {en}"
    else:
        zh, en = "无法确定该规则所指的部门", "the department that it names could not be told"
    return Tried(rule.order, rule.name_zh, rule.name_en, matched=False, failed_zh=zh, failed_en=en)


def _sentence(rule: Rule, case: Case, names: Names) -> Words:
    code = case.decision["department"]
    department = Department.objects.filter(pk=code).first()
    to_zh, to_en = (department.name_zh, department.name_en) if department else (code, code)
    because = [_matched_words(condition, case, names) for condition in rule.when]
    zh = "，且".join(words[0] for words in because) or "没有更具体的规则适用"
    en = " and ".join(words[1] for words in because) or "no more particular rule applies"
    source = rule.department
    if isinstance(source, dict) and source.get("from") == "component":
        of_zh, of_en = (
            "（该部件的" + _ROLES[source["role"]][0] + "）",
            f" ({_ROLES[source['role']][1]} of the component)",
        )
    elif isinstance(source, dict):
        kind_zh, kind_en = names.of("zone_kind", source["kind"])
        of_zh, of_en = f"（所在{kind_zh}的责任部门）", f" (responsible for the {kind_en.lower()})"
    else:
        of_zh = of_en = ""
    return (
        f"因为{zh}，按规则 {rule.order}「{rule.name_zh}」派往{to_zh}{of_zh}。",
        f"Because {en}, rule {rule.order} “{rule.name_en}” sends it to {to_en}{of_en}.",
    )


_ROLES: dict[str, Words] = {
    "manager": ("主管部门", "managing department"),
    "owner": ("权属单位", "owner"),
    "maintainer": ("养护单位", "maintainer"),
}
