"""Calendars and ladders over HTTP: checked, in force at once, and running deadlines move with them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dispatch import clocks, timers
from dispatch.models import Case, Notice
from tests.dispatch.times import city_is_at, keep, local
from twin import revisions
from twin.models import AuditRow, Feature, JournalRow, Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def admin(client: Client, make_person: Make) -> Client:
    client.force_login(make_person(Role.ADMINISTRATOR))
    return client


@pytest.fixture
def case(open_case: Make) -> Case:
    """Four working hours from Monday 7 September, 16:00: due on Tuesday at 10:00."""
    opened: Case = open_case(at=city_is_at("2026-09-07 16:00"))
    assert opened.due_at == local("2026-09-08 10:00")
    return opened


def read(admin: Client, path: str = "/api/calendars/city") -> dict[str, Any]:
    answer: dict[str, Any] = admin.get(path).json()
    return answer


def put(admin: Client, body: Any, path: str = "/api/calendars/city") -> Any:
    return admin.put(path, body, "application/json")


def with_day(calendar: dict[str, Any], day: str, working: bool) -> dict[str, Any]:
    return calendar | {"days": [*calendar["days"], {"day": day, "working": working, "name_zh": "台风停工"}]}


def one_day(*hours: list[str], working: bool = True) -> dict[str, Any]:
    return {"day": "2026-09-08", "working": working, "hours": list(hours)}


def test_a_calendar_is_read_as_it_can_be_put_again(admin: Client) -> None:
    calendar = read(admin)
    assert (calendar["weekdays"], calendar["hours"][0], calendar["last_day"]) == (
        [1, 2, 3, 4, 5],
        ["08:00", "12:00"],
        "2027-12-31",
    )
    assert {"day": "2026-10-10", "working": True} in [{k: d[k] for k in ("day", "working")} for d in calendar["days"]]
    saved = put(admin, calendar)
    assert (saved.status_code, saved.json()["moved"], saved.json()["days"]) == (200, 0, calendar["days"])


def test_a_day_that_is_declared_free_moves_running_deadlines_and_viewers_see_it(case: Case, admin: Client) -> None:
    saved = put(admin, with_day(read(admin), "2026-09-08", False)).json()
    assert saved["moved"] == 1
    case.refresh_from_db()
    assert (case.due_at, case.warn_at, case.version) == (local("2026-09-09 10:00"), local("2026-09-09 09:12"), 2)
    assert Feature.objects.get(object_type="case").state["due_at"] == "2026-09-09T02:00:00Z"
    assert JournalRow.objects.get(kind="case.retimed").actor.startswith("user:")
    assert AuditRow.objects.get(act="calendar.changed").detail == {"last_day": "2027-12-31", "moved": 1}
    assert (
        read(admin, f"/api/cases/{case.pk}")["timeline"][-1]["text_en"]
        == "The calendar has changed; the deadline moved"
    )


def test_a_dry_run_says_how_many_deadlines_move_and_changes_nothing(case: Case, open_case: Make, admin: Client) -> None:
    open_case(at=local("2026-09-07 15:30"))
    before, rows = read(admin), JournalRow.objects.count()
    for days, expected in ((["2026-09-08"], 2), (["2026-12-08"], 0)):
        new = before
        for day in days:
            new = with_day(new, day, False)
        said = put(admin, new, "/api/calendars/city?dry_run=true").json()
        assert said == {"moved": expected, "dry_run": True}
        case.refresh_from_db()
        assert (read(admin), case.due_at, JournalRow.objects.count()) == (before, local("2026-09-08 10:00"), rows)
    moved = put(admin, with_day(before, "2026-09-08", False)).json()["moved"]
    assert (moved, Case.objects.filter(due_at__gt=local("2026-09-09 00:00")).count()) == (2, 2)


def test_a_day_with_hours_of_its_own_is_walked_by_them(case: Case, admin: Client) -> None:
    """Tuesday is worked from 13:00 to 15:00 only: two hours are left of Monday's four, so due at its end."""
    day = {"day": "2026-09-08", "working": True, "name_zh": "台风停工半日", "hours": [["13:00", "15:00"]]}
    before = read(admin)
    saved = put(admin, before | {"days": [*before["days"], day]}).json()
    case.refresh_from_db()
    assert (saved["moved"], case.due_at) == (1, local("2026-09-08 15:00"))
    assert [one["hours"] for one in saved["days"] if one["day"] == "2026-09-08"] == [[["13:00", "15:00"]]]


def test_a_dry_run_is_refused_as_the_change_would_be(admin: Client, client: Client, make_person: Make) -> None:
    before, path = read(admin), "/api/calendars/city?dry_run=true"
    assert put(admin, before | {"weekdays": []}, path).status_code == 422
    assert put(admin, before | {"revision": before["revision"] - 1}, path).status_code == 409
    client.force_login(make_person(Role.PLANNER))
    assert put(client, before, path).status_code == 403


