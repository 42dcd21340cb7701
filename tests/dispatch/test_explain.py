"""Every case says why it went where it went, in both languages, by the rules and names of the day it was dispatched."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import localdate

from dispatch import catalogue, loading
from dispatch.explain import Explanation, explain
from dispatch.models import Case
from geo.models import ZoneVersion
from tests.dispatch.rule_world import condition, rule
from tests.small_city import middle
from twin import clock, revisions
from twin.models import User

pytestmark = pytest.mark.usefixtures("city")
Open = Callable[..., Case]
STREET = {"from": "zone", "kind": "street", "else": "CTR.CMD"}


@pytest.fixture
def use_rules(tmp_path: Path) -> Callable[..., None]:
    """Put a rule set in force, as an administrator loads it; its default is the street's office."""

    def use(*rules: dict[str, Any], version: str = "test", holds_from: date | None = None) -> None:
        default = {"order": 9999, "name_zh": "默认", "name_en": "Default", "when": [], "department": STREET}
        file = tmp_path / "rules.json"
        day = (holds_from or localdate()).isoformat()
        file.write_text(json.dumps({"version": version, "holds_from": day, "rules": [*rules, default]}))
        loading.load_rules(file)

    return use


def why(case: Case) -> Explanation:
    return explain(case, catalogue.by_id(case.catalogue_id, revisions.read()))


def test_the_sentence_says_for_what_the_rule_held_and_where_it_sends(
    use_rules: Callable[..., None], open_case: Open
) -> None:
    use_rules(
        rule(
            10,
            condition("zone_kind", "in", ["park", "school"]),
            condition("channel", "in", ["hotline"]),
            department="UMB.GRN",
        )
    )
    said = why(open_case(place=middle(1, 1)))
    assert said.sentence_zh == "因为位于中央公园，且来源是12345 热线，按规则 10「规则10」派往园林绿化管理处。"
    assert said.sentence_en == (
        "Because it lies in Central Park and channel is 12345 hotline, rule 10 “Rule 10” sends it to"
        " Parks and Greenery Division."
    )


def test_the_default_says_that_nothing_more_particular_applied(use_rules: Callable[..., None], open_case: Open) -> None:
    use_rules()
    said = why(open_case(place=middle(3, 0)))
    assert said.sentence_zh == "因为没有更具体的规则适用，按规则 9999「默认」派往西湖街道办事处（所在街道的责任部门）。"
    assert said.sentence_en == (
        "Because no more particular rule applies, rule 9999 “Default” sends it to Xihu Street Office"
        " (responsible for the street)."
    )


def test_every_rule_tried_is_listed_with_the_first_condition_that_failed(
    use_rules: Callable[..., None], open_case: Open
) -> None:
    use_rules(
        rule(10, condition("channel", "eq", "hotline"), condition("category", "in", ["E-05-06"]), department="WAT"),
        rule(20, condition("weekday", "in", [1, 2, 3, 4, 5, 6, 7]), department={"from": "component", "role": "owner"}),
        rule(30, condition("urgency", "ge", 1), department="UMB"),
        rule(40, condition("urgency", "ge", 2), department="WAT"),
    )  # fmt: skip
    tried = why(open_case()).tried
    assert [(one.order, one.matched) for one in tried] == [(10, False), (20, False), (30, True)]
    assert (tried[0].failed_zh, tried[0].failed_en) == (
        "不成立：类别是道路积水",
        "does not hold: category is Waterlogged road",
    )
    assert tried[1].failed_en == "the department that it names could not be told"
    assert tried[2].failed_en == ""


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        (condition("hour", "between", [0, 24]), "时间在 0:00–24:00", "the hour is between 0:00 and 24:00"),
        (condition("text", "contains", ["垃圾", "水"]), "描述含有垃圾、水", "text contains 垃圾, 水"),
        (condition("urgency", "le", 3), "紧急程度不高于3", "urgency is at most 3"),
        (condition("kind", "eq", "event"), "性质是事件", "kind is event"),
        (condition("has_component", "eq", False), "没有指明部件", "names no component"),
        (condition("category", "in", ["E-05-06", "E-01-10"]), "类别是", "the category is "),
        (condition("category", "not_in", [f"C-01-0{i}" for i in (1, 2, 3, 4, 6)]), " 等 5 项", " and 1 more"),
        (condition("zone", "not_in", ["park:PK001"]), "所在区域不是中央公园", "zone is not Central Park"),
        (condition("weekday", "in", [1, 2, 3, 4, 5, 6, 7]), "星期属于周一、周二", "weekday is one of Monday, Tuesday"),
    ],
    ids=lambda value: value["field"] if isinstance(value, dict) else "",
)
def test_every_kind_of_condition_is_said_in_both_languages(
    use_rules: Callable[..., None], open_case: Open, when: dict[str, Any], zh: str, en: str
) -> None:
    use_rules(rule(10, when, department="UMB"))
    said = why(open_case())
    assert zh in said.sentence_zh
    assert en in said.sentence_en


