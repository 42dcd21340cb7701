"""The page of a zone in a real Chromium: there the moment the zone is saved, and live."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from shapely.geometry import mapping

from tests.frontend.conftest import RunningCity
from tests.frontend.over_http import enter, logged_in, zone
from tests.small_city import middle, square

MakeEvent = Callable[..., dict[str, Any]]


def save_event(city: RunningCity, code: str, column: int, row: int) -> None:
    """An event over one cell of the city, as a planner saves it."""
    body = {
        "kind": "event",
        "code": code,
        "name_zh": "灯会",
        "name_en": "Lantern Fair",
        "geometry": mapping(square(column, row)),
    }
    with logged_in(city) as planner:
        planner.put("/api/zones", json=body).raise_for_status()


def test_the_scene_of_a_zone_just_saved_shows_what_happens_in_it_and_nothing_else(
    page: Page, running_city: RunningCity, make_event: MakeEvent
) -> None:
    save_event(running_city, "EV901", 3, 0)

    enter(page, running_city, "/scenes/event/EV901", "demo-operator")
    expect(page.get_by_test_id("scene-name")).to_contain_text("灯会")
    expect(page.get_by_test_id("scene-name")).to_contain_text("Lantern Fair")
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")
    expect(page.get_by_test_id("scene-open")).to_contain_text("0")
    expect(page.get_by_test_id("scene-opened_today").locator(".value")).to_have_text("0")

    for place, category in ((middle(2, 3), "E-02-01"), (middle(3, 0), "E-01-10")):  # outside first, then inside
        event = make_event(place=place, category=category)
        event["id"] = f"scene-{running_city.prefix}-{category}"
        running_city.publish("grid/scene", event)

    inside = page.get_by_test_id("scene-case")
    expect(inside).to_have_count(1)
    expect(inside).to_contain_text("暴露生活垃圾")
    expect(page.get_by_test_id("scene-open").locator(".value")).to_have_text("1")
    # What only the city can count comes a moment later, without loading the page again.
    expect(page.get_by_test_id("scene-opened_today").locator(".value")).to_have_text("1")
    page.wait_for_function("() => window.__yiwang.features().cases.length >= 2")
    expect(inside).to_have_count(1)

    inside.click()
    expect(page.get_by_test_id("case-panel")).to_contain_text("暴露生活垃圾")
    page.get_by_test_id("scene-of-event").get_by_text("灯会").hover()
    assert page.get_by_test_id("scene-of-event").get_attribute("href") == "/scenes/event/EV901"


def test_layers_are_kept_for_everybody(page: Page, running_city: RunningCity) -> None:
    save_event(running_city, "EV902", 0, 2)
    enter(page, running_city, "/scenes/event/EV902", "demo-operator")
    page.get_by_test_id("scene-layers-button").click()
    devices = page.get_by_test_id("layer-devices")
    expect(devices).to_have_attribute("aria-checked", "true")
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        devices.click()

    enter(page, running_city, "/scenes/event/EV902", "demo-department")
    page.get_by_test_id("scene-layers-button").click()
    expect(page.get_by_test_id("layer-devices")).to_have_attribute("aria-checked", "false")
    expect(page.get_by_test_id("layer-cases")).to_have_attribute("aria-checked", "true")


def test_layers_chosen_anew_show_on_screens_that_are_open(page: Page, running_city: RunningCity) -> None:
    save_event(running_city, "EV903", 0, 3)
    enter(page, running_city, "/scenes/event/EV903", "demo-operator")
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")
    page.get_by_test_id("scene-layers-button").click()
    expect(page.get_by_test_id("layer-cases")).to_have_attribute("aria-checked", "true")
    made = zone(running_city, "event", "EV903")
    assert made is not None
    with logged_in(running_city) as planner:
        planner.put(f"/api/zones/{made['id']}/scene", json={"layers": {"cases": False}}).raise_for_status()
    expect(page.get_by_test_id("layer-cases")).to_have_attribute("aria-checked", "false")


def test_a_wall_has_no_controls_and_lets_go_by_escape(page: Page, running_city: RunningCity) -> None:
    enter(page, running_city, "/scenes/park/PK001?wall=1", "demo-operator")
    expect(page.get_by_test_id("scene-name")).to_contain_text("中央公园")
    expect(page.get_by_test_id("scene-layers-button")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("scene-layers-button")).to_be_visible()
    assert page.url.endswith("/scenes/park/PK001")


def test_a_zone_is_found_in_the_list_and_one_that_is_none_is_said_to_be_none(
    page: Page, running_city: RunningCity
) -> None:
    enter(page, running_city, "/scenes?kind=park&q=中央", "demo-operator")
    page.get_by_test_id("scene-list").get_by_text("中央公园").click()
    expect(page.get_by_test_id("scene-name")).to_contain_text("中央公园")
    assert zone(running_city, "park", "PK404") is None
    enter(page, running_city, "/scenes/park/PK404", "demo-operator")
    expect(page.get_by_test_id("no-scene")).to_contain_text("PK404")
