"""The clock of the city: what falls due is told once, by whoever comes first, and nothing is lost or held up."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dispatch import actions, clocks, flags, timers
from dispatch.models import Case, Notice
from tests.dispatch.times import city_is_at, keep, local
from twin import clock, revisions
from twin.models import AuditRow, Feature, JournalRow, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
MONDAY = "2026-09-07 09:00"
SAN = ("department", "UMB.SAN")


@pytest.fixture
def open_at(open_case: Make) -> Callable[..., Case]:
    """A case reported at a city time, at which the clock stands."""

    def report(moment: str = MONDAY, **event: Any) -> Case:
        case: Case = open_case(at=city_is_at(moment), **event)
        return case

    return report


@pytest.fixture
def case(open_at: Make) -> Case:
    """Exposed waste, routine, at UMB.SAN on Monday at nine. Four working hours: yellow at 14:12, due at 15:00; four
    working hours later it is Tuesday 9:00, one working day later Tuesday 15:00."""
    made: Case = open_at()
    return made


def pass_time(*moments: str | datetime) -> None:
    for moment in moments:
        city_is_at(moment)
        timers.turn()


def told(case: Case) -> list[tuple[str, str, str]]:
    return list(Notice.objects.filter(case=case).order_by("pk").values_list("reason", "role", "department"))


def escalations(case: Case) -> list[JournalRow]:
    rows = JournalRow.objects.filter(object_type="case", object_id=case.pk, kind="case.escalated")
    return list(rows.order_by("seq"))


def test_a_case_is_timed_from_the_moment_of_its_dispatch(case: Case) -> None:
    assert (case.limit_value, case.limit_unit, case.dispatched_at) == (4, "working_hour", local(MONDAY))
    assert (case.warn_at, case.due_at) == (local("2026-09-07 14:12"), local("2026-09-07 15:00"))
    assert case.wake_at == case.stage_due_at == local("2026-09-07 11:00"), "a department accepts within two hours"
    state = Feature.objects.get(object_type="case").state
    assert [state[name] for name in ("warn_at", "due_at", "stage_due_at")] == [
        "2026-09-07T06:12:00Z", "2026-09-07T07:00:00Z", "2026-09-07T03:00:00Z"
    ]  # fmt: skip


def test_a_case_climbs_its_ladder_step_by_step(case: Case) -> None:
    pass_time("2026-09-07 10:59", "2026-09-07 11:00", "2026-09-07 14:11")
    assert told(case) == [("stage", *SAN)]
    pass_time("2026-09-07 14:12", "2026-09-07 14:59")
    assert told(case)[1:] == [("warn", *SAN)]
    pass_time("2026-09-07 15:00", "2026-09-08 08:59")
    assert told(case)[2:] == [("due", *SAN), ("due", "dispatcher", "")]
    pass_time("2026-09-08 09:00")
    assert told(case)[4:] == [("due", "department_head", "UMB.SAN"), ("due", "duty_chief", "")]
    case.refresh_from_db()
    assert case.supervised == ""
    pass_time("2026-09-08 15:00", "2026-09-09 15:00", "2026-09-30 15:00")
    assert told(case)[6:] == [("supervise", "leader", "")]
    case.refresh_from_db()
    assert (case.supervised, case.version, len(escalations(case))) == ("overdue", 6, 5)
    assert case.wake_at is not None
    assert case.wake_at > local("2026-09-30 15:00"), "it is looked at again though nothing is left to tell"


def test_each_step_leaves_an_audit_row_and_a_journal_row_and_shows_on_the_map(case: Case) -> None:
    pass_time("2026-09-07 15:00")
    (row,) = escalations(case)
    assert (row.actor, row.version, row.department, row.zones) == ("clock", 2, "UMB.SAN", case.zones)
    assert row.change["told"] == [
        {"reason": "due", "role": "department", "department": "UMB.SAN"},
        {"reason": "due", "role": "dispatcher"},
    ]
    audit = AuditRow.objects.get(act="case.escalated")
    assert (audit.user, audit.object_id, audit.detail["told"]) == (None, str(case.pk), row.change["told"])
    assert Feature.objects.get(object_type="case").version == 2


def test_after_a_night_without_a_clock_everybody_hears_the_last_that_concerns_them(case: Case) -> None:
    pass_time("2026-09-08 16:00")
    assert told(case) == [
        ("due", *SAN), ("due", "dispatcher", ""), ("due", "department_head", "UMB.SAN"), ("due", "duty_chief", ""),
        ("supervise", "leader", ""),
    ]  # fmt: skip
    assert len(escalations(case)) == 1


def test_a_critical_case_climbs_faster_by_day_and_night(open_at: Make) -> None:
    """C-01-01 condition 1, a cover that is gone: two urgent hours, critical. Reported on Friday at 23:00."""
    kind = {"kind": "grid.report", "source": "grid", "worker": "w", "category": "C-01-01", "condition": 1}
    case = open_at("2026-09-11 23:00", **kind, urgency=3)
    pass_time("2026-09-11 23:15")
    assert told(case) == [("stage", "department", case.department), ("stage", "duty_chief", "")]
    pass_time("2026-09-12 00:36")
    assert [who for _, who, _ in told(case)[2:]] == ["department", "department_head"]
    pass_time("2026-09-12 01:00", "2026-09-12 01:30")
    assert told(case)[-1] == ("supervise", "leader", "")


def test_what_the_department_has_done_in_time_is_not_escalated_to_it(case: Case) -> None:
    """Handled at ten: from there on the inspection's half hour runs, day and night; after rework the limit runs on."""
    case.status = "handled"
    clocks.enter(case, local("2026-09-07 10:00"), revisions.read())
    keep(case)
    assert (case.handled_at, case.stage_due_at) == (local("2026-09-07 10:00"), local("2026-09-07 10:30"))
    pass_time("2026-09-07 10:30", "2026-09-07 16:00", "2026-09-08 16:00")
    assert told(case) == [("stage", "operator", "")]
    case.refresh_from_db()
    assert clocks.left(case, local("2026-09-08 16:00"), revisions.read()) == 3 * 3600, "as it was when it was handled"
    case.status = "accepted"
    clocks.enter(case, local("2026-09-08 16:00"), revisions.read())
    keep(case)
    pass_time("2026-09-08 16:00")
    assert ("supervise", "leader", "") in told(case)


