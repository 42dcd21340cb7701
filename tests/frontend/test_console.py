"""The console in a real Chromium, on a real city."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.frontend.conftest import RunningCity
from tests.small_city import middle


def log_in(page: Page, city: RunningCity, username: str = "demo-operator", path: str = "/") -> None:
    page.goto(city.url + path)
    form = page.get_by_test_id("login-form")
    form.locator("input[type=text]").fill(username)
    form.locator("input[type=password]").fill(f"{username}-city")
    form.locator("button[type=submit]").click()
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live", timeout=30_000)


def test_a_report_over_mqtt_appears_in_the_queue_and_on_the_map_and_says_why_it_went_there(
    page: Page, running_city: RunningCity, make_event: Callable[..., dict[str, Any]]
) -> None:
    log_in(page, running_city)
    page.wait_for_function("() => window.__yiwang?.map?.loaded()", timeout=60_000)
    event = make_event("sensor.alarm", "sensors", None, device="WL-0001", category="E-05-06", value=0.42, unit="m")
    del event["data"]["description"]
    event["id"] = f"browser-{running_city.prefix}"

    running_city.publish("sensor/WL-0001", event)

    item = page.get_by_test_id("queue-item").first
    expect(item).to_contain_text("道路积水", timeout=10_000)
    number = item.get_attribute("data-case-number")
    on_map = page.evaluate("() => window.__yiwang.features().cases")
    lon, lat = middle(2, 0)
    assert (number, round(lon, 7), round(lat, 7)) in [(case["number"], case["lon"], case["lat"]) for case in on_map]
    item.click()
    panel = page.get_by_test_id("case-panel")
    expect(panel).to_contain_text(number or "?")
    expect(page.get_by_test_id("decision-sentence")).to_contain_text("排水")
