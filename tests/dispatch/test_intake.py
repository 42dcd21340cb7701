"""How reports become cases: placed, timed, numbered; parked without a place; refused with a reason."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.test import Client

from dispatch.intake import Opened, Parked
from dispatch.models import Case, Catalogue, Category, FilingCondition, Report
from dispatch.refusals import Refusal
from dispatch.rules import Decision, Facts, Rules
from geo.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from ingest.message import Message
from ingest.pipeline import process
from tests.small_city import OUTSIDE, middle
from twin import clock, revisions
from twin.models import Feature, JournalRow, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def take(make_event: Make, message_of: Make) -> Make:
    """Report once; what became of it."""

    def report(at: datetime | None = None, **event: Any) -> Any:
        (result,) = process([message_of(make_event(**event) | ({"time": at.isoformat()} if at else {}))])
        return result.outcome

    return report


def declared(crs: str, place: tuple[float, float]) -> dict[str, Any]:
    return {"lon": place[0], "lat": place[1], "crs": crs}


def test_a_case_knows_all_that_was_reported_and_decided(open_case: Make, zone_id: Callable[[str], int]) -> None:
    case: Case = open_case(place=middle(1, 1), description="路边垃圾", urgency=2)
    assert (case.status, case.category, case.condition, case.urgency, case.channel) == (
        "dispatched",
        "E-01-10",
        1,
        2,
        "hotline",
    )
    assert case.cell == "990101001001002"
    assert case.zones == [
        zone_id(ref)
        for ref in (
            "park:PK001",
            "cell:990101001001002",
            "community:990101001001",
            "street:990101001",
            "district:990101",
        )
    ]
    assert (case.place_zh, case.place_en) == ("东风街道社区00", "Community 00, Dongfeng Street")
    assert (case.geom.x, case.geom.y) == pytest.approx(middle(1, 1))
    assert case.number == f"{case.opened_at.astimezone(ZoneInfo('Asia/Shanghai')):%Y%m%d}{case.pk:08d}"
    (report,) = case.reports.all()
    assert (report.description, report.crs, report.x, report.y) == ("路边垃圾", "WGS84", *middle(1, 1))


def test_an_address_names_the_place(open_case: Make) -> None:
    case = open_case(address="中路 12 号门口")
    assert (case.place_zh, case.place_en) == ("中路 12 号门口", "中路 12 号门口")


@pytest.mark.parametrize(("crs", "there"), [("GCJ02", wgs84_to_gcj02), ("BD09", wgs84_to_bd09)])
@pytest.mark.parametrize(("column", "row"), [(0, 0), (3, 3), (1, 2)])
def test_a_declared_system_leads_to_the_right_cell_and_the_raw_pair_is_kept(
    open_case: Make, crs: str, there: Make, column: int, row: int
) -> None:
    moved = tuple(float(v[0]) for v in there(*np.array([middle(column, row)]).T))
    case: Case = open_case(location=declared(crs, moved))  # type: ignore[arg-type]
    assert case.cell == open_case(place=middle(column, row)).cell
    assert (case.geom.x, case.geom.y) == pytest.approx(middle(column, row), abs=1e-7)
    report = Report.objects.get(case=case)
    assert (report.crs, report.x, report.y) == (crs, *moved)


def test_a_system_that_is_declared_wrongly_is_not_guessed(take: Make) -> None:
    """GCJ-02 numbers declared as WGS-84 are taken at their word: half a kilometre off, which is outside here."""
    moved = tuple(float(v[0]) for v in wgs84_to_gcj02(*np.array([middle(0, 0)]).T))
    assert take(location=declared("WGS84", moved)).code == "outside_city"  # type: ignore[arg-type]


def test_cgcs2000_is_wgs84(open_case: Make) -> None:
    assert open_case(location=declared("CGCS2000", middle(2, 2))).cell == open_case(place=middle(2, 2)).cell


@pytest.mark.parametrize(
    ("event", "code", "names"),
    [
        ({"category": "E-99-99"}, "unknown_category", "E-99-99"),
        ({"condition": 99}, "unknown_condition", "99"),
        ({"place": OUTSIDE}, "outside_city", "120.400000"),
        ({"place": (0.0, 0.0)}, "null_island", "(0, 0)"),
        (
            {"kind": "grid.report", "source": "grid", "worker": "w", "component": "123"},
            "unknown_component",
            "123",
        ),
    ],
)
def test_what_cannot_become_a_case_is_refused_with_a_reason_in_both_languages(
    take: Make, event: dict[str, Any], code: str, names: str
) -> None:
    refusal: Refusal = take(**event)
    assert refusal.code == code
    assert names in refusal.zh
    assert names in refusal.en
    assert not Report.objects.exists()


def test_a_report_without_coordinates_is_parked_on_the_operators_list(take: Make) -> None:
    parked: Parked = take(place=None, address="中路 12 号")
    report = Report.objects.get(pk=parked.report_id)
    assert (report.state, report.case, report.x, report.address) == ("to_be_located", None, None, "中路 12 号")
    assert Feature.objects.get(object_type="report").state["address"] == "中路 12 号"
    assert not Case.objects.exists()


def test_an_exercise_is_marked_from_the_report_to_the_journal(make_event: Make, message_of: Make) -> None:
    process([message_of(make_event() | {"exercise": "flood-2026"})])
    case = Case.objects.get(exercise="flood-2026")
    marks = [case.exercise, case.reports.get().exercise, Feature.objects.get(object_type="case").exercise]
    marks += JournalRow.objects.filter(object_type="case").values_list("exercise", flat=True)
    assert marks == ["flood-2026"] * 4


def test_a_batch_keeps_its_order_whatever_becomes_of_its_reports(make_event: Make, message_of: Make) -> None:
    places = [middle(0, 0), None, OUTSIDE, middle(3, 3), (0.0, 0.0), None, middle(2, 1)]
    batch: list[Message] = [message_of(make_event(place=place)) for place in places]
    outcomes = [result.outcome for result in process(batch)]
    assert [type(outcome) for outcome in outcomes] == [Opened, Parked, Refusal, Opened, Refusal, Parked, Opened]
    cells = [Case.objects.get(pk=o.case_id).cell for o in outcomes if isinstance(o, Opened)]
    assert cells == ["990101001001003", "990101002002002", "990101002001001"]


def test_the_limit_of_the_filing_condition_sets_the_deadline(open_case: Make) -> None:
    """C-01-01 condition 1 is to be done in 2 urgent hours, which run day and night."""
    kind = {"kind": "grid.report", "source": "grid", "worker": "w", "category": "C-01-01"}
    case = open_case(**kind, condition=1)
    assert case.due_at - case.opened_at == timedelta(hours=2)
    assert open_case(**kind, condition=4).due_at > case.due_at


# Time is local for day and hour alike. A peer took the day in UTC and the hour locally: Monday 00:30 became Sunday.


@pytest.mark.parametrize(
    ("at", "number", "weekday", "hour"),
    [("2026-11-29T16:30Z", "20261130", 1, 0.5), ("2026-11-29T15:59Z", "20261129", 7, 23 + 59 / 60)],
)
def test_day_and_hour_are_both_local(
    open_case: Make, monkeypatch: pytest.MonkeyPatch, at: str, number: str, weekday: int, hour: float
) -> None:
    seen: list[Facts] = []
    decide = Rules.decide

    def look(rules: Rules, facts: Facts, resolve: Make) -> Decision:
        seen.append(facts)
        return decide(rules, facts, resolve)

    monkeypatch.setattr(Rules, "decide", look)
    moment = datetime.fromisoformat(at)
    clock.change(moment, 0)
    assert open_case(at=moment).number[:8] == number
    assert [facts.weekday for facts in seen] == [weekday]
    assert [facts.hour for facts in seen] == pytest.approx([hour])


def test_a_catalogue_edition_takes_effect_on_its_day(
    take: Make, open_case: Make, client: Client, operator: User
) -> None:
    """The next edition waits; a case of before is still shown with the edition under which it was filed."""
    old = Catalogue.objects.get()
    before = open_case()
    begins = datetime.now(UTC) + timedelta(hours=1)
    next_edition(old, begins, "E-01-10")
    assert open_case().catalogue_id == old.pk
    clock.change(begins, 0)
    assert Case.objects.get(pk=take(at=begins).case_id).catalogue.version == "2"
    client.force_login(operator)
    shown = client.get(f"/api/cases/{before.pk}").json()
    assert shown["decision"]["catalogue"] == "GB/T 30428.2 numbering 2026.1"
    assert shown["condition"]["text_en"] == old.categories.get(code="E-01-10").conditions.get(number=1).text_en


def next_edition(old: Catalogue, begins: datetime, changed: str) -> None:
    """The same catalogue once more, in which the texts of one category are others."""
    new = Catalogue.objects.create(standard=old.standard, version="2", name_zh="新", name_en="New", holds_from=begins)
    categories = list(old.categories.prefetch_related("conditions"))
    conditions = [condition for category in categories for condition in category.conditions.all()]
    for category in categories:
        category.pk, category.catalogue = None, new
    Category.objects.bulk_create(categories)
    for condition in conditions:
        condition.pk, condition.category = None, condition.category
        condition.text_en = "Changed" if condition.category.code == changed else condition.text_en
    FilingCondition.objects.bulk_create(conditions)
    revisions.bump("catalogue")
