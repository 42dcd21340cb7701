"""What a change of zones would do: said beforehand, and then it is exactly what happens."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch import actions
from dispatch.intake import Opened
from dispatch.models import Case
from geo.lookup import index
from geo.models import Zone, ZoneVersion
from ingest.pipeline import process
from tests.dispatch.zone_changes import cell, change, preview, saved
from tests.small_city import middle, square
from twin import clock, revisions
from twin.models import AuditRow, JournalRow, Revision, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
MONDAY = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)  # 8:30 in the city: the schools' rule holds
MATTERS: list[dict[str, Any]] = [
    {"category": "E-01-10", "description": "垃圾"},
    {"category": "E-04-98", "description": "占道经营"},
    {"category": "E-05-08", "description": "电线掉落"},
    {"kind": "grid.report", "source": "grid", "worker": "w", "category": "C-01-37"},
    {"kind": "sensor.alarm", "source": "sensors", "device": "my-gauge", "category": "E-05-06", "value": 1.0},
]
PARK = {"code": "PK001", "name_zh": "中央公园"}
STREET = {"kind": "street", "code": "990101001", "name_zh": "东风街道", "department": "STR.02"}
CHANGES: dict[str, list[dict[str, Any]]] = {
    "a new zone": [cell(0, 3)],
    "a park that moves": [saved(square(0, 0, 2, 2), base=1, **PARK)],
    "a park that grows": [saved(square(1, 1, 3, 3), base=1, **PARK)],
    "a street that is another's": [saved(square(0, 0, 2, 4), base=1, **STREET)],
    "a school that ends": [{"op": "retire", "zone": "school:SC001", "base": 1}],
    "an estate within the park, and no park": [
        saved(square(1, 1), kind="estate", code="ES777", name_zh="小区"),
        {"op": "retire", "zone": "park:PK001", "base": 1},
    ],
    "a street cut in two": [
        saved(square(0, 0, 1, 4), base=1, **STREET),
        saved(square(1, 0, 1, 4), **STREET | {"code": "990101003", "department": "STR.03"}),
    ],
    "a name": [saved(square(1, 1, 2, 2), base=1, **PARK | {"name_zh": "人民公园"})],
}


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(User.objects.get(username="demo-planner"))
    return client


@pytest.fixture
def report_all(make_event: Make, message_of: Make) -> Callable[[], list[Case]]:
    """The same reports each time: every matter in every cell, at 8:30 on a Monday."""

    def report() -> list[Case]:
        clock.change(MONDAY, 0)
        places = [middle(column, row) for column in range(4) for row in range(4)]
        events = [make_event(place=place, **matter) for place in places for matter in MATTERS]
        for event in events:
            event["time"] = MONDAY.isoformat()
        outcomes = [result.outcome for result in process([message_of(event) for event in events])]
        assert all(isinstance(outcome, Opened) for outcome in outcomes), outcomes
        by_id = Case.objects.in_bulk([outcome.case_id for outcome in outcomes])  # type: ignore[union-attr]
        return [by_id[outcome.case_id] for outcome in outcomes]  # type: ignore[union-attr]

    return report


def written(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The set with the ids of the zones that it retires."""
    return [one | {"zone": zone_of(one["zone"])} if one["op"] == "retire" else one for one in body]


def zone_of(ref: str) -> int:
    kind, _, code = ref.partition(":")
    return Zone.objects.get(kind=kind, code=code).pk


def rows(kind: str) -> list[JournalRow]:
    return list(JournalRow.objects.filter(kind=kind))


