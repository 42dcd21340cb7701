"""The time bar in a real Chromium: map, queue, figures and case panel show the city as it was."""

import re
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, expect

from tests.frontend.conftest import RunningCity
from tests.frontend.test_console import log_in

Make = Callable[..., dict[str, Any]]
FEATURES = "() => window.__yiwang.features().cases.map(({ id, status, number }) => ({ id, status, number }))"


def open_case(page: Page, city: RunningCity, make_event: Make, name: str) -> str:
    """A new case by a sensor's alarm; gives its number once the page shows it."""
    event = make_event("sensor.alarm", "sensors", None, device="WL-0001", category="E-05-06", value=0.42, unit="m")
    del event["data"]["description"]
    event["id"] = f"{name}-{city.prefix}-{time.time_ns()}"
    count = page.evaluate(f"({FEATURES})().length")
    city.publish("sensor/WL-0001", event)
    page.wait_for_function(f"count => ({FEATURES})().length > count", arg=count)
    return str(page.evaluate(f"({FEATURES})().sort((a, b) => Number(b.id) - Number(a.id))[0].number"))


def on_map(page: Page, number: str) -> bool:
    return number in [case["number"] for case in page.evaluate(FEATURES)]


def now_text(page: Page) -> str:
    """The moment in the form of an address."""
    page.wait_for_timeout(1_100)  # moments are told apart by the second
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_every_part_shows_the_city_as_it_was_and_live_comes_back_whole(
    page: Page, running_city: RunningCity, make_event: Make
) -> None:
    log_in(page, running_city)
    page.wait_for_function("() => window.__yiwang", timeout=60_000)
    early = open_case(page, running_city, make_event, "early")
    between = now_text(page)
    late = open_case(page, running_city, make_event, "late")

    page.goto(f"{running_city.url}/?at={between}&case={early}")

    bar, panel = page.get_by_test_id("time-bar"), page.get_by_test_id("case-panel")
    expect(bar).to_have_attribute("data-showing", "past")
    expect(page.get_by_test_id("past-banner")).to_be_visible()
    expect(page.get_by_test_id("queue-item").first).to_have_attribute("data-case-number", early)
    page.wait_for_function("() => window.__yiwang", timeout=60_000)
    assert on_map(page, early)
    assert not on_map(page, late)
    open_then = int(page.get_by_test_id("figure-open").locator(".value").inner_text())
    assert open_then == len(page.evaluate(FEATURES))
    expect(panel).to_have_attribute("data-case-number", early)
    expect(panel.locator("[data-testid^=verb-]")).to_have_count(0)
    sources = page.evaluate("() => window.__yiwang.map.getStyle().sources.zones.tiles[0]")
    assert "?at=" in sources

    page.get_by_test_id("past-next").click()  # nothing else happens in this city: the late case is next
    expect(page.locator(f"[data-testid=queue-item][data-case-number='{late}']")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]at=\d{4}-"))

    page.get_by_test_id("go-live").click()
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")
    expect(bar).to_have_attribute("data-showing", "live")
    expect(page).not_to_have_url(re.compile(r"[?&]at="))
    page.wait_for_function(f"number => ({FEATURES})().some((one) => one.number === number)", arg=late)
    assert len(page.evaluate(FEATURES)) == open_then + 1


def test_played_at_full_speed_it_arrives_at_the_present(
    page: Page, running_city: RunningCity, make_event: Make
) -> None:
    log_in(page, running_city)
    page.wait_for_function("() => window.__yiwang", timeout=60_000)
    before = now_text(page)
    numbers = {open_case(page, running_city, make_event, f"play{i}") for i in range(3)}
    live = page.evaluate(FEATURES)
    page.goto(f"{running_city.url}/?at={before}")
    expect(page.get_by_test_id("past-banner")).to_be_visible()
    page.wait_for_function("() => window.__yiwang", timeout=60_000)
    page.wait_for_function(f"count => ({FEATURES})().length === count", arg=len(live) - 3)

    page.get_by_test_id("past-speed").click()
    page.get_by_text("3600×", exact=True).click()
    page.get_by_test_id("past-play").click()

    expect(page.get_by_test_id("time-bar")).to_have_attribute("data-showing", "live")
    page.wait_for_function(f"count => ({FEATURES})().length === count", arg=len(live))
    assert numbers <= {case["number"] for case in page.evaluate(FEATURES)}


def test_a_moment_is_bookmarked_opened_shared_taken_away_as_a_file_and_forgotten(
    page: Page, running_city: RunningCity, make_event: Make
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    log_in(page, running_city)
    page.wait_for_function("() => window.__yiwang", timeout=60_000)
    number = open_case(page, running_city, make_event, "marked")
    bar, menu = page.get_by_test_id("time-bar"), page.get_by_test_id("bookmark-menu")
    page.evaluate("() => window.__yiwang.map.jumpTo({ center: [120.302, 31.571], zoom: 17 })")
    expect(page).to_have_url(re.compile("z=17.00"))

    # The present moment needs no pause for it.
    with page.expect_download() as download:
        page.get_by_test_id("past-export").click()
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert any(name.endswith("index.html") for name in names)
    page.get_by_test_id("past-share").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('at=')")
    shared = page.evaluate("() => navigator.clipboard.readText()")
    page.get_by_test_id("bookmarks").click()
    menu.locator("input").fill("夜间积水")
    menu.get_by_role("button", name="保存").click()
    expect(page.get_by_test_id("bookmark")).to_have_count(1)
    page.get_by_role("button", name="复制书签 夜间积水 的链接").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('bookmark=')")
    marked = page.evaluate("() => navigator.clipboard.readText()")
    expect(bar).to_have_attribute("data-showing", "live")
    later = open_case(page, running_city, make_event, "later")

    for link in (shared, marked):
        page.goto(link)
        expect(page.get_by_test_id("past-banner")).to_be_visible()
        page.wait_for_function("() => window.__yiwang?.map.getZoom() === 17", timeout=60_000)
        expect(page.locator(f"[data-testid=queue-item][data-case-number='{number}']")).to_be_visible()
        assert not on_map(page, later)
    page.get_by_test_id("go-live").click()
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")
    page.get_by_test_id("bookmarks").click()
    page.get_by_role("button", name="打开书签 夜间积水").click()
    expect(page.get_by_test_id("past-banner")).to_be_visible()
    page.wait_for_function(f"number => !({FEATURES})().some((one) => one.number === number)", arg=later)
    page.get_by_test_id("bookmarks").click()
    page.get_by_role("button", name="删除书签 夜间积水").click()
    expect(page.get_by_test_id("bookmark")).to_have_count(0)
