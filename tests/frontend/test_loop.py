"""The whole loop in the browser, as four people; and the pages of rules, workflow and inbox."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.frontend.conftest import RunningCity
from tests.frontend.over_http import enter, logged_in

# A picture of 8 by 6 pixels.
GREEN = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEUlEQVR4nGMwXlWOFTEMpAQAoiQ/wY/S5UcAAAAASUVORK5CYII="


@pytest.fixture
def as_person(chromium: Browser, running_city: RunningCity, opened: str) -> Iterator[Callable[[str], Page]]:
    """A page of somebody's own, with the case open in the inbox, which needs no map."""
    contexts = []

    def come(username: str) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        contexts.append(context)
        theirs = context.new_page()
        enter(theirs, running_city, f"/inbox?case={opened}", username)
        expect(theirs.get_by_test_id("case-panel")).to_have_attribute("data-case-number", opened, timeout=30_000)
        return theirs

    yield come
    for context in contexts:
        context.close()


def now_is(page: Page, status: str) -> None:
    """The page has been told by the live line: nobody loads it again."""
    expect(page.get_by_test_id("case-status")).to_have_attribute("data-status", status, timeout=20_000)


def confirm(page: Page) -> None:
    page.get_by_test_id("verb-confirm").click()


def photo() -> FilePayload:
    return {"name": "after.png", "mimeType": "image/png", "buffer": base64.b64decode(GREEN)}


def test_four_people_take_a_case_through_the_whole_loop(as_person: Callable[[str], Page]) -> None:
    department, dispatcher = as_person("demo-department"), as_person("demo-dispatcher")
    operator, agent = as_person("demo-operator"), as_person("demo-hotline")

    department.get_by_test_id("verb-return").click()
    expect(department.get_by_test_id("verb-confirm")).to_be_disabled()
    department.get_by_test_id("verb-note").locator("textarea").fill("界限不清，请重新派遣")
    confirm(department)
    now_is(dispatcher, "returned")

    dispatcher.keyboard.press("d")
    expect(dispatcher.get_by_test_id("verb-form")).to_contain_text("派遣")
    confirm(dispatcher)
    now_is(department, "dispatched")
    expect(department.locator("[data-count=returns]")).to_contain_text("1")

    department.get_by_test_id("verb-accept").click()
    now_is(department, "accepted")
    department.get_by_test_id("verb-complete").click()
    department.get_by_test_id("verb-note").locator("textarea").fill("已清运")
    department.get_by_test_id("file-photos_after").set_input_files(photo())
    expect(department.get_by_test_id("photo-taken")).to_be_visible()
    confirm(department)
    now_is(operator, "handled")
    expect(operator.get_by_test_id("case-photos").locator("[data-kind=after]")).to_have_count(1)

    operator.get_by_test_id("verb-inspect").click()
    confirm(operator)
    now_is(operator, "inspecting")
    operator.get_by_test_id("verb-pass_inspection").click()
    confirm(operator)
    now_is(operator, "inspected")
    operator.get_by_test_id("verb-close").click()
    confirm(operator)
    now_is(agent, "closed")

    ways = agent.get_by_test_id("verb-call_back")
    if not ways.count():
        agent.get_by_test_id("more-verbs").click()
        ways = agent.locator(".n-dropdown-option").get_by_text("回访", exact=True)
    ways.click()
    agent.get_by_test_id("verb-report").click()
    agent.locator(".n-base-select-option").first.click()
    agent.get_by_test_id("reached-yes").click()
    expect(agent.get_by_test_id("verb-confirm")).to_be_disabled()
    agent.get_by_test_id("result-yes").click()
    agent.get_by_test_id("rating-3").click()
    confirm(agent)
    expect(agent.get_by_test_id("call-backs")).to_contain_text("已解决", timeout=20_000)
    expect(agent.get_by_test_id("call-backs")).to_contain_text("满意")


