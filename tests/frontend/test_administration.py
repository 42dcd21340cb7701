"""The administrator's pages in a real Chromium: calendars, escalation ladders and the catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.axe import serious
from tests.frontend.conftest import RunningCity
from tests.frontend.over_http import enter, logged_in

ADMIN = "demo-admin"
CALENDAR, LADDERS = "/api/calendars/city", "/api/ladders"


@pytest.fixture
def put_back(running_city: RunningCity) -> Iterator[None]:
    """Other tests share the city: its calendar and ladders are as they were when a test has ended."""
    with logged_in(running_city, ADMIN) as admin:
        held = {path: admin.get(path).json() for path in (CALENDAR, LADDERS)}
        yield
        for path, was in held.items():
            now = admin.get(path).json()["revision"]
            admin.put(path, json=was | {"revision": now}).raise_for_status()


def no_serious_fault(page: Page) -> None:
    assert serious(page) == []


@pytest.mark.usefixtures("put_back")
def test_a_day_is_made_free_after_the_page_has_said_what_moves(page: Page, running_city: RunningCity) -> None:
    enter(page, running_city, "/calendars", ADMIN)
    day = page.locator('[data-day="2027-03-02"]')
    page.get_by_test_id("next-year").click()
    expect(day).to_have_attribute("data-sort", "work")
    day.click()
    page.get_by_test_id("day-own").click()
    hours = page.get_by_test_id("day-form").get_by_test_id("hours").locator("input")
    hours.nth(2).fill("11:00")
    expect(page.get_by_test_id("hours-fault")).to_contain_text("08:00–12:00 与 11:00–18:00")
    expect(page.get_by_test_id("calendar-save")).to_be_disabled()
    page.get_by_test_id("day-holiday").click()
    expect(day).to_have_attribute("data-sort", "holiday")

    # Somebody else declares another day free meanwhile: theirs and mine are both kept.
    with logged_in(running_city, ADMIN) as other:
        held = other.get(CALENDAR).json()
        theirs = {"day": "2027-03-04", "working": False, "name_zh": "", "name_en": "", "hours": []}
        other.put(CALENDAR, json=held | {"days": [*held["days"], theirs]}).raise_for_status()
        page.get_by_test_id("calendar-save").click()
        expect(page.get_by_test_id("calendar-conflict")).to_contain_text("2027-03-04")
        page.get_by_test_id("keep-mine").click()
        no_serious_fault(page)
        page.get_by_test_id("calendar-save").click()
        expect(page.get_by_test_id("would-move")).to_be_visible()
        assert "2027-03-02" not in [one["day"] for one in other.get(CALENDAR).json()["days"]], "nothing is saved yet"
        page.get_by_test_id("calendar-confirmed").click()
        expect(page.get_by_test_id("calendar-save")).to_have_count(0)
        free = {one["day"] for one in other.get(CALENDAR).json()["days"] if not one["working"]}
        assert {"2027-03-02", "2027-03-04"} <= free


@pytest.mark.usefixtures("put_back")
def test_a_ladder_reads_in_words_and_unsaved_changes_are_not_lost(page: Page, running_city: RunningCity) -> None:
    enter(page, running_city, "/ladders", ADMIN)
    first = page.get_by_test_id("ladder").first
    expect(first.get_by_test_id("step").last).to_have_text("超过处置时限 0.25 紧急工作时，告知领导")
    first.locator(".head").click()
    value = first.get_by_test_id("step-form").last.get_by_test_id("step-value").locator("input")
    value.fill("2")
    value.press("Tab")
    expect(first.get_by_test_id("step").last).to_contain_text("超过处置时限 2 紧急工作时")
    page.get_by_test_id("pages-set-up").click()
    page.get_by_test_id("page-catalogue").click()
    page.get_by_test_id("leave-stay").click()
    expect(page).to_have_url(f"{running_city.url}/ladders")
    page.get_by_test_id("ladders-save").click()
    expect(page.get_by_test_id("ladders-save")).to_have_count(0)
    with logged_in(running_city, ADMIN) as admin:
        assert admin.get(LADDERS).json()["ladders"][0]["steps"][-1]["value"] == 2
    no_serious_fault(page)


def test_a_table_is_looked_at_before_it_becomes_an_edition(
    page: Page, running_city: RunningCity, tmp_path: Path
) -> None:
    """The edition holds only in the far future, so that the city of the other tests keeps its own."""
    head = "类型,大类代码,大类名称,小类代码,小类名称,立案条件,结案条件,几天办完,原代码\n"
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(
        head + "部件,1,公用设施,01,上水井盖,井盖缺失,补齐,2天,\n部件,1,公用设施,98,智能井盖,离线,在线,4小时,C-01-02\n"
    )
    bad.write_text(good.read_text().replace("4小时", "尽快"))
    enter(page, running_city, "/catalogue", ADMIN)
    page.get_by_test_id("major-C-01").click()
    expect(page.get_by_test_id("category").first).to_contain_text("2 紧急工作时")
    no_serious_fault(page)
    page.get_by_test_id("to-import").click()

    for path in (bad, good):
        page.get_by_test_id("import-file").set_input_files(path)
        page.get_by_test_id("column-limit").click()
        page.locator(".n-base-select-option", has_text="几天办完").last.click()
        page.get_by_test_id("import-dry-run").click()
        if path is bad:
            expect(page.get_by_test_id("plan-table")).to_contain_text("几天办完 (处置时限)")
            expect(page.get_by_test_id("plan-table")).to_contain_text("“尽快”不是时限")
            expect(page.get_by_test_id("import-apply")).to_be_disabled()
    expect(page.get_by_test_id("plan-rules")).to_contain_text("there is no category")
    expect(page.get_by_test_id("plan-added")).to_contain_text("1")
    version = f"2050.{running_city.prefix[-4:]}"
    page.get_by_test_id("catalogue-version").locator("input").fill(version)
    holds_from = page.get_by_label("生效时间")
    holds_from.fill("2050-01-01 00:00")
    holds_from.press("Tab")
    page.get_by_test_id("import-apply").click()
    page.get_by_test_id("import-done").get_by_role("link").click()
    page.get_by_test_id("tab-mapping").click()
    expect(page.get_by_test_id("mapping")).to_contain_text("换码")
    with logged_in(running_city, ADMIN) as admin:
        made = next(one for one in admin.get("/api/catalogues").json()["items"] if one["version"] == version)
        assert made["in_force"] is False
