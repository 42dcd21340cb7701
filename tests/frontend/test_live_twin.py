"""What an operator sees of others and of what moves, and what the map is asked by mouse."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from simulations.city.seed import demo_token
from tests.frontend.conftest import RunningCity
from tests.frontend.over_http import enter, logged_in
from tests.small_city import middle

MakeEvent = Callable[..., dict[str, Any]]
READY = "() => window.__yiwang?.map.isStyleLoaded() && !window.__yiwang.map.isMoving()"
# Where a place of the map is on the page, in CSS pixels from its upper left corner.
PIXEL = """([lon, lat]) => {
    const {map} = window.__yiwang, {x, y} = map.project([lon, lat])
    const {left, top} = map.getCanvas().getBoundingClientRect()
    return [left + x, top + y]
}"""
COLUMNS_APART = 284.0  # metres between the middles of columns 0 and 3: 0.003 degrees of longitude at 31.57 N


def test_two_people_before_one_case_are_told_of_each_other(
    page: Page, running_city: RunningCity, chromium: Browser, opened: str
) -> None:
    enter(page, running_city, f"/?case={opened}", "demo-operator")
    expect(page.get_by_test_id("case-panel")).to_contain_text(opened)
    expect(page.get_by_test_id("onlookers")).to_have_count(0)
    with chromium.new_context(viewport={"width": 800, "height": 500}, locale="zh-CN") as context:
        other = context.new_page()
        enter(other, running_city, f"/?case={opened}", "demo-duty-chief")
        expect(other.get_by_test_id("onlookers")).to_contain_text("李敏")
        expect(page.get_by_test_id("onlookers")).to_contain_text("孙涛")
    expect(page.get_by_test_id("onlookers")).to_have_count(0)


def test_an_exercise_lies_marked_over_the_city_until_it_is_over(
    page: Page, running_city: RunningCity, make_event: MakeEvent
) -> None:
    enter(page, running_city, "/", "demo-operator")
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")
    mark = page.get_by_test_id("exercise-mark")
    expect(mark).to_have_count(0)

    running_city.publish("grid/drill", make_event(place=middle(0, 3)) | {"exercise": "flood-2026"})

    expect(mark).to_contain_text("演练")
    page.wait_for_function("() => window.__yiwang")
    drill = page.evaluate("() => window.__yiwang.features().cases.find(({exercise}) => exercise === 'flood-2026')")
    with logged_in(running_city, "demo-duty-chief") as chief:
        version = chief.get(f"/api/cases/{drill['id']}").json()["version"]
        body = {"version": version, "note": "演练结束"}
        chief.post(f"/api/cases/{drill['id']}/actions/force_close", json=body).raise_for_status()
    expect(mark).to_have_count(0)


def test_two_clicks_measure_the_way_between_them(page: Page, running_city: RunningCity) -> None:
    enter(page, running_city, "/", "demo-operator")
    page.wait_for_function(READY)
    page.get_by_test_id("measure").click()
    for column in (0, 3):
        page.mouse.click(*page.evaluate(PIXEL, middle(column, 1)))
    measured, unit = page.get_by_test_id("measure-length").inner_text().split()
    assert unit == "m"
    assert abs(float(measured) - COLUMNS_APART) < COLUMNS_APART / 50  # a click hits a whole pixel

    page.keyboard.press("Escape")
    expect(page.get_by_test_id("measure-bar")).to_have_count(0)


def test_a_vehicle_that_says_where_it_is_appears_and_goes_when_off_duty(page: Page, running_city: RunningCity) -> None:
    enter(page, running_city, "/", "demo-operator")
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")
    legend = page.get_by_test_id("legend-movers")
    expect(legend).to_have_count(0)

    _say_where(running_city, status=0)
    expect(legend).to_contain_text("车辆 1")
    expect(legend).to_contain_text("人员 0")
    _say_where(running_city, status=255)
    expect(legend).to_have_count(0)


def _say_where(city: RunningCity, status: int) -> None:
    lon, lat = middle(1, 2)
    fix = {"type": "vehicle", "id": "sweeper-7", "at": datetime.now(UTC).isoformat(), "lon": lon, "lat": lat}
    httpx.post(
        f"{city.url}/api/positions",
        json={"crs": "WGS84", "fixes": [fix | {"status": status, "name": "清扫车 7"}]},
        headers={"Authorization": f"Bearer {demo_token('urn:yiwang:demo:grid')}"},
        timeout=30,
    ).raise_for_status()
