"""The hotline agent's desk: what a second caller says joins the case of the first, and both are called back."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.frontend.axe import serious
from tests.frontend.conftest import RunningCity
from tests.frontend.over_http import enter, logged_in

ADDRESS = "中路7号"


def register_first(city: RunningCity) -> dict[str, Any]:
    """The case that the first caller's report became."""
    with logged_in(city, "demo-hotline") as client:
        place = client.get("/api/places", params={"q": ADDRESS}).json()["items"][0]
        first = {
            "client_id": "the-first-caller", "category": "E-01-10", "description": "路边垃圾堆了三天没人清",
            "lon": place["lon"], "lat": place["lat"], "reporter": {"name": "李先生", "phone": "13900000001"},
        }  # fmt: skip
        return dict(client.post("/api/reports", json=first).raise_for_status().json()["case"])


def close_by_force(city: RunningCity, case_id: int) -> None:
    with logged_in(city, "demo-duty-chief") as client:
        case = client.get(f"/api/cases/{case_id}").json()
        body = {"version": case["version"], "note": "现场已清运"}
        client.post(f"/api/cases/{case_id}/actions/force_close", json=body).raise_for_status()


def test_a_second_caller_joins_the_case_and_both_are_called_back(page: Page, running_city: RunningCity) -> None:
    case = register_first(running_city)
    enter(page, running_city, "/register", "demo-hotline")
    expect(page.get_by_label("电话")).to_be_focused(timeout=30_000)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("fault-category")).to_be_visible()
    expect(page.get_by_test_id("fault-place")).to_be_visible()

    page.get_by_label("电话").fill("13900000002")
    page.get_by_test_id("register-category").click()
    page.keyboard.type("E0110")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("conditions")).to_be_visible()
    expect(page.get_by_test_id("fault-category")).to_have_count(0)
    page.get_by_test_id("register-text").locator("textarea").fill("路边垃圾几天没人清")
    page.get_by_test_id("register-address").locator("input").fill(ADDRESS)
    page.locator(".n-base-select-option", has_text=re.compile(f"^{ADDRESS}地址$")).click()
    suggested = page.locator(f"[data-testid=similar-case][data-number='{case['number']}']")
    expect(suggested).to_contain_text("同类别")

    # What was typed is still there after a look at something else.
    page.get_by_test_id("page-call-backs").click()
    expect(page.get_by_role("heading", name="回访")).to_be_visible()
    page.get_by_test_id("page-register").click()
    expect(page.get_by_label("电话")).to_have_value("13900000002")
    assert serious(page) == []
    suggested.get_by_test_id("join").click()
    registered = page.get_by_test_id("registered")
    expect(registered).to_have_attribute("data-became", "joined")
    expect(registered).to_have_attribute("data-number", case["number"])
    expect(registered).to_contain_text("本案共 2 条上报")
    expect(page.get_by_label("电话")).to_have_value("")

    close_by_force(running_city, case["id"])
    page.get_by_test_id("page-call-backs").click()
    waiting = page.locator(f"[data-testid=waiting-case][data-number='{case['number']}']")
    expect(waiting.get_by_test_id("reporter")).to_have_count(2)
    expect(waiting).to_contain_text("现场已清运")
    expect(page.get_by_text("13900000001")).to_have_count(0)
    waiting.get_by_test_id("record-call").first.click()
    waiting.get_by_test_id("show-reporter").click()
    expect(waiting.get_by_test_id("reporter-shown")).to_contain_text("13900000001")
    waiting.get_by_test_id("reached-yes").click()
    waiting.get_by_test_id("result-yes").click()
    waiting.get_by_test_id("verb-confirm").click()
    expect(waiting.get_by_test_id("reporter")).to_have_count(1)
    expect(waiting.get_by_test_id("call-form")).to_be_visible()  # the other one comes next
    assert serious(page) == []