@pytest.mark.parametrize(
    ("role", "department", "zh", "en"),
    [
        ("manager", "UMB", "主管部门", "managing department"),
        ("owner", "WAT.SUP", "权属单位", "owner"),
        ("maintainer", "WAT.SUP", "养护单位", "maintainer"),
    ],
)
def test_a_component_names_its_department(
    use_rules: Callable[..., None], open_case: Open, role: str, department: str, zh: str, en: str
) -> None:
    source = {"from": "component", "role": role}
    use_rules(rule(10, condition("has_component", "eq", True), department=source))
    case = open_case(kind="grid.report", source="grid", worker="w", category="C-01-01", component="9901010101000001")
    assert case.department == department
    assert f"（该部件的{zh}）" in why(case).sentence_zh
    assert f"({en} of the component)" in why(case).sentence_en


def test_a_zone_names_its_department_and_the_rule_another_where_it_names_none(
    use_rules: Callable[..., None], open_case: Open
) -> None:
    ZoneVersion.objects.filter(zone__code="SC001").update(department="EMG")
    revisions.bump("zones")
    use_rules(
        rule(10, department={"from": "zone", "kind": "school"}) | {"when": [condition("urgency", "eq", 2)]},
        rule(20, department={"from": "zone", "kind": "school", "else": "ENV"})
        | {"when": [condition("urgency", "eq", 3)]},
    )
    school, elsewhere = {"place": middle(3, 3)}, {"place": middle(0, 0)}
    assert [open_case(urgency=2, **place).department for place in (school, elsewhere)] == ["EMG", "STR.01"]
    assert [open_case(urgency=3, **place).department for place in (school, elsewhere)] == ["EMG", "ENV"]


def test_a_case_names_the_versions_under_which_it_was_decided(open_case: Open) -> None:
    said = why(open_case())
    assert (said.rule_set, said.catalogue) == ("2026.1", "GB/T 30428.2 numbering 2026.1")
    assert said.zones_version == revisions.read()["zones"]


def test_the_api_and_the_command_line_tell_the_same(
    open_case: Open, client: Client, operator: User, capsys: Any
) -> None:
    case = open_case()
    client.force_login(operator)
    decision = client.get(f"/api/cases/{case.pk}").json()["decision"]
    call_command("explain", case.number)
    printed = capsys.readouterr().out.replace("\n", "")
    assert decision["sentence_zh"] in printed
    assert decision["rule_set"] == "2026.1"
    assert [one["matched"] for one in decision["tried"]] == [False] * (len(decision["tried"]) - 1) + [True]


# Versions of the rules


def test_a_new_rule_set_takes_effect_in_the_next_batch_and_old_cases_keep_their_reason(
    use_rules: Callable[..., None], open_case: Open
) -> None:
    before = open_case()
    reason = why(before)
    use_rules(rule(10, condition("kind", "eq", "event"), department="ENV"), version="2026.2")
    after = open_case()
    assert (before.department, after.department) == ("UMB.SAN", "ENV")
    assert (why(after).rule_set, why(before)) == ("2026.2", reason)


def test_a_rule_set_waits_for_its_day(use_rules: Callable[..., None], open_case: Open) -> None:
    tomorrow = localdate() + timedelta(days=1)
    use_rules(rule(10, condition("kind", "eq", "event"), department="ENV"), version="next", holds_from=tomorrow)
    assert open_case().department == "UMB.SAN"
    clock.change(loading.beginning(tomorrow), 0)
    assert open_case(at=loading.beginning(tomorrow)).department == "ENV"


def test_a_rule_may_raise_the_urgency_and_never_lowers_it(use_rules: Callable[..., None], open_case: Open) -> None:
    use_rules(rule(10, condition("kind", "eq", "event"), department="UMB", urgency=2))
    assert [open_case(urgency=urgency).urgency for urgency in (1, 2, 3)] == [2, 2, 3]


def test_a_broken_rule_set_is_refused_whole_and_the_old_one_stays(
    use_rules: Callable[..., None], open_case: Open
) -> None:
    with pytest.raises(ValueError, match="no category E-99-99"):
        use_rules(
            rule(10, condition("kind", "eq", "event"), department="ENV"),
            rule(20, condition("category", "in", ["E-99-99"]), department="ENV"),
        )
    assert open_case().department == "UMB.SAN"


def test_a_zone_that_has_ended_breaks_no_rule(use_rules: Callable[..., None], open_case: Open) -> None:
    use_rules(rule(10, condition("zone", "in", ["park:PK001"]), department="UMB.GRN"))
    ZoneVersion.objects.filter(zone__code="PK001").update(holds_to=clock.now())
    revisions.bump("zones")
    assert open_case(place=middle(1, 1)).department == "STR.01"