def test_a_suspended_case_comes_back_by_itself(case: Case) -> None:
    """Suspended on Monday at 11:00 with two of four hours left; back on Thursday at 16:00, so due at 18:00."""
    clocks.pause(case, local("2026-09-07 11:00"), local("2026-09-10 16:00"), revisions.read())
    case.status = "suspended"
    keep(case)
    assert (case.due_at, case.warn_at, case.remaining, case.wake_at) == (None, None, 7200, local("2026-09-10 16:00"))
    pass_time("2026-09-07 15:00", "2026-09-09 15:00", "2026-09-10 15:59")
    assert told(case) == []
    pass_time("2026-09-10 16:00")
    case.refresh_from_db()
    assert (case.status, case.due_at, case.warn_at) == (
        "accepted",
        local("2026-09-10 18:00"),
        local("2026-09-10 17:12"),
    )
    assert (case.remaining, case.suspended_until, case.version) == (None, None, 2)
    assert told(case) == [("resume", *SAN)]
    row = JournalRow.objects.get(kind="case.resumed")
    assert (row.actor, row.change["status"]) == ("clock", ["suspended", "accepted"])
    assert AuditRow.objects.get(act="case.resumed").user is None
    pass_time("2026-09-10 17:12")
    assert told(case)[1:] == [("warn", *SAN)]


def test_a_case_that_has_ended_is_told_of_no_more(case: Case) -> None:
    case.status = "closed"
    clocks.stop(case, local("2026-09-07 10:00"))
    keep(case)
    assert (case.wake_at, case.due_at, case.ending) == (None, local("2026-09-07 15:00"), "closed")
    pass_time("2026-09-08 15:00")
    assert told(case) == []


