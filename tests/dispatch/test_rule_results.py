"""What a rule decides beside the department: who helps, how long it may take, who is told; limits by place and day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch.limits import limit_of
from dispatch.models import Case, FilingCondition, JointTask, LimitVariant, Notice
from tests.dispatch.rule_world import condition, rule
from tests.twin.verify import verify_action
from twin.models import Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
LAST = {"order": 9999, "name_zh": "默认", "name_en": "Default", "when": [], "department": "UMB"}


@pytest.fixture
def use(client: Client, make_person: Make) -> Make:
    def put(**results: Any) -> None:
        client.force_login(make_person(Role.PLANNER))
        base = client.get("/api/rules").json()["items"][0]["version"]
        rules = [rule(10, condition("channel", "in", ["hotline"]), **results), LAST]
        answer = client.put(
            "/api/rules", {"version": "results", "base": base, "rules": rules}, content_type="application/json"
        )
        assert answer.status_code == 200, answer.json()

    return put


def test_departments_that_help_see_the_case_from_the_first_moment(
    use: Make, open_case: Make, client: Client, make_person: Make
) -> None:
    use(department="WAT", joint=["UMB.SAN", "WAT"])
    with verify_action() as rows:
        case = open_case()
    assert (case.department, case.joint, case.shared) == ("WAT", ["UMB.SAN"], ["UMB", "UMB.SAN"])
    assert rows[0].change["state"]["joint"] == ["UMB.SAN"]
    client.force_login(make_person(Role.DEPARTMENT, ["UMB"]))
    detail = client.get(f"/api/cases/{case.pk}").json()
    assert "opine" in {verb["code"] for verb in detail["verbs"]}
    assert JointTask.objects.get(case=case).department == "UMB.SAN"


def test_a_rules_limit_takes_the_place_of_the_conditions(use: Make, open_case: Make) -> None:
    use(limit={"value": 3, "unit": "urgent_hour"})
    case = open_case()
    assert (case.limit_value, case.limit_unit) == (3, "urgent_hour")
    assert case.due_at - case.opened_at == timedelta(hours=3)


def test_departments_that_are_to_know_are_told(use: Make, open_case: Make) -> None:
    use(department="WAT", notify=["GAS", "UMB"])
    case = open_case()
    told = Notice.objects.filter(case=case, reason="rule")
    assert sorted(told.values_list("department", flat=True)) == ["GAS", "UMB"]


@pytest.mark.parametrize(
    ("area", "day", "value"),
    [("", 601, 15), ("", 401, 5), ("A", 601, 8), ("A", 401, 4), ("B", 601, 15), ("", 314, 15), ("", 315, 5)],
)
def test_the_most_particular_limit_holds(area: str, day: int, value: float) -> None:
    one = FilingCondition.objects.order_by("pk")[0]
    one.limit_value = 15
    for area_class, season, limit in (("", ["03-15", "04-30"], 5), ("A", [], 8), ("A", ["03-15", "04-30"], 4)):
        LimitVariant.objects.create(
            condition=one, area_class=area_class, season=season, limit_value=limit, limit_unit="working_day"
        )
    assert limit_of(one, None, area, day)[0] == value


def test_a_case_in_an_area_of_class_a_has_the_limit_of_that_class(
    open_case: Make, make_event: Make, client: Client, make_person: Make
) -> None:
    from geo.models import ZoneVersion
    from twin import revisions

    plain = open_case()
    filed = FilingCondition.objects.get(
        category__catalogue=plain.catalogue_id, category__code=plain.category, number=plain.condition
    )
    LimitVariant.objects.create(condition=filed, area_class="A", limit_value=1, limit_unit="urgent_hour")
    ZoneVersion.objects.filter(zone__kind="community", zone__in=plain.zones).update(attributes={"area_class": "A"})
    for topic in ("catalogue", "zones"):
        revisions.bump(topic)
    assert open_case().limit_unit == "urgent_hour"
    assert Case.objects.get(pk=plain.pk).limit_unit == plain.limit_unit
