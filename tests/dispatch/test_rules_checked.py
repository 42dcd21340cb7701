"""A rule is checked when it is saved, by reading it: a fault is refused with a sentence, never found out later."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules import FIELDS, check
from dispatch.rules.checking import faults
from tests.dispatch.rule_world import DEFAULT, WORLD, compiled, condition, facts, rule

CHINESE = re.compile("[一-鿿]")
FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("unknown field", rule(10, condition("sub", "eq", "x")), "no field 'sub'"),
    ("unknown operator", rule(10, condition("urgency", "in", [1])), "urgency knows eq, ge, le, not 'in'"),
    ("unknown category", rule(10, condition("category", "in", ["E-01-10", "E-99-99"])), "no category E-99-99"),
    ("unknown major", rule(10, condition("major", "in", ["X-01"])), "no major X-01"),
    ("unknown channel", rule(10, condition("channel", "in", ["fax"])), "no channel fax"),
    ("unknown zone", rule(10, condition("zone", "in", ["park:PK9"])), "no zone park:PK9"),
    ("unknown kind of zone", rule(10, condition("zone_kind", "in", ["lake"])), "no zone_kind lake"),
    ("unknown weekday", rule(10, condition("weekday", "in", [0, 8])), "no weekday 0, 8"),
    ("unknown kind", rule(10, condition("kind", "eq", "thing")), "kind must be one of component, event"),
    ("unknown urgency", rule(10, condition("urgency", "eq", 4)), "urgency must be one of 1, 2, 3"),
    ("no list", rule(10, condition("category", "in", "E-01-10")), "needs a list"),
    ("empty list", rule(10, condition("category", "in", [])), "needs a list"),
    ("text without words", rule(10, condition("text", "contains", [""])), "text needs words"),
    ("text of numbers", rule(10, condition("text", "contains", [5])), "text needs words"),
    ("one hour", rule(10, condition("hour", "between", [7])), "two hours"),
    ("hour of tomorrow", rule(10, condition("hour", "between", [7, 25])), "two hours from 0 to 24"),
    ("yes and no", rule(10, condition("has_component", "eq", "yes")), "has_component must be one of True, False"),
    ("unknown source", rule(10, condition("source", "in", ["urn:fax"])), "no source urn:fax"),
    ("unknown flag", rule(10, condition("flag", "in", ["snow"])), "no flag snow"),
    ("unknown maintainer", rule(10, condition("maintainer", "in", ["XXX"])), "no maintainer XXX"),
    ("unknown filing condition", rule(10, condition("condition", "in", ["E-01-10/9"])), "E-01-10/9"),
    ("a category for a filing condition", rule(10, condition("condition", "in", ["E-01-10"])), "filing condition"),
    ("a season of one day", rule(10, condition("season", "between", ["11-15"])), "two days of the year"),
    ("the 32nd", rule(10, condition("season", "between", ["11-32", "12-01"])), "two days of the year"),
    ("a count of one", rule(10, condition("count", "ge", {"reports": 1, "hours": 24, "same": "any"})), "count needs"),
    ("a count without a span", rule(10, condition("count", "ge", 3)), "count ge needs"),
    ("no value", rule(10, {"field": "urgency", "op": "eq"}), "needs a value"),
    ("unknown joint department", rule(10, condition("urgency", "eq", 1), joint=["XXX"]), "joint names"),
    ("a limit of nothing", rule(10, limit={"value": 0, "unit": "working_hour"}), "limit"),
    ("a limit in weeks", rule(10, condition("urgency", "eq", 1), limit={"value": 1, "unit": "week"}), "limit"),
    ("unknown department", rule(10, condition("urgency", "eq", 1), department="XXX"), "no department 'XXX'"),
    ("unknown role", rule(10, condition("urgency", "eq", 1), department={"from": "component", "role": "neighbour"}),
     "the department must be"),
    ("unknown zone kind to ask", rule(10, department={"from": "zone", "kind": "lake"}), "the department must be"),
    ("unknown else", rule(10, department={"from": "zone", "kind": "park", "else": "XXX"}), "no department 'XXX'"),
    ("urgency that no case has", rule(10, condition("urgency", "eq", 1), urgency=7), "urgency"),
    # Shapes that no editor should send, and that a file may have all the same.
    ("no conditions at all", {"order": 10, "name_zh": "甲", "name_en": "A", "department": "UMB"}, "when"),
    ("a condition that is none", rule(10) | {"when": ["urgent"]}, "when"),
    ("values that cannot be compared", rule(10, condition("category", "in", [{}])), "category"),
    ("no department", rule(10, condition("urgency", "eq", 1), department=None), "department"),
    ("an order that is none", rule(10, condition("urgency", "eq", 1)) | {"order": "first"}, "order"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "says"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_refused_with_a_sentence_that_names_it(broken: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="rule") as refused:
        check([broken, DEFAULT], WORLD)
    assert says in str(refused.value)
    fault = faults([broken, DEFAULT], WORLD)[0]
    told = fault.out()
    assert told["text_en"] == str(refused.value)
    assert told["text_zh"].startswith("规则 "), "and in Chinese too, without the English words of the other"
    assert CHINESE.search(told["text_zh"].partition("：")[2])
    assert " needs " not in told["text_zh"]
    assert " is no " not in told["text_zh"]


@pytest.mark.parametrize("rules", [[], [rule(10, condition("urgency", "eq", 1))]], ids=["empty", "without a default"])
def test_a_rule_set_without_a_default_is_refused(rules: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="default"):
        check(rules, WORLD)


def test_a_default_that_may_know_no_department_is_refused() -> None:
    with pytest.raises(ValueError, match="must always know a department"):
        check([DEFAULT | {"department": {"from": "zone", "kind": "street"}}], WORLD)
    check([DEFAULT | {"department": {"from": "zone", "kind": "street", "else": "UMB"}}], WORLD)


def test_a_rule_that_would_hide_all_that_follow_is_refused() -> None:
    with pytest.raises(ValueError, match="never be tried"):
        check([rule(10), rule(20, condition("urgency", "eq", 1)), DEFAULT], WORLD)


@pytest.mark.parametrize("orders", [(10, 10), (20, 10)])
def test_orders_must_be_different_and_ascending(orders: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="order of its own"):
        check([*(rule(order, condition("urgency", "eq", 1)) for order in orders), DEFAULT], WORLD)


def test_rules_about_areas_are_accepted() -> None:
    check(
        [rule(10, condition("zone", "in", ["park:PK1"]), condition("zone_kind", "not_in", ["school"])), DEFAULT], WORLD
    )


def test_an_unknown_name_behind_a_condition_that_never_holds_is_refused_all_the_same() -> None:
    """Rules are read, not evaluated with made-up values: nothing hides behind an earlier condition."""
    behind = rule(10, condition("urgency", "eq", 1), condition("urgency", "eq", 2), condition("nosuch", "eq", 1))
    with pytest.raises(ValueError, match="no field 'nosuch'"):
        check([behind, DEFAULT], WORLD)


def test_a_fault_says_which_rule_has_it() -> None:
    with pytest.raises(ValueError, match=r"rule 20 \(规则20\): there is no field"):
        check([rule(10, condition("urgency", "eq", 1)), rule(20, condition("nosuch", "eq", 1)), DEFAULT], WORLD)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["reports", "hours", "same"]), inner),
)


@given(
    st.sampled_from(sorted(FIELDS)) | st.text(max_size=5),
    st.sampled_from(["in", "not_in", "eq", "ge", "between", "contains", "x"]),
    anything,
)
def test_whatever_is_written_is_either_usable_or_refused(field: str, op: str, value: Any) -> None:
    """`check` raises nothing but ValueError; what it lets pass can be compiled and tried."""
    one = rule(10, condition(field, op, value))
    try:
        check([one, DEFAULT], WORLD)
    except ValueError:
        return
    compiled(one).decide(facts({}, counts=lambda hours, same: np.zeros(1)), lambda i, source: "")
