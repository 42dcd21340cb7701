"""Routing rules: every field and operator, the first match in order, the default, and the record of why."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.compiled import read_record
from tests.dispatch.rule_world import CODES, DEFAULT, compiled, condition, departments, facts, rule
from tests.small_city import middle

PARK: dict[str, Any] = {"place": middle(1, 1)}
OURS = {"manager": "UMB", "owner": "WAT", "maintainer": "UMB.SAN"}


@pytest.mark.parametrize(
    ("field", "op", "value", "yes", "no"),
    [
        ("category", "in", ["E-01-10", "C-01-01"], {}, {"category": "C-01-02"}),
        ("category", "not_in", ["E-01-10"], {"category": "C-01-01"}, {}),
        ("major", "in", ["C-01"], {"category": "C-01-02"}, {"category": "C-02-01"}),
        ("major", "not_in", ["C-01"], {"category": "E-01-10"}, {"category": "C-01-01"}),
        ("kind", "eq", "component", {"category": "C-02-01"}, {"category": "E-05-06"}),
        ("kind", "eq", "event", {"category": "E-05-06"}, {"category": "C-02-01"}),
        ("channel", "in", ["sensor", "grid"], {"channel": "sensor"}, {"channel": "hotline"}),
        ("channel", "not_in", ["sensor"], {"channel": "grid"}, {"channel": "sensor"}),
        ("channel", "eq", "grid", {"channel": "grid"}, {"channel": "hotline"}),
        ("urgency", "eq", 2, {"urgency": 2}, {"urgency": 3}),
        ("urgency", "ge", 2, {"urgency": 2}, {"urgency": 1}),
        ("urgency", "le", 2, {"urgency": 2}, {"urgency": 3}),
        ("zone", "in", ["park:PK1"], PARK, {}),
        ("zone", "not_in", ["park:PK1"], {}, PARK),
        ("zone_kind", "in", ["park"], PARK, {}),
        ("zone_kind", "not_in", ["park"], {}, PARK),
        ("first_zone_kind", "in", ["park"], PARK, {}),
        ("first_zone_kind", "not_in", ["park"], {}, PARK),
        ("condition", "in", ["E-01-10/2"], {"condition": 2}, {"condition": 1}),
        ("condition", "not_in", ["E-01-10/2"], {"condition": 1}, {"condition": 2}),
        ("source", "in", ["urn:sensors"], {"source": 2}, {"source": 1}),
        ("manager", "in", ["UMB"], {"component": OURS}, {}),
        ("owner", "not_in", ["WAT"], {}, {"component": OURS}),
        ("maintainer", "in", ["UMB.SAN", "WAT"], {"component": OURS}, {"component": OURS | {"maintainer": "UMB"}}),
        ("working", "eq", True, {"working": True}, {"working": False}),
        ("text", "contains", ["煤气味", "smell of gas"], {"text": "一股煤气味"}, {"text": "气味"}),
        ("has_component", "eq", True, {"component": OURS}, {}),
        ("has_component", "eq", False, {}, {"component": OURS}),
    ],
)
def test_every_field_and_operator_tells_reports_apart(
    field: str, op: str, value: Any, yes: dict[str, Any], no: dict[str, Any]
) -> None:
    rules = compiled(rule(10, condition(field, op, value)))
    assert departments(rules, facts(yes, no, yes)) == ["WAT", "UMB", "WAT"]


@pytest.mark.parametrize(
    ("span", "hour", "holds"),
    [
        ([7, 9], 6.99, False), ([7, 9], 7.0, True), ([7, 9], 8.99, True), ([7, 9], 9.0, False),
        ([22, 6], 23.5, True), ([22, 6], 0.0, True), ([22, 6], 5.99, True), ([22, 6], 6.0, False),
        ([0, 24], 0.0, True), ([0, 24], 23.99, True),
    ],
)  # fmt: skip
def test_hours_may_go_over_midnight(span: list[int], hour: float, holds: bool) -> None:
    rules = compiled(rule(10, condition("hour", "between", span)))
    assert departments(rules, facts({}, hour=hour)) == ["WAT" if holds else "UMB"]


@pytest.mark.parametrize(("op", "weekday", "holds"), [("in", 6, True), ("in", 1, False), ("not_in", 1, True)])
def test_weekdays_begin_with_monday(op: str, weekday: int, holds: bool) -> None:
    rules = compiled(rule(10, condition("weekday", op, [6, 7])))
    assert departments(rules, facts({}, weekday=weekday)) == ["WAT" if holds else "UMB"]


@pytest.mark.parametrize(
    ("span", "day", "holds"),
    [
        (["05-01", "09-30"], 430, False), (["05-01", "09-30"], 501, True), (["05-01", "09-30"], 930, True),
        (["11-15", "03-15"], 1231, True), (["11-15", "03-15"], 101, True), (["11-15", "03-15"], 316, False),
    ],
)  # fmt: skip
def test_seasons_may_go_over_the_new_year(span: list[str], day: int, holds: bool) -> None:
    rules = compiled(rule(10, condition("season", "between", span)))
    assert departments(rules, facts({}, day=day)) == ["WAT" if holds else "UMB"]


@pytest.mark.parametrize(("raised", "holds"), [({"wartime"}, True), ({"rainstorm"}, False), (set(), False)])
def test_a_rule_may_hold_only_while_the_city_is_in_a_state(raised: set[str], holds: bool) -> None:
    rules = compiled(rule(10, condition("flag", "in", ["wartime"])))
    assert departments(rules, facts({}, flags=frozenset(raised))) == ["WAT" if holds else "UMB"]


def test_the_third_report_from_a_cell_within_a_day_may_be_dispatched_otherwise() -> None:
    third = rule(10, condition("count", "ge", {"reports": 3, "hours": 24, "same": "category"}))

    def before(hours: float, same: str) -> Any:
        assert (hours, same) == (24, "category")
        return np.array([1, 2, 7])

    assert departments(compiled(third), facts({}, {}, {}, counts=before)) == ["UMB", "WAT", "WAT"]


def test_in_the_park_but_not_on_the_school_ground() -> None:
    both = rule(10, condition("zone", "in", ["street:ST1"]), condition("zone", "not_in", ["school:SC1"]))
    assert departments(compiled(both), facts({}, PARK)) == ["WAT", "UMB"]


def test_the_first_rule_that_holds_decides() -> None:
    rules = compiled(
        rule(10, condition("urgency", "ge", 2), department="UMB.SAN"),
        rule(20, condition("urgency", "ge", 1), department="WAT"),
    )
    assert departments(rules, facts({"urgency": 3}, {"urgency": 1})) == ["UMB.SAN", "WAT"]


def test_all_conditions_of_a_rule_must_hold() -> None:
    rules = compiled(rule(10, condition("urgency", "ge", 2), condition("zone_kind", "in", ["park"])))
    reports: list[dict[str, Any]] = [{"urgency": 2}, PARK, PARK | {"urgency": 2}]
    assert departments(rules, facts(*reports)) == ["UMB", "UMB", "WAT"]


def test_the_default_decides_when_no_rule_holds() -> None:
    decision = compiled(rule(10, condition("urgency", "eq", 3))).decide(facts({}), lambda i, source: "")
    assert (decision.departments, decision.chosen.tolist()) == (["UMB"], [1])


def test_a_rule_whose_object_names_no_department_is_passed_over() -> None:
    owner = {"from": "component", "role": "owner"}
    rules = compiled(rule(10, condition("kind", "eq", "event"), department=owner))
    assert departments(rules, facts({}, {}), named=["", "WAT"]) == ["UMB", "WAT"]


def test_the_record_names_for_each_rule_tried_the_first_condition_that_failed() -> None:
    rules = compiled(
        rule(10, condition("channel", "eq", "hotline"), condition("urgency", "ge", 2), condition("weekday", "in", [7])),
        rule(20, condition("kind", "eq", "event"), department={"from": "zone", "kind": "park"}),
        rule(30, condition("text", "contains", ["水"]), department="WAT"),
    )  # fmt: skip
    batch = facts({"text": "漏水"}, {"channel": "grid"}, {"urgency": 2, "category": "C-01-01", "text": "水"})
    decision = rules.decide(batch, lambda i, source: "")
    tried = [read_record(decision.record(i)) for i in range(3)]
    # By condition, counted from 0; one more than the last says that the department could not be told.
    assert tried == [[1, 1], [0, 1, 0], [2, 0]]
    assert decision.departments == ["WAT", "UMB", "WAT"]


codes = st.lists(st.sampled_from(CODES), min_size=1)
one_condition = st.one_of(
    st.builds(condition, st.just("category"), st.sampled_from(["in", "not_in"]), codes),
    st.builds(condition, st.just("urgency"), st.sampled_from(["eq", "ge", "le"]), st.integers(1, 3)),
    st.builds(condition, st.just("channel"), st.sampled_from(["in", "not_in"]), st.just(["sensor", "grid"])),
    st.builds(condition, st.just("zone_kind"), st.sampled_from(["in", "not_in"]), st.just(["park"])),
    st.builds(condition, st.just("has_component"), st.just("eq"), st.booleans()),
    st.builds(condition, st.just("text"), st.just("contains"), st.just(["水"])),
)  # fmt: skip
one_report = st.fixed_dictionaries(
    {
        "category": st.sampled_from(CODES),
        "urgency": st.integers(1, 3),
        "channel": st.sampled_from(["sensor", "hotline", "grid"]),
        "component": st.sampled_from([{}, OURS]),
        "text": st.sampled_from(["", "水"]),
        "place": st.sampled_from([middle(0, 0), middle(1, 1)]),
    }
)


@given(
    st.lists(st.lists(one_condition, min_size=1, max_size=3), max_size=5), st.lists(one_report, min_size=1, max_size=6)
)
def test_a_batch_is_routed_as_each_report_alone(whens: list[Any], reports: list[dict[str, Any]]) -> None:
    drawn = [rule(10 + i, *when, department=("WAT", "UMB.SAN")[i % 2]) for i, when in enumerate(whens)]
    rules = compiled(*drawn)
    together = rules.decide(facts(*reports), lambda i, source: "")
    for i, report in enumerate(reports):
        alone = rules.decide(facts(report), lambda i, source: "")
        assert together.chosen[i] == alone.chosen[0]
        assert together.departments[i] == alone.departments[0]
        assert together.record(i) == alone.record(0)


def test_the_default_stands_last_and_is_tried_last() -> None:
    assert [one.order for one in compiled(rule(10, condition("urgency", "eq", 1))).rules] == [10, DEFAULT["order"]]
