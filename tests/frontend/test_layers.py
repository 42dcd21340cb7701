"""Layers, search and links of the map, who else looks at a case, and the wall."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.frontend.conftest import RunningCity
from tests.frontend.over_http import enter, logged_in
from tests.small_city import middle

MakeEvent = Callable[..., dict[str, Any]]


def test_the_map_finds_a_place_colours_the_grid_and_its_link_shows_the_same(
    page: Page, running_city: RunningCity, make_event: MakeEvent
) -> None:
    event = make_event(place=middle(2, 2), category="E-01-10")
    event["id"] = f"layers-{running_city.prefix}"
    running_city.publish("grid/layers", event)
    enter(page, running_city, "/", "demo-operator")
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")
    page.get_by_test_id("map-find").fill("中央公园")
    expect(page.get_by_test_id("map-found").locator("li[data-kind=zone]")).to_contain_text("中央公园")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.__yiwang.map.getZoom() > 14")

    page.get_by_test_id("layers-button").click()
    # This Chromium draws without a graphics card: the map has chosen few graphics by itself.
    expect(page.get_by_test_id("low-graphics")).to_have_attribute("aria-checked", "true")
    page.get_by_test_id("shade-load").click()
    expect(page.get_by_test_id("legend-shade")).to_contain_text("在办案卷")
    page.wait_for_function("() => new URL(location).searchParams.get('l')?.includes('shade-load')")
    page.wait_for_function(
        "() => window.__yiwang.map.queryRenderedFeatures({layers: ['shade-cell', 'shade-community', 'shade-street']"
        ".filter(id => window.__yiwang.map.getLayer(id))}).some(({state}) => state.shade > 0)"
    )
    link = page.url
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_test_id("legend-shade")).to_contain_text("在办案卷")
    page.wait_for_function("() => window.__yiwang?.map.getZoom() > 14")


def test_a_wall_turns_by_itself_and_wartime_shows_at_once_with_what_is_urgent_first(
    page: Page, running_city: RunningCity, make_event: MakeEvent
) -> None:
    enter(page, running_city, "/wall?scenes=city,park:PK001&seconds=3", "demo-operator")
    expect(page.get_by_test_id("wall-scene")).to_have_text("中央公园")
    expect(page.get_by_test_id("wall-scene")).to_have_text("全城")
    assert page.locator("button").count() == 0
    with logged_in(running_city, "demo-operator") as operator:
        raised = operator.put("/api/flags/wartime", json={"raised": True, "reason": "台风红色预警"})
        raised.raise_for_status()
        try:
            expect(page.get_by_test_id("wall-wartime")).to_contain_text("台风红色预警")
            expect(page.get_by_test_id("wall-urgent")).to_be_visible()
            event = make_event(place=middle(1, 1), category="E-01-10", urgency=2)
            event["id"] = f"wall-{running_city.prefix}"
            running_city.publish("grid/wall", event)
            expect(page.get_by_test_id("wall-alarm")).to_contain_text("暴露生活垃圾")
        finally:
            operator.put("/api/flags/wartime", json={"raised": False, "reason": ""}).raise_for_status()
    expect(page.get_by_test_id("wall-wartime")).to_have_count(0)