def test_somebody_who_was_too_late_sees_who_was_first(
    as_person: Callable[[str], Page], running_city: RunningCity, opened: str
) -> None:
    late = as_person("demo-department")
    # Somebody accepts it while the step of the late one is on its way.
    late.route("**/api/cases/*/actions/accept", lambda route: _overtake(route, running_city, opened))
    late.get_by_test_id("verb-accept").click()
    expect(late.get_by_test_id("conflict")).to_contain_text("刘芳", timeout=20_000)
    now_is(late, "accepted")


def _overtake(route: Route, city: RunningCity, number: str) -> None:
    _accept_first(city, number)
    route.continue_()


def _accept_first(city: RunningCity, number: str) -> None:
    with logged_in(city, "demo-department-head") as client:
        case = client.get("/api/cases", params={"number": number}).json()["items"][0]
        client.post(f"/api/cases/{case['id']}/actions/accept", json={"version": case["version"]}).raise_for_status()


@pytest.fixture
def rules_put_back(running_city: RunningCity) -> Iterator[None]:
    """Other tests share the city: the rules that hold are as they were when a test has ended."""
    with logged_in(running_city) as planner:
        held = _rules_that_hold(planner)
        yield
        base = _rules_that_hold(planner)["version"]
        body = {"version": f"after {base}", "base": base, "rules": held["rules"]}
        answer = planner.put("/api/rules", json=body)
        assert answer.is_success, answer.text


def _rules_that_hold(planner: httpx.Client) -> dict[str, Any]:
    version = planner.get("/api/rules").json()["items"][0]["version"]
    return dict(planner.get(f"/api/rules/sets/{version}").json())


@pytest.mark.usefixtures("rules_put_back")
def test_a_planner_changes_a_rule_tries_it_and_saves_it(page: Page, running_city: RunningCity) -> None:
    enter(page, running_city, "/rules", "demo-planner")
    page.get_by_test_id("rule").first.wait_for(timeout=30_000)
    before = page.get_by_test_id("rule").count()
    page.get_by_test_id("add-rule").click()
    expect(page.get_by_test_id("rule")).to_have_count(before + 1)
    expect(page.get_by_test_id("fault-count")).to_be_visible()  # neither categories nor a department yet
    expect(page.get_by_test_id("rule").first).to_contain_text("“属于”需要至少一个取值")
    expect(page.get_by_test_id("rules-save")).to_be_disabled()
    form = page.get_by_test_id("rule-form")
    form.locator(".n-select").nth(2).click()
    page.keyboard.type("E-05-06")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    form.locator(".n-tree-select, .n-base-selection").nth(3).click()
    page.keyboard.type("FIR")
    page.locator(".n-tree-select-menu .n-tree-node-content").first.click()
    expect(page.get_by_test_id("fault-count")).to_have_count(0)

    page.get_by_test_id("try-category").click()
    page.keyboard.type("E-05-06")
    page.keyboard.press("Enter")
    page.get_by_test_id("try-run").click()
    expect(page.get_by_test_id("tried")).to_contain_text("新规则", timeout=20_000)
    page.get_by_test_id("rules-version").locator("input").fill(f"browser-{before}")
    page.get_by_test_id("rules-save").click()
    expect(page.get_by_test_id("rules-base")).to_contain_text(f"browser-{before}", timeout=20_000)


def test_rules_that_are_not_saved_are_not_lost_by_a_click(page: Page, running_city: RunningCity) -> None:
    enter(page, running_city, "/rules", "demo-planner")
    page.get_by_test_id("rule").first.wait_for(timeout=30_000)
    before = page.get_by_test_id("rule").count()
    page.get_by_test_id("add-rule").click()
    elsewhere = page.get_by_test_id("page-zones")
    elsewhere.click()
    expect(page.get_by_test_id("leave-dialog")).to_contain_text("尚未保存")
    page.get_by_test_id("leave-stay").click()
    expect(page.get_by_test_id("leave-dialog")).to_have_count(0)
    expect(page.get_by_test_id("rule")).to_have_count(before + 1)
    assert page.url.endswith("/rules")
    elsewhere.click()
    page.get_by_test_id("leave-go").click()
    page.wait_for_url("**/zones")
