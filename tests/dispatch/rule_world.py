"""A small world for rules that needs no database: four categories, three zones, three departments."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from dispatch.catalogue import CategoryFacts, Edition
from dispatch.models import FilingCondition
from dispatch.rules import Facts, Rules, World, compile_rules
from geo.lookup import ZoneFacts, ZoneIndex
from tests.small_city import middle, square

CODES = ("C-01-01", "C-01-02", "C-02-01", "E-01-10", "E-05-06")
ZONES = [("park", "PK1", square(1, 1)), ("school", "SC1", square(1, 1)), ("street", "ST1", square(0, 0, 4, 4))]
DEPARTMENTS = frozenset({"UMB", "UMB.SAN", "WAT"})
DEFAULT = {"order": 9999, "name_zh": "默认", "name_en": "Default", "when": [], "department": "UMB"}


def world() -> World:
    condition = FilingCondition(number=1, limit_value=1, limit_unit="working_day", urgency=1)
    categories = {
        code: CategoryFacts(index, code, code, code, code[:4], code[:4], {1: condition, 2: condition})
        for index, code in enumerate(CODES)
    }
    facts = [ZoneFacts(number, kind, code, code, code, 0, "") for number, (kind, code, _) in enumerate(ZONES, 1)]
    index = ZoneIndex(facts, [shape for _, _, shape in ZONES], {"street"})
    refs = frozenset(facts_.ref for facts_ in facts)
    edition = Edition(1, "test", "1", datetime(2026, 1, 1, tzinfo=UTC), categories)
    return World(
        edition,
        index,
        frozenset({"park", "school", "street"}),
        refs,
        DEPARTMENTS,
        {code: frozenset({1, 2}) for code in CODES},
        sources={"urn:hotline": 1, "urn:sensors": 2},
        flags=frozenset({"wartime", "rainstorm"}),
    )


WORLD = world()


def condition(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def rule(order: int, *when: dict[str, Any], department: Any = "WAT", **more: Any) -> dict[str, Any]:
    return (
        {"order": order, "name_zh": f"规则{order}", "name_en": f"Rule {order}", "when": list(when)}
        | {"department": department}
        | more
    )


def compiled(*rules: dict[str, Any]) -> Rules:
    return compile_rules("1", [*rules, DEFAULT], WORLD)


def facts(*reports: dict[str, Any], hour: float = 10.0, weekday: int = 1, day: int = 601, **more: Any) -> Facts:
    """Reports as columns; each is an event of cell (0, 0), routine, by the hotline, unless said otherwise."""
    usual = {
        "category": "E-01-10", "condition": 1, "channel": "hotline", "source": 1, "urgency": 1, "text": "",
        "component": {}, "place": middle(0, 0),
    }  # fmt: skip
    rows: list[dict[str, Any]] = [usual | report for report in reports]
    places = np.array([row["place"] for row in rows], dtype=np.float64)
    return Facts(
        category=np.array([CODES.index(row["category"]) for row in rows]),
        condition=np.array([row["condition"] for row in rows]),
        channel=np.array([row["channel"] for row in rows], dtype=object),
        source=np.array([row["source"] for row in rows]),
        urgency=np.array([row["urgency"] for row in rows]),
        text=[row["text"] for row in rows],
        component={
            role: np.array([row["component"].get(role, "") for row in rows], dtype=object)
            for role in ("manager", "owner", "maintainer")
        },
        located=WORLD.zones.locate(places[:, 0], places[:, 1]),
        hour=np.full(len(rows), hour),
        weekday=np.full(len(rows), weekday),
        day=np.full(len(rows), day),
        working=np.array([row.get("working", True) for row in rows]),
        **more,
    )


def departments(rules: Rules, batch: Facts, named: Sequence[str] = ()) -> list[str]:
    """Where the batch goes; `named[i]` is what report i's component or zone names."""
    return rules.decide(batch, lambda i, source: named[i] if named else "").departments
