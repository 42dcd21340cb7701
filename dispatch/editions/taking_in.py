"""What a table would change against the edition in force; and the new edition that it becomes."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dispatch import catalogue, routing
from dispatch.editions.reading import Fault, Line, Table, read
from dispatch.models import Catalogue, Category, CategoryMapping, FilingCondition, LimitVariant, RuleSet, in_force
from dispatch.rules.checking import faults as rule_faults
from geo.lookup import index
from twin import audit, clock, journal, revisions
from twin.models import Role, User
from twin.problems import Problem


@dataclass
class Plan:
    """What taking in a table would do. With faults it cannot be taken in."""

    token: str
    table: Table
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    mapped: dict[str, str] = field(default_factory=dict)  # new code to the one it replaces
    rules: list[str] = field(default_factory=list)  # faults that today's rules would have with it

    @property
    def faults(self) -> list[Fault]:
        return self.table.faults

    def out(self) -> dict[str, Any]:
        lines = self.table.lines
        return {
            "plan": self.token,
            "rows": len(lines),
            "categories": len({line.code for line in lines}),
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "mapped": self.mapped,
            "unknown_columns": self.table.unknown_columns,
            "rules": self.rules,
            "names": {line.code: [line.values["name_zh"], line.values.get("name_en", "")] for line in lines},
            "faults": [vars(fault) for fault in self.faults],
        }


def plan(path: Path, name: str = "", columns: Mapping[str, str] | None = None) -> Plan:
    """Read a table and compare it. Raises ValueError if it cannot be read at all."""
    table = read(path, name, columns)
    seen = path.read_bytes() + orjson.dumps(dict(columns or {}), option=orjson.OPT_SORT_KEYS)
    made = Plan(hashlib.sha256(seen).hexdigest()[:16], table)
    known = revisions.read()
    try:
        held = catalogue.current(known)
    except revisions.NotReady:
        held = None
    new, old = _by_code(table.lines), _stored(held)
    made.added, made.removed = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    made.changed = sorted(code for code in new.keys() & old.keys() if _facts(new[code]) != old[code])
    made.unchanged = len(new.keys() & old.keys()) - len(made.changed)
    for line in table.lines:
        replaces = line.values.get("replaces", "")
        if replaces and held is not None and replaces not in old:
            en, zh = f"it replaces {replaces}, which {held.label} does not have", f"{held.label} 中没有 {replaces}"
            made.faults.append(Fault(line.number, en, zh, "replaces"))
        elif replaces:
            made.mapped[line.code] = replaces
    if held is not None and not made.faults:
        made.rules = _rules_that_break(new.keys(), known)
    return made


def take_in(
    path: Path,
    name: str,
    user: User,
    *,
    standard: str,
    version: str,
    holds_from: datetime | None = None,
    names: tuple[str, str] = ("", ""),
    token: str = "",
    columns: Mapping[str, str] | None = None,
    request: HttpRequest | None = None,
) -> tuple[Plan, Catalogue]:
    """Make an edition of a table, in one transaction. Cases keep the edition under which they were filed.

    Raises Problem: 409 if the table is not the one that was looked at, or the edition is there; 422 with all faults.
    """
    if not user.may_act_as({Role.ADMINISTRATOR}):
        raise PermissionDenied("The catalogue is changed by administrators.")
    made = plan(path, name, columns)
    if token and token != made.token:
        raise Problem(
            409,
            "The table is no longer the one that was looked at; look at its plan again.",
            detail_zh="文件或列的选择已变；请重新试运行。",
        )
    if made.faults:
        zh = made.faults[0].zh or made.faults[0].text
        raise Problem(422, f"Nothing was taken in: {made.faults[0].text}", detail_zh=f"未导入：{zh}", **made.out())
    with journal.writing() as said:
        if Catalogue.objects.filter(standard=standard, version=version).exists():
            raise Problem(
                409,
                f"There is an edition {standard} {version} already; give it another version.",
                detail_zh=f"已有版本 {standard} {version}，请换一个版本号。",
            )
        begin = holds_from or said.at
        if begin < said.at and Catalogue.objects.exists():
            raise Problem(
                422,
                "An edition cannot hold from the past: cases were filed under the one before.",
                detail_zh="生效时间不能早于现在：已有案卷按前一版本立案。",
            )
        edition = Catalogue.objects.create(
            standard=standard,
            version=version,
            name_zh=names[0] or standard,
            name_en=names[1] or standard,
            holds_from=begin,
        )
        _write(edition, made)
        audit.record(
            "catalogue.taken_in",
            user,
            "catalogue",
            f"{standard} {version}",
            request=request,
            rows=len(made.table.lines),
        )
        revisions.bump("catalogue")
    return made, edition


def _write(edition: Catalogue, made: Plan) -> None:
    categories: dict[str, Category] = {}
    conditions: dict[tuple[str, int], FilingCondition] = {}
    variants = []
    for line in _plain_first(made.table.lines):
        category = categories.setdefault(line.code, _category(edition, line))
        condition = conditions.setdefault((line.code, line.condition), _condition(category, line))
        if line.area_class or line.season:
            variants.append(
                LimitVariant(
                    condition=condition,
                    area_class=line.area_class,
                    season=list(line.season),
                    limit_value=line.limit.value,
                    limit_unit=line.limit.unit,
                )
            )
    Category.objects.bulk_create(categories.values())
    FilingCondition.objects.bulk_create(conditions.values())
    LimitVariant.objects.bulk_create(variants)
    previous = (
        Catalogue.objects.exclude(pk=edition.pk)
        .filter(holds_from__lte=edition.holds_from)
        .order_by("holds_from", "pk")
        .last()
    )
    if previous is not None:
        old = set(previous.categories.values_list("code", flat=True))
        CategoryMapping.objects.bulk_create(
            CategoryMapping(edition=edition, code=code, previous=previous, previous_code=made.mapped.get(code, code))
            for code in categories
            if made.mapped.get(code, code) in old
        )


def _category(edition: Catalogue, line: Line) -> Category:
    v = line.values
    return Category(
        catalogue=edition,
        code=line.code,
        major_zh=v["major_zh"],
        major_en=v.get("major_en") or v["major_zh"],
        name_zh=v["name_zh"],
        name_en=v.get("name_en") or v["name_zh"],
        city_extension=v.get("origin") in ("city_extension", "扩展", "城市扩展"),
    )


def _condition(category: Category, line: Line) -> FilingCondition:
    v = line.values
    return FilingCondition(
        category=category,
        number=line.condition,
        text_zh=v["condition_zh"],
        text_en=v.get("condition_en") or v["condition_zh"],
        closing_zh=v["closing_zh"],
        closing_en=v.get("closing_en") or v["closing_zh"],
        limit_value=line.limit.value,
        limit_unit=line.limit.unit,
        urgency=line.urgency,
    )


def _by_code(lines: Sequence[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.code, []).append(line)
    return found


Facts = dict[int, tuple[tuple[Any, ...], frozenset[tuple[Any, ...]]]]  # of each condition: itself, and its variants


def _plain_first(lines: Sequence[Line]) -> list[Line]:
    """A condition's usual limit is that of its row without season and class, wherever in the table it stands."""
    return sorted(lines, key=lambda line: bool(line.area_class or line.season))


