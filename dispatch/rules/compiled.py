"""Rule sets as they are tried: every distinct condition once for a batch, then all rules at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from dispatch.rules.checking import check
from dispatch.rules.facts import Facts, Mask, World
from dispatch.rules.fields import FIELDS, Condition, Table

ZERO = ord("0")

Positions = NDArray[np.int64]
Resolve = Callable[[int, Mapping[str, str]], str]


@dataclass(frozen=True)
class Compiled:
    """A rule ready to be tried."""

    order: int
    name_zh: str
    name_en: str
    when: Sequence[Condition]
    department: str | Mapping[str, str]
    urgency: int | None = None
    joint: Sequence[str] = ()
    limit: Mapping[str, Any] | None = None
    notify: Sequence[str] = ()


@dataclass(frozen=True)
class Decision:
    """For each report the position of the rule that decided, and of every rule before it the first condition that
    failed. shape of `failed`: (rules, n), uint8; len(when) stands for "the department could not be told"."""

    chosen: NDArray[np.int64]
    failed: NDArray[np.uint8]
    departments: list[str]

    def record(self, i: int) -> str:
        """What is kept of report i's decision: for each rule before the deciding one, a character from `0` on."""
        return (self.failed[: self.chosen[i], i] + ZERO).tobytes().decode()


def read_record(record: str | Sequence[int]) -> list[int]:
    """The failed conditions of a record. Cases of the first release have a list of numbers."""
    return [ord(character) - ZERO for character in record] if isinstance(record, str) else list(record)


@dataclass(frozen=True)
class Rules:
    """A rule set in force."""

    version: str
    rules: Sequence[Compiled]
    tables: Sequence[Table] = ()
    # For the first condition of rules, the second and so on: which rules have one, and its row in the tables' answers.
    asked: Sequence[tuple[Positions, Positions]] = ()

    def decide(self, facts: Facts, resolve: Resolve) -> Decision:
        """Route a batch. `resolve(i, source)` gives the department that report i's object or zone names, or ''."""
        n = len(facts)
        answers = np.concatenate([np.zeros((0, n), dtype=bool), *(table(facts) for table in self.tables)])
        holds = np.ones((len(self.rules), n), dtype=bool)
        failed = np.zeros((len(self.rules), n), dtype=np.uint8)
        for position, (tried, rows) in enumerate(self.asked):
            if position:
                failed[tried] += holds[tried]  # as many conditions held before the first that failed
            holds[tried] &= answers[rows]
        chosen = holds.argmax(axis=0)
        return Decision(chosen, failed, self._departments(chosen, holds, failed, resolve))

    def _departments(
        self, chosen: NDArray[np.int64], holds: Mask, failed: NDArray[np.uint8], resolve: Resolve
    ) -> list[str]:
        """Of rules that hold and whose department cannot be told, the next one that holds decides."""
        departments = []
        for i, position in enumerate(chosen.tolist()):
            while not (department := self._department(i, position, resolve)):
                failed[position, i] = len(self.rules[position].when)
                holds[position, i] = False
                chosen[i] = position = int(holds[:, i].argmax())
            departments.append(department)
        return departments

    def _department(self, i: int, position: int, resolve: Resolve) -> str:
        source = self.rules[position].department
        return source if isinstance(source, str) else resolve(i, source)


def compile_rules(version: str, rules: Sequence[Mapping[str, Any]], world: World) -> Rules:
    """Make a checked rule set ready for batches. Raises ValueError as `check` does."""
    check(rules, world)
    rows: dict[bytes, int] = {}
    tables: list[Table] = []
    for name, fields in _by_field(rules).items():
        tables.append(FIELDS[name].table(list(fields.values()), world))
        for key in fields:
            rows[key] = len(rows)
    return Rules(version, [_compiled(rule) for rule in rules], tables, list(_asked(rules, rows)))


def _asked(rules: Sequence[Mapping[str, Any]], rows: Mapping[bytes, int]) -> Iterator[tuple[Positions, Positions]]:
    for position in range(max(len(rule["when"]) for rule in rules)):
        tried = [number for number, rule in enumerate(rules) if len(rule["when"]) > position]
        yield np.array(tried), np.array([rows[_key(rules[number]["when"][position])] for number in tried])


def _by_field(rules: Sequence[Mapping[str, Any]]) -> dict[str, dict[bytes, Condition]]:
    """The distinct conditions of all rules, by field, in the order in which they are first met."""
    found: dict[str, dict[bytes, Condition]] = {}
    for rule in rules:
        for condition in rule["when"]:
            found.setdefault(condition["field"], {}).setdefault(_key(condition), condition)
    return found


def _key(condition: Condition) -> bytes:
    return orjson.dumps(condition, option=orjson.OPT_SORT_KEYS)


def _compiled(rule: Mapping[str, Any]) -> Compiled:
    return Compiled(
        rule["order"],
        rule["name_zh"],
        rule["name_en"],
        rule["when"],
        rule["department"],
        rule.get("urgency"),
        rule.get("joint") or (),
        rule.get("limit"),
        rule.get("notify") or (),
    )