def test_what_is_no_longer_late_is_told_again_when_it_is(case: Case, admin: Client) -> None:
    """Late on Tuesday at 10:00; at noon the whole Tuesday is declared free: due on Wednesday at 10:00."""
    for moment in ("2026-09-08 10:00", "2026-09-09 09:59", "2026-09-09 10:00"):
        city_is_at(moment)
        timers.turn()
        if moment.startswith("2026-09-08"):
            city_is_at("2026-09-08 12:00")
            put(admin, with_day(read(admin), "2026-09-08", False))
    assert list(Notice.objects.filter(role="dispatcher").order_by("pk").values_list("at", flat=True)) == [
        local("2026-09-08 10:00"), local("2026-09-09 10:00")
    ]  # fmt: skip


def test_an_extended_case_keeps_the_working_time_that_was_left(case: Case, admin: Client) -> None:
    """Extended by a day to Wednesday 10:00; on Tuesday at 9:00 Tuesday is declared free from here on: one day later."""
    clocks.extend(case, 1, "working_day", local("2026-09-07 17:00"), revisions.read())
    case.extensions = 1
    keep(case)
    Case.objects.filter(pk=case.pk).update(extensions=1)
    assert case.due_at == local("2026-09-09 10:00")
    city_is_at("2026-09-07 18:00")
    put(admin, with_day(read(admin), "2026-09-08", False))
    case.refresh_from_db()
    assert case.due_at == local("2026-09-10 10:00")


def test_urgent_hours_and_cases_that_ended_stay_as_they_are(case: Case, open_case: Make, admin: Client) -> None:
    kind = {"kind": "grid.report", "source": "grid", "worker": "w", "category": "C-01-01", "condition": 1}
    urgent = open_case(at=city_is_at("2026-09-07 23:00"), **kind)
    case.status = "closed"
    clocks.stop(case, local("2026-09-07 17:00"))
    keep(case)
    assert put(admin, with_day(read(admin), "2026-09-08", False)).json()["moved"] == 0
    due = set(Case.objects.values_list("due_at", flat=True))
    assert due == {urgent.due_at, local("2026-09-08 10:00")}


