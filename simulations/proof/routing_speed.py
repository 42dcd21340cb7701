"""`yiwang bench route`: reports a second to their departments by 1,000 rules, on one core, with the record of why."""

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from dispatch import routing
from dispatch.deciding import Matter, decide, record_of
from geo.lookup import Located, index
from simulations.proof.locate import draw_points
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.private import PrivateCity
from twin import clock, revisions

BATCH = 500  # reports; what a worker finds waiting at some thousands a second
ROUNDS = 3  # the best of which counts
WORDS = ("积水", "井盖", "噪音", "路灯", "垃圾", "漏水", "燃气", "树枝", "占道", "油烟", "wires", "smell", "flood")
TEXTS = ("路口积水约二十厘米，车辆绕行", "井盖缺失，有坠落危险", "夜间施工噪音扰民", "路灯不亮", "店外经营占道", "")


def bench_route(city: PrivateCity, rules: int, reports: int, say: Narrator) -> Outcome:
    """Raises CannotProve as `draw_points` does."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(everywhere)})
    try:
        return _bench(rules, reports, say)
    finally:
        os.sched_setaffinity(0, everywhere)


def _bench(count: int, reports: int, say: Narrator) -> Outcome:
    known = revisions.read()
    zones = index.fresh(clock.now(known), known)
    world = routing.world(zones, known)
    say(f"drawing {count:,} rules and {reports:,} reports")
    drawn = draw_rules(world, count)
    began = time.perf_counter()
    now = routing.with_rules(drawn, zones, known)
    compiling = time.perf_counter() - began
    points = draw_points(reports)
    located = zones.locate(points.lon, points.lat)
    matters = draw_matters(world, reports)
    say("routing")
    best, chosen = np.inf, np.zeros(0, dtype=np.int64)
    for _ in range(ROUNDS):
        cpu = time.process_time()
        chosen = _route(now, matters, located)
        best = min(best, time.process_time() - cpu)
    rate = reports / float(best)
    return Outcome(
        "route",
        {
            f"reports_per_second_at_{count}_rules": round(rate),
            "microseconds_a_report": round(1e6 / rate, 1),
            "compile_seconds": round(compiling, 3),
            "rules_that_decided": len(np.unique(chosen)),
            "share_of_the_default": round(float(np.mean(chosen == count - 1)), 3),
            "conditions": sum(len(rule["when"]) for rule in drawn),
        },
        {"batch": BATCH, "reports": reports, "zones": len(zones.zones)} | machine(),
        "one core; facts, all conditions, departments and the record as JSON, after the zones are known",
    )


def _route(now: routing.Routing, matters: Sequence[Matter], located: Located) -> Any:
    chosen = []
    for begin in range(0, len(matters), BATCH):
        some = matters[begin : begin + BATCH]
        here = located.take(np.arange(begin, begin + len(some), dtype=np.int32))
        decision = decide(now, some, here, {})
        for i, matter in enumerate(some):
            orjson.dumps(record_of(now, decision, i, matter))
        chosen.append(decision.chosen)
    return np.concatenate(chosen)


def draw_matters(world: Any, count: int) -> list[Matter]:
    dice = np.random.default_rng(3)
    categories = list(world.edition.categories.values())
    now = clock.now()
    return [
        Matter(
            category=category.index,
            condition=category.first_condition,
            channel=("sensor", "hotline", "grid")[kind % 3],
            source=1 + kind % 3,
            urgency=1 + kind % 3,
            text=TEXTS[kind % len(TEXTS)],
            component="",
            at=now,
        )
        for category, kind in zip(
            (categories[i] for i in dice.integers(0, len(categories), count)),
            dice.integers(0, 1_000, count).tolist(),
            strict=True,
        )
    ]


def draw_rules(world: Any, count: int) -> list[dict[str, Any]]:
    """Rules as a large city has them: mostly a few categories, within places, and one or two conditions more."""
    dice = np.random.default_rng(4)
    codes, departments = sorted(world.edition.categories), sorted(world.departments)
    free = sorted(ref for ref in world.zone_refs if not ref.startswith(("cell:", "district:")))

    def some(values: Sequence[Any], most: int) -> list[Any]:
        return [values[i] for i in dice.choice(len(values), int(dice.integers(1, most + 1)), replace=False)]

    def more() -> dict[str, Any]:
        kinds: list[dict[str, Any]] = [
            {"field": "zone", "op": "in", "value": some(free, 3)},
            {"field": "zone", "op": "not_in", "value": some(free, 3)},
            {"field": "zone_kind", "op": "in", "value": some(["park", "school", "estate", "campus"], 2)},
            {"field": "text", "op": "contains", "value": some(WORDS, 3)},
            {"field": "channel", "op": "in", "value": some(("sensor", "hotline", "grid"), 2)},
            {"field": "urgency", "op": "ge", "value": int(dice.integers(1, 4))},
            {"field": "hour", "op": "between", "value": sorted(dice.integers(0, 24, 2).tolist())},
            {"field": "weekday", "op": "in", "value": some(range(1, 8), 4)},
            {"field": "season", "op": "between", "value": ["05-15", "09-30"]},
            {"field": "working", "op": "eq", "value": bool(dice.integers(0, 2))},
        ]
        return kinds[dice.integers(0, len(kinds))]

    return [
        {
            "order": 10 * (number + 1),
            "name_zh": f"规则 {number + 1}",
            "name_en": f"Rule {number + 1}",
            "when": [
                {"field": "category", "op": "in", "value": some(codes, 4)},
                *(more() for _ in range(int(dice.integers(1, 4)))),
            ],
            "department": some(departments, 1)[0],
        }
        for number in range(count - 1)
    ] + [
        {
            "order": 10 * count,
            "name_zh": "默认",
            "name_en": "Default",
            "when": [],
            "department": {"from": "zone", "kind": "street", "else": departments[0]},
        }
    ]