def _facts(lines: Sequence[Line]) -> Facts:
    """What makes a category of the table the same as a stored one."""
    found: dict[int, tuple[tuple[Any, ...], set[tuple[Any, ...]]]] = {}
    for line in _plain_first(lines):
        texts = (line.values["name_zh"], line.values["condition_zh"], line.values["closing_zh"])
        whole = (*texts, line.limit.value, line.limit.unit, line.urgency)
        _, variants = found.setdefault(line.condition, (whole, set()))
        if line.area_class or line.season:
            variants.add((line.area_class, *line.season, line.limit.value, line.limit.unit))
    return {number: (whole, frozenset(variants)) for number, (whole, variants) in found.items()}


def _stored(held: catalogue.Edition | None) -> dict[str, Facts]:
    return {
        code: {
            number: (
                (category.name_zh, c.text_zh, c.closing_zh, c.limit_value, c.limit_unit, c.urgency),
                frozenset((v.area_class, *v.season, v.limit_value, v.limit_unit) for v in c.variants.all()),
            )
            for number, c in category.conditions.items()
        }
        for code, category in (held.categories.items() if held else ())
    }


def _rules_that_break(codes: Collection[str], known: revisions.Revisions) -> list[str]:
    """Sentences, in both languages, about rules in force that name what the table does not have."""
    rule_set = in_force(RuleSet.objects.all(), clock.now(known))
    if not isinstance(rule_set, RuleSet):
        return []
    now = routing.world(index.fresh(clock.now(known), known), known)
    kept = {code: numbers for code, numbers in now.conditions.items() if code in codes}
    found = rule_faults(routing.written(rule_set), replace(now, conditions=kept))
    return [f"{fault.says.zh}。{fault.says.en}" for fault in found]
