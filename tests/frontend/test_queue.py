"""The queue as an operator works it: by keyboard, in bulk, through filters of their own, and from the figures."""

import re
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.frontend.conftest import RunningCity, await_true
from tests.frontend.over_http import enter, logged_in

# Says what the loudspeaker would have said.
LISTEN = """() => {
  window.tones = 0
  const start = OscillatorNode.prototype.start
  OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at) }
}"""
# A map draws on the processor here, and this is about the queue beside it.
WITHOUT_MAP = "**/CityMap*.js"


def test_an_operator_works_the_queue(
    page: Page, running_city: RunningCity, make_event: Callable[..., dict[str, Any]]
) -> None:
    page.route(WITHOUT_MAP, lambda route: route.fulfill(body="export default {}", content_type="text/javascript"))
    page.add_init_script(f"({LISTEN})()")
    with logged_in(running_city, "demo-operator") as client:
        known = _numbers(client)
        enter(page, running_city, "/", "demo-operator")
        expect(page.get_by_test_id("queue-count")).to_be_visible()
        page.keyboard.press("i")
        standing = page.get_by_test_id("moment-open").locator("b")
        expect(standing).not_to_have_text("–")
        before = int(standing.inner_text().replace(",", ""))

        # What comes in while somebody watches is unread.
        for i in range(3):
            running_city.publish("hotline/12345", make_event(description=f"队列 {i}"))
        await_true(lambda: len(_numbers(client) - known) == 3, lambda: f"not three new: {_numbers(client) - known}")
        fresh = _numbers(client) - known
        for number in fresh:
            expect(_row(page, number)).to_have_attribute("data-mark", "unread")
        expect(standing).to_have_text(f"{before + 3:,}")

        # A filter that is saved is there at the next desk, under a key.
        _toggle_unread(page)
        page.get_by_test_id("save-filter").click()
        page.get_by_test_id("filter-name").locator("input").fill("新来的")
        page.get_by_test_id("filter-save").click()
        expect(page.get_by_test_id("saved-filter")).to_contain_text("新来的")
        page.reload()
        expect(page.get_by_test_id("saved-filter")).to_contain_text("新来的")
        page.keyboard.press("1")
        expect(page.get_by_test_id("queue-item")).to_have_count(3)

        # What is looked at is read, and stays until the eye moves on; what changes after that says so.
        page.keyboard.press("j")
        expect(page.get_by_test_id("case-panel")).to_have_attribute("data-case-number", re.compile(r"\d"))
        first = str(page.get_by_test_id("case-panel").get_attribute("data-case-number"))
        expect(_row(page, first)).not_to_have_attribute("data-mark", "unread")
        page.keyboard.press("j")
        expect(page.get_by_test_id("queue-item")).to_have_count(2)
        _urge(running_city, first)
        page.keyboard.press("Escape")
        page.get_by_test_id("queue-search").locator("input").fill(first)
        _toggle_unread(page)
        expect(_row(page, first)).to_have_attribute("data-mark", "changed")

        # One step for all that the filter leaves; each has its own outcome.
        page.get_by_test_id("queue-search").locator("input").fill("")
        page.get_by_test_id("queue-search").locator("input").press("Escape")
        page.keyboard.press("Escape")
        for number in sorted(fresh):
            _row(page, number).hover()
            _row(page, number).get_by_test_id("queue-tick").click()
        expect(page.get_by_test_id("picked-count")).to_contain_text("3")
        _bulk(page, "urge", "催办")
        page.get_by_test_id("verb-confirm").click()
        results = page.get_by_test_id("bulk-results")
        expect(results.locator("[data-done=true]")).to_have_count(3)
        for number in fresh:
            expect(_row(page, number)).not_to_have_attribute("data-mark", "changed")

        # A figure opens its cases.
        page.keyboard.press("i")
        page.get_by_test_id("channel-hotline").click()
        hotline = page.get_by_test_id("channel-hotline").locator("b").inner_text()
        expect(page.get_by_test_id("queue-count")).to_contain_text(hotline)
        page.get_by_test_id("moment-opened").click()
        expect(page.get_by_test_id("case-behind").first).to_be_visible()

        # Urgent ones are heard and seen, unless it shall be quiet.
        assert page.evaluate("window.tones") == 0
        page.keyboard.press("Escape")
        _publish_critical(running_city, make_event)
        expect(page.get_by_test_id("alarms")).to_contain_text("1")
        page.wait_for_function("window.tones > 0")
        page.get_by_test_id("alarms").click()
        expect(page.get_by_test_id("alarms")).to_have_count(0)
        page.keyboard.press("s")
        expect(page.get_by_test_id("queue-alarms")).to_have_attribute("data-level", "quiet")
        heard = page.evaluate("window.tones")
        known = _numbers(client)
        _publish_critical(running_city, make_event)
        await_true(lambda: bool(_numbers(client) - known), lambda: "no case was opened")
        (newest,) = _numbers(client) - known
        page.get_by_test_id("queue-search").locator("input").fill(newest)
        expect(_row(page, newest)).to_be_visible()
        expect(page.get_by_test_id("alarms")).to_have_count(0)
        assert page.evaluate("window.tones") == heard


def _row(page: Page, number: str) -> Any:
    return page.locator(f"[data-testid=queue-item][data-case-number='{number}']")


def _numbers(client: httpx.Client) -> set[str]:
    return {case["number"] for case in client.get("/api/cases", params={"open": True}).json()["items"]}


def _toggle_unread(page: Page) -> None:
    page.get_by_test_id("queue-filter").click()
    page.get_by_role("button", name="未读", exact=True).click()
    page.get_by_test_id("queue-filter").click()
    expect(page.get_by_role("button", name="未读", exact=True)).to_have_count(0)


def _urge(city: RunningCity, number: str) -> None:
    with logged_in(city, "demo-dispatcher") as client:
        case = client.get("/api/cases", params={"number": number}).json()["items"][0]
        client.post(f"/api/cases/{case['id']}/actions/urge", json={"version": case["version"]}).raise_for_status()


def _bulk(page: Page, verb: str, name: str) -> None:
    """Take a bulk verb, be it a button or in the menu."""
    expect(page.get_by_test_id("bulk-more").or_(page.get_by_test_id(f"bulk-{verb}")).first).to_be_visible()
    if page.get_by_test_id(f"bulk-{verb}").count():
        page.get_by_test_id(f"bulk-{verb}").click()
    else:
        page.get_by_test_id("bulk-more").click()
        page.get_by_text(name, exact=True).click()


def _publish_critical(city: RunningCity, make_event: Callable[..., dict[str, Any]]) -> None:
    city.publish("hotline/12345", make_event(urgency=3, description="特急"))
