"""A department's pages in a real Chromium: hours and roster, a token, and what failed on its way is sent again."""

from datetime import UTC, datetime

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.frontend.axe import serious
from tests.frontend.conftest import RunningCity
from tests.frontend.over_http import enter, logged_in

CODE = "UMB.GRN"


@pytest.fixture
def failed(running_city: RunningCity) -> str:
    """A delivery that was given up, on a channel that is off: no process sends in this city. Its case's number."""
    number = f"9{datetime.now(UTC):%Y%m%d%H%M%S}"
    with logged_in(running_city, "demo-admin") as client:
        body = {"kind": "webhook", "department": CODE, "url": "http://127.0.0.1:9/tasks", "enabled": False}
        channel = client.post("/api/channels", json=body).raise_for_status().json()["id"]
    with psycopg.connect(running_city.database, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO dispatch_delivery (channel_id, seq, case_id, number, type, body, exercise, state, attempts,"
            " next_at, response_code, last_error, made_at) VALUES (%s, 1, 1, %s, 'cn.yiwang.task.opened', '{}', '',"
            " 'failed', 60, now(), 503, 'answered 503: down for repairs', now())",
            [channel, number],
        )
    return number


def test_an_administrator_keeps_a_department(page: Page, running_city: RunningCity, failed: str) -> None:
    enter(page, running_city, "/departments", "demo-admin")
    page.get_by_test_id("department-search").locator("input").fill("园林")
    page.get_by_test_id(f"department-{CODE}").click()
    page.get_by_test_id("calendar").click()
    page.locator(".n-base-select-option", has_text="本部门自定时间").click()
    page.get_by_test_id("own-hours").get_by_text("周六", exact=True).click()
    page.get_by_test_id("tab-roster").click()
    page.get_by_test_id("add-shift").click()
    page.get_by_test_id("shift").locator(".n-select").click()
    page.locator(".n-base-select-option", has_text="王建国").click()

    with logged_in(running_city, "demo-admin") as somebody:
        at = somebody.get(f"/api/departments/{CODE}").json()["version"]
        somebody.put(f"/api/departments/{CODE}", json={"version": at, "phone": "0510-7"}).raise_for_status()
    expect(page.get_by_test_id("department-conflict")).to_contain_text("对方更改了： 电话")
    page.get_by_test_id("keep-mine").click()

    page.get_by_test_id("page-inbox").click()
    page.get_by_test_id("leave-stay").click()
    page.get_by_test_id("save-department").click()
    expect(page.get_by_test_id("save-department")).to_have_count(0)
    with logged_in(running_city, "demo-admin") as client:
        kept = client.get(f"/api/departments/{CODE}").json()
        assert client.get("/api/calendars/umb-grn").json()["weekdays"] == [1, 2, 3, 4, 5, 6]
    assert (kept["calendar"], kept["phone"]) == ("umb-grn", "0510-7")
    assert [shift["user"]["name"] for shift in kept["roster"]] == ["王建国"]

    page.get_by_test_id("tab-systems").click()
    page.get_by_test_id("token-name").locator("input").fill("绿化系统")
    page.get_by_test_id("make-token").click()
    token = page.get_by_test_id("secret").inner_text()
    assert (
        page.request.get(f"{running_city.url}/api/tasks/1", headers={"Authorization": f"Bearer {token}"}).status == 404
    )
    page.get_by_test_id("secret-kept").click()
    expect(page.get_by_test_id("token")).to_contain_text("绿化系统")
    expect(page.get_by_test_id("secret")).to_have_count(0)

    # Two at one channel: who is second sees the other's address, and what is saved then is the own one.
    page.get_by_test_id("edit-channel").click()
    page.get_by_test_id("channel-url").locator("input").fill("http://127.0.0.1:9/mine")
    with logged_in(running_city, "demo-admin") as somebody:
        (channel,) = [one for one in somebody.get("/api/channels").json()["items"] if one["department"] == CODE]
        body = {"version": channel["version"], "url": "http://127.0.0.1:9/theirs", "exercises": True}
        somebody.put(f"/api/channels/{channel['id']}", json=body).raise_for_status()
        page.get_by_test_id("save-channel").click()
        expect(page.get_by_test_id("channel-form")).to_contain_text("现为：http://127.0.0.1:9/theirs")
        page.get_by_test_id("save-channel").click()
        expect(page.get_by_test_id("channel-form")).to_have_count(0)
        (kept,) = [one for one in somebody.get("/api/channels").json()["items"] if one["department"] == CODE]
    assert (kept["url"], kept["exercises"]) == ("http://127.0.0.1:9/mine", True)

    page.get_by_test_id("tab-log").click()
    row = page.locator(f"[data-number='{failed}']")
    expect(row).to_contain_text("answered 503: down for repairs")
    assert serious(page) == []
    row.get_by_test_id("send-again").click()
    expect(row).to_have_attribute("data-state", "waiting")


def test_a_head_sees_the_own_departments_and_nobody_elses(page: Page, running_city: RunningCity) -> None:
    enter(page, running_city, "/departments/UMB?tab=systems", "demo-department-head")
    expect(page.get_by_test_id("department")).to_have_attribute("data-code", "UMB")
    expect(page.get_by_test_id("department-WAT")).to_have_count(0)
    expect(page.get_by_test_id("make-token")).to_have_count(0)
    page.goto(f"{running_city.url}/departments/WAT")
    expect(page.get_by_role("alert")).to_contain_text("无权查看")
