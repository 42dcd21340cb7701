"""The auditor finds what was planted, says it in sentences, and is quiet in a city that works."""

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from dispatch import auditing, clocks, timers
from dispatch.models import Calendar, Case, Request
from tests.dispatch.times import city_is_at, keep, local
from twin import revisions
from twin.models import Grant, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def case(open_case: Make) -> Case:
    opened: Case = open_case(at=city_is_at("2026-09-07 09:00"))
    return opened


def found() -> dict[str, str]:
    return {finding.code: finding.en for finding in auditing.findings()}


def spoil(case: Case, **fields: Any) -> None:
    Case.objects.filter(pk=case.pk).update(**fields)


def test_a_city_that_works_has_nothing_to_be_found(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert found() == {}
    call_command("next_steps")
    assert "Each of 1 open cases has a next step" in capsys.readouterr().out


def test_a_case_without_a_timer_is_found_and_taken_up(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    spoil(case, wake_at=None)
    assert case.number in found()["no_next_step"]
    with caplog.at_level(logging.WARNING, "dispatch.auditing"):
        assert auditing.turn() == auditing.EVERY
    assert case.number in caplog.text
    assert found() == {}
    city_is_at("2026-09-07 15:00")
    timers.turn()
    assert case.notices.count() == 2


def test_a_clock_that_does_not_run_is_found(case: Case) -> None:
    city_is_at("2026-09-07 15:06")
    assert set(found()) == {"clock_behind", "not_told"}
    timers.turn()
    assert found() == {}


def test_a_case_that_was_set_back_is_found(case: Case) -> None:
    city_is_at("2026-09-07 15:06")
    spoil(case, wake_at=local("2026-09-07 15:10"))
    assert case.number in found()["not_told"]


def test_a_deadline_that_disagrees_with_its_limit_is_found(case: Case) -> None:
    spoil(case, due_at=local("2026-09-07 16:00"))
    assert case.number in found()["wrong_deadline"]
    spoil(case, extensions=1)
    assert found() == {}, "an extension moves it rightly"


def test_a_dispatched_case_without_a_deadline_is_found(case: Case) -> None:
    spoil(case, due_at=None)
    assert case.number in found()["no_deadline"]


def test_a_suspended_case_needs_no_deadline(case: Case) -> None:
    clocks.pause(case, local("2026-09-07 10:00"), local("2026-12-01 10:00"), revisions.read())
    case.status = "suspended"
    keep(case)
    assert found() == {}


def test_data_that_make_no_sense_stop_neither_the_auditor_nor_what_follows(
    case: Case, open_case: Make, caplog: pytest.LogCaptureFixture
) -> None:
    other = open_case(at=case.opened_at)
    spoil(case, limit_unit="fortnight")
    spoil(other, due_at=None)
    with caplog.at_level(logging.CRITICAL, "dispatch.auditing"):
        assert case.number in found()["broken"]
    assert other.number in found()["no_deadline"]


def test_requests_that_wait_for_nobody_are_found(case: Case, make_person: Make) -> None:
    asked = {
        "verb": "ask_extension",
        "reason": "雨天",
        "asked_by": make_person(Role.DEPARTMENT),
        "asked_at": case.opened_at,
    }
    Request.objects.create(case=case, **asked)
    assert found() == {}
    Grant.objects.filter(role=Role.DEPARTMENT_HEAD).delete()
    assert case.number in found()["request_for_nobody"]
    spoil(case, closed_at=case.opened_at)
    assert case.number in found()["request_of_ended_case"]


def test_a_ladder_that_tells_a_role_which_nobody_has_is_found() -> None:
    User.objects.filter(grants__role=Role.LEADER).update(is_active=False)
    assert "Nobody is leader" in found()["role_nobody_has"]


def test_a_calendar_that_ends_is_announced_and_is_no_fault(open_case: Make) -> None:
    city_is_at("2027-12-01 09:00")
    assert "entered up to 2027-12-31" in found()["calendar_ends"]
    case = open_case(at=city_is_at("2027-12-31 17:00"))
    assert case.number in found()["provisional_deadline"]
    call_command("next_steps")  # exit code 0


def test_the_command_says_it_in_both_languages_and_exits_with_1(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(case, wake_at=None)
    with pytest.raises(SystemExit) as ended:
        call_command("next_steps")
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert f"1 个未结案卷没有下一步：{case.number}" in said
    assert f"1 open cases have no next step: {case.number}" in said
    assert Case.objects.get(pk=case.pk).wake_at is None, "the command looks only"


def test_a_long_list_is_cut_short(open_case: Make) -> None:
    numbers = [open_case().number for _ in range(auditing.NAMED + 1)]
    Case.objects.update(wake_at=None)
    sentence = found()["no_next_step"]
    assert sentence.startswith(f"{len(numbers)} open cases")
    assert sentence.count(numbers[0][:8]) == auditing.NAMED
    assert "…" in sentence


def test_every_calendar_is_looked_at(case: Case) -> None:
    Calendar.objects.create(
        code="old", name_zh="旧", name_en="Old", weekdays=[1], hours=[["08:00", "12:00"]],
        first_day=date(2025, 1, 1), last_day=date(2026, 9, 30),
    )  # fmt: skip
    revisions.bump("calendars")
    assert "The calendar old" in found()["calendar_ends"]