def test_a_drill_runs_a_day_in_a_minute(case: Case) -> None:
    """Ten minutes of the city are less than half a second then; a clock that stands is looked at all the same."""
    clock.change(local("2026-09-07 10:50"), 1440)
    assert timers.turn() < 0.5
    city_is_at("2026-09-07 10:50")
    assert timers.turn() == timers.LATEST


# What fails


def test_a_case_that_fails_is_set_back_and_holds_up_no_other(
    open_at: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    poison, others = open_at(), [open_at() for _ in range(3)]
    Case.objects.filter(pk=poison.pk).update(category="E-99-99")  # no catalogue has it
    with caplog.at_level(logging.CRITICAL, "dispatch.timers"):
        pass_time("2026-09-07 15:00")
    assert [len(told(other)) for other in others] == [2, 2, 2]
    poison.refresh_from_db()
    assert (poison.told, poison.version, poison.wake_at) == (0, 1, local("2026-09-07 15:10"))
    Case.objects.filter(pk=poison.pk).update(category="E-01-10")
    pass_time("2026-09-07 15:10")
    assert len(told(poison)) == 2


def test_a_case_that_the_database_refuses_holds_up_no_other(open_at: Make, caplog: pytest.LogCaptureFixture) -> None:
    poison, others = open_at(), [open_at() for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE dispatch_notice ADD CHECK (case_id <> {poison.pk})")
    with caplog.at_level(logging.CRITICAL, "dispatch.timers"):
        pass_time("2026-09-07 15:00")
    assert [len(told(other)) for other in others] == [2, 2, 2]
    poison.refresh_from_db()
    assert (poison.told, poison.version, poison.wake_at) == (0, 1, local("2026-09-07 15:10"))
    assert not escalations(poison), "nothing of it is left in the journal"


def test_many_due_cases_cost_as_many_statements_as_one(open_at: Make, statements: Make) -> None:
    open_at()
    pass_time("2026-09-07 15:00")  # loads what a process keeps
    counts = []
    for size in (1, 20):
        for _ in range(size):
            open_at()
        city_is_at("2026-09-07 15:00")
        with statements() as sent:
            timers.turn()
        counts.append(len(sent))
    assert counts[0] == counts[1], sent


def test_the_timeline_says_in_words_what_the_clock_did(case: Case, client: Client, make_person: Make) -> None:
    pass_time("2026-09-07 15:00")
    client.force_login(make_person(Role.OPERATOR))
    shown = client.get(f"/api/cases/{case.pk}").json()["timeline"][-1]
    assert (shown["actor"], shown["kind"]) == ("系统 System", "case.escalated")
    assert "已超过处置时限。告知专业部门、派遣员" in shown["text_zh"]
    assert "it is past its deadline. Told: department, dispatcher" in shown["text_en"]


def test_steps_of_people_go_on_beside_the_clock(case: Case, make_person: Make) -> None:
    pass_time("2026-09-07 15:00")
    assert actions.act(case.pk, "accept", make_person(Role.ADMINISTRATOR), version=2).status == "accepted"


def test_what_is_told_of_an_exercise_is_marked(open_case: Make, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(exercise="flood-2026")
    pass_time("2026-09-07 15:00")
    assert set(Notice.objects.values_list("exercise", flat=True)) == {"flood-2026"}
    assert escalations(case)[0].exercise == AuditRow.objects.get(act="case.escalated").exercise == "flood-2026"


def test_the_clock_waits_at_most_a_second_and_at_least_a_moment(case: Case) -> None:
    city_is_at(local("2026-09-07 11:00") - timedelta(seconds=0.2))
    assert timers.SOON <= timers.turn() <= timers.LATEST


def test_in_wartime_more_people_hear_sooner_and_after_it_the_usual_ladder_goes_on(
    case: Case, operator: User, open_at: Callable[..., Case]
) -> None:
    flags.put("wartime", True, "台风红色预警", operator)
    pass_time("2026-09-07 14:20")
    assert told(case) == [("warn", "department", "UMB.SAN"), ("warn", "department_head", "UMB.SAN")]
    flags.put("wartime", False, "", operator)
    pass_time("2026-09-07 15:01")
    assert told(case)[2:] == [("due", *SAN), ("due", "dispatcher", "")], "nothing is told twice"