@pytest.mark.parametrize(("name", "reroute"), [*((name, True) for name in CHANGES), ("a park that moves", False)])
def test_what_it_says_is_what_happens(
    planner: Client, report_all: Callable[[], list[Case]], make_person: Make, name: str, reroute: bool
) -> None:
    """The same set is saved; then last month's reports come once more, and go where the new zones send them."""
    cases = report_all()
    for case in cases[::5]:
        actions.act(case.pk, "accept", make_person(Role.ADMINISTRATOR), version=1)
    body = written(CHANGES[name])
    said = preview(planner, *body, reroute=reroute)
    change(planner, *body, reroute=reroute)

    rerouted, rezoned = rows("case.rerouted"), rows("case.rezoned")
    moved = [row for row in rerouted + rezoned if row.change["gained"] or row.change["lost"]]
    assert said["cases"]["moved"] == len(moved)
    assert len(rerouted) == (said["cases"]["rerouted"] if reroute else 0)
    assert said["devices"]["moved"] == len(rows("device.rezoned"))
    if reroute:
        expected = {int(row.object_id): row for row in rerouted + rezoned}
        found = {one["id"]: one for one in said["cases"]["items"]}
        assert found.keys() == expected.keys()
        for pk, row in expected.items():
            told = {key: row.change[key] for key in ("gained", "lost")}
            assert told == {key: found[pk][key] for key in ("gained", "lost")}
            assert found[pk]["to"] == (row.department if row.kind == "case.rerouted" else None)

    again = report_all()
    pairs = [(old, new) for old, new in zip(cases, again, strict=True)]
    assert said["reports"]["moved"] == sum(set(old.zones) != set(new.zones) for old, new in pairs)
    switched = Counter((old.department, new.department) for old, new in pairs if old.department != new.department)
    assert said["reports"]["rerouted"] == switched.total()
    assert {(one["from"], one["to"]): one["reports"] for one in said["departments"]} == switched


def test_the_sets_of_that_test_do_something(planner: Client, report_all: Callable[[], list[Case]]) -> None:
    """Each kind of effect is there in one of them: else the test above would compare nothing with nothing."""
    report_all()
    said = {name: preview(planner, *written(body)) for name, body in CHANGES.items()}
    assert said["a name"]["cases"] | {"checked": 0} == {"checked": 0, "moved": 0, "rerouted": 0, "items": []}
    assert (
        said["a street that is another's"]["cases"]["moved"]
        == 0
        < said["a street that is another's"]["cases"]["rerouted"]
    )
    assert said["a new zone"]["cases"]["moved"] == len(MATTERS)
    assert said["a park that moves"]["devices"]["moved"] == 1
    assert said["a school that ends"]["reports"]["rerouted"] > 0


def test_nothing_is_saved_and_nobody_is_told(planner: Client, open_case: Make) -> None:
    case = open_case(place=middle(0, 3))
    things = (ZoneVersion, Zone, AuditRow, JournalRow, Revision)
    before = [list(model.objects.order_by("pk").values()) for model in things]
    zones = index.fresh(clock.now(), revisions.read())
    assert preview(planner, cell(0, 3), reroute=True)["cases"]["moved"] == 1
    assert [list(model.objects.order_by("pk").values()) for model in things] == before
    assert index.fresh(clock.now(), revisions.read()) is zones, "and this process knows no other zones than before"
    assert open_case(place=middle(0, 3)).zones == case.zones


def test_a_change_for_later_is_previewed_as_of_then(planner: Client, open_case: Make) -> None:
    """The park that ends on Sunday is not there on Monday."""
    case = open_case(place=middle(0, 3))
    sunday = datetime.now(UTC) + timedelta(days=3)
    change(planner, cell(0, 3, holds_to=sunday.isoformat()))
    said = preview(planner, cell(0, 3, code="PK778"), at=sunday.isoformat())
    assert [(one["id"], one["gained"], one["lost"]) for one in said["cases"]["items"]] == [
        (case.pk, ["park:PK778"], ["park:PK777"])
    ]


def test_a_rule_that_has_changed_since_is_no_effect_of_the_zones(planner: Client, open_case: Make) -> None:
    """A case that somebody has sent elsewhere stays there."""
    case: Case = open_case(place=middle(0, 3))
    Case.objects.filter(pk=case.pk).update(department="TEL")
    said = preview(planner, saved(square(0, 3), kind="school", code="SC777", name_zh="小学"))
    assert (said["cases"]["moved"], said["cases"]["rerouted"]) == (1, 0)


def test_counts_are_of_the_city_and_lists_are_what_one_may_see(
    client: Client, make_person: Make, open_case: Make
) -> None:
    open_case(place=middle(0, 3))
    client.force_login(make_person(Role.PLANNER, departments=["TEL"]))
    cases = preview(client, cell(0, 3))["cases"]
    assert (cases["moved"], cases["items"]) == (1, [])


def test_what_saving_would_refuse_the_preview_refuses(client: Client, planner: Client, operator: User) -> None:
    for status, body in [(409, cell(1, 1, code="PK001")), (422, cell(1, 1, kind="nonsense"))]:
        answer = planner.post("/api/zones/preview", {"changes": [body]}, content_type="application/json")
        assert answer.status_code == status
    client.force_login(operator)
    answer = client.post("/api/zones/preview", {"changes": [cell(1, 1)]}, content_type="application/json")
    assert answer.status_code == 403
