"""Defects that were reproduced in other systems of this kind, each held to not being here.

Two stand here. The others: stale zones and rules in long-lived processes (`test_two_workers`, `test_explain`); a check
that refuses every rule about areas, or evaluates instead of reading (`test_rules_checked`); an audit row after the
commit (`test_actions`); a server error when two edit at once (`test_acting_at_once`); a notification whose failure is
swallowed (`test_verbs_departments`).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dispatch.models import Case, Flag, Rule
from dispatch.rules import sets
from ingest.pipeline import process
from tests.dispatch.rule_world import DEFAULT, condition, rule
from tests.dispatch.times import city_is_at
from twin import clock, revisions
from twin.revisions import NotReady

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


def use(*rules: dict[str, Any]) -> None:
    known = revisions.read()
    sets.store("peers", clock.now(known) - timedelta(minutes=1), [*rules, DEFAULT], known)


@pytest.mark.parametrize(
    ("moment", "department"),
    [
        ("2026-09-07 00:30", "WAT"),  # a Monday; in UTC it is Sunday still, and half past four in the afternoon
        ("2026-09-06 23:30", "UMB"),
        ("2026-09-08 00:30", "UMB"),  # in UTC it is Monday now
        ("2026-09-07 16:30", "UMB"),
    ],
)
def test_day_and_hour_of_a_rule_are_both_the_citys_own(open_case: Make, moment: str, department: str) -> None:
    at = city_is_at(moment)
    use(rule(10, condition("weekday", "in", [1]), condition("hour", "between", [0, 6])))
    assert open_case(at=at).department == department


def test_the_day_of_a_season_is_the_citys_own_too(open_case: Make) -> None:
    use_from, midnight = city_is_at("2026-09-14 23:30"), "2026-09-15 00:30"
    use(rule(10, condition("season", "between", ["09-15", "09-15"])))
    assert open_case(at=use_from).department == "UMB"
    assert open_case(at=city_is_at(midnight)).department == "WAT"


def test_a_rule_whose_names_are_gone_is_never_passed_over_in_silence(
    open_case: Make, make_event: Make, message_of: Make
) -> None:
    """Nothing is dispatched by the rules that are left; what was reported stays with the broker until it is mended."""
    Flag.objects.create(code="flood", name_zh="洪涝", name_en="Flood")
    revisions.bump("flags")
    use(rule(10, condition("flag", "not_in", ["flood"])))
    assert open_case().department == "WAT"
    before = Case.objects.count()
    Flag.objects.filter(code="flood").delete()
    revisions.bump("flags")
    with pytest.raises(NotReady, match=r"rule 10 \(规则10\).*flood"):
        process([message_of(make_event())])
    assert Case.objects.count() == before
    assert Rule.objects.filter(rule_set__version="peers").count() == 2, "and no rule was switched off"