def test_the_next_years_holidays_settle_provisional_deadlines(open_case: Make, admin: Client) -> None:
    case = open_case(at=city_is_at("2027-12-31 17:00"))
    assert case.due_at == local("2028-01-03 11:00")
    body = with_day(read(admin) | {"last_day": "2028-12-31"}, "2028-01-03", False)
    assert put(admin, body).json()["moved"] == 1
    shown = read(admin, f"/api/cases/{case.pk}")
    assert (shown["due_at"], shown["provisional"]) == ("2028-01-04T03:00:00Z", False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hours": [["08:00", "12:00"], ["11:00", "18:00"]]}, "overlap: 08:00 to 12:00 and 11:00 to 18:00"),
        ({"hours": []}, "needs working hours"),
        ({"weekdays": [0]}, "from 1 Monday to 7 Sunday"),
        ({"weekdays": []}, "needs weekdays"),
        ({"last_day": "2024-01-01"}, "comes before its first"),
        ({"days": [{"day": "2031-01-01", "working": False}]}, "2031-01-01 does not lie between"),
        ({"days": [{"day": "2026-01-01", "working": False}] * 2}, "2026-01-01 is given twice"),
        ({"hours": [["08:00", "12:00"], ["18:00", "18:00"]]}, "from 18:00 to 18:00 are empty"),
        (
            {"days": [one_day(["09:00", "12:00"], ["11:00", "13:00"])]},
            "overlap on 2026-09-08: 09:00 to 12:00 and 11:00",
        ),
        ({"days": [one_day(["22:00", "09:00"])]}, "overlap on 2026-09-08: 22:00 to 09:00 and 08:00 to 12:00"),
        ({"days": [one_day(["08:00", "12:00"], working=False)]}, "2026-09-08 is free and has working hours"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_a_sentence(admin: Client, change: Any, sentence: str) -> None:
    before = read(admin)
    answer = put(admin, before | change)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert not re.search("[a-z]{2}", answer.json()["detail_zh"]), "the Chinese sentence is Chinese"
    assert read(admin) == before


def test_a_calendar_of_its_own_is_made_for_a_department(admin: Client) -> None:
    night = read(admin) | {"name_zh": "夜班", "name_en": "Night", "hours": [["22:00", "06:00"]], "days": []}
    assert put(admin, night, "/api/calendars/night").status_code == 200
    assert read(admin, "/api/calendars/night")["hours"] == [["22:00", "06:00"]]
    assert [row["code"] for row in read(admin, "/api/calendars")["items"]] == ["city", "night"]
    assert AuditRow.objects.filter(act="calendar.made", object_id="night").count() == 1
    assert admin.get("/api/calendars/nobody").status_code == 404


# Ladders

STEP = {"after": "due", "tell": ["department"]}


def ladders(*steps: Any, **first: Any) -> list[dict[str, Any]]:
    default = {"name_zh": "默认", "name_en": "Default", "when": {}, "steps": list(steps) or [STEP]}
    return ([first] if first else []) + [default]


def test_ladders_are_read_as_they_can_be_put_again(admin: Client) -> None:
    held = read(admin, "/api/ladders")
    usual = [ladder["name_en"] for ladder in held["ladders"] if "flag" not in ladder["when"]]
    assert usual == ["Critical cases", "Urgent cases", "All other cases"]
    saved = put(admin, held, "/api/ladders").json()
    assert saved["ladders"] == held["ladders"]
    assert AuditRow.objects.get(act="ladders.changed").detail["ladders"][-1] == "All other cases"


def test_open_cases_go_on_from_where_they_stand(case: Case, admin: Client) -> None:
    """The deadline was told. The new ladder tells the leader an hour later, and nobody again of what lies behind."""
    city_is_at("2026-09-08 10:00")
    timers.turn()
    before = Notice.objects.count()
    new = ladders(STEP, {"after": "due", "value": 1, "unit": "working_hour", "tell": ["leader"], "supervise": "key"})
    put(admin, {"revision": read(admin, "/api/ladders")["revision"], "ladders": new}, "/api/ladders")
    timers.turn()
    assert Notice.objects.count() == before
    city_is_at("2026-09-08 11:00")
    timers.turn()
    assert Notice.objects.latest("pk").role == "leader"
    case.refresh_from_db()
    assert case.supervised == "key"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "the last ladder must fit every case"),
        (ladders()[:1] * 2, "those below it are never climbed"),
        (ladders(STEP | {"tell": ["janitor"]}), "nobody is janitor"),
        (ladders(STEP | {"tell": []}), "must tell somebody"),
        (ladders(STEP | {"after": "lunch"}), "not 'lunch'"),
        (ladders(STEP | {"value": -1}), "a number from 0 to 1000"),
        (ladders(STEP | {"unit": "fortnight"}), "not 'fortnight'"),
        (ladders(STEP | {"supervise": "gently"}), "not 'gently'"),
        (ladders(STEP | {"sing": True}), "a step has no sing"),
        (ladders(*[STEP] * 13), "1 to 12 steps"),
        (ladders(name_zh="一", name_en="One", when={"mood": ["bad"]}, steps=[STEP]), "no criterion 'mood'"),
        (ladders(name_zh="一", name_en="One", when={"urgency": ["3"]}, steps=[STEP]), "list of int"),
        (ladders(name_zh="一", name_en="One", when={"category": ["E-99"]}, steps=[STEP]), "has no category 'E-99'"),
        (ladders(name_zh="一", name_en="One", when={"department": ["XYZ"]}, steps=[STEP]), "no department 'XYZ'"),
    ],
)
def test_ladders_that_cannot_be_climbed_are_refused_with_a_sentence(admin: Client, rows: Any, sentence: str) -> None:
    before = read(admin, "/api/ladders")
    answer = put(admin, {"revision": before["revision"], "ladders": rows}, "/api/ladders")
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert read(admin, "/api/ladders") == before


def test_a_ladder_of_a_major_class_and_a_department_is_climbed_by_its_cases(
    case: Case, open_case: Make, admin: Client
) -> None:
    only = {"name_zh": "市容", "name_en": "Waste", "when": {"category": ["E-01"], "department": ["UMB"]}}
    rows = ladders(STEP, **only, steps=[STEP | {"tell": ["leader"]}])
    put(admin, {"revision": read(admin, "/api/ladders")["revision"], "ladders": rows}, "/api/ladders")
    other = open_case(at=local("2026-09-07 16:00"), category="C-01-01", kind="grid.report", source="grid", worker="w")
    city_is_at("2026-09-30 16:00")
    timers.turn()
    assert set(case.notices.values_list("role", flat=True)) == {"leader"}
    assert set(other.notices.values_list("role", flat=True)) == {"department"}


# Rights, and two at once


@pytest.mark.parametrize("path", ["/api/calendars/city", "/api/ladders"])
def test_of_two_who_edit_at_once_the_second_hears_of_the_first(admin: Client, path: str) -> None:
    read_by_both = read(admin, path)
    assert put(admin, read_by_both, path).status_code == 200
    late = put(admin, read_by_both, path)
    assert (late.status_code, late.json()["revision"]) == (409, read(admin, path)["revision"])


@pytest.mark.parametrize("path", ["/api/calendars/city", "/api/ladders"])
@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ADMINISTRATOR}))
def test_others_read_and_do_not_change(client: Client, make_person: Make, path: str, role: str) -> None:
    client.force_login(make_person(role))
    held = read(client, path)
    assert put(client, held, path).status_code == 403
    assert read(client, path) == held
