"""The zones editor in a real Chromium: what is drawn with the mouse holds at once, and no change is lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.frontend.conftest import WORKERS, RunningCity, await_true
from tests.frontend.test_console import log_in
from tests.small_city import STEP, middle
from twin.journal import WAKE_UP

ZOOM = 16.5  # a cell of the small city is about 130 pixels wide
REPORTS = 12


def open_editor(page: Page, city: RunningCity, centre: tuple[float, float]) -> None:
    log_in(page, city, "demo-planner", f"/zones?z={ZOOM}&c={centre[0]:.5f},{centre[1]:.5f}")
    page.wait_for_function("() => window.__yiwang?.map?.loaded()", timeout=60_000)


def on_screen(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a place is on the page, in pixels."""
    x, y = page.evaluate("at => { const p = window.__yiwang.map.project(at); return [p.x, p.y] }", [lon, lat])
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    return box["x"] + x, box["y"] + y


def click_at(page: Page, lon: float, lat: float) -> None:
    x, y = on_screen(page, lon, lat)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)


def draw_square(page: Page, lon: float, lat: float, half: float) -> None:
    """Draws a square around a place corner by corner with the polygon tool, and closes it."""
    corners = [(lon - half, lat - half), (lon + half, lat - half), (lon + half, lat + half), (lon - half, lat + half)]
    for corner in [*corners, corners[0]]:
        click_at(page, *corner)


def saved_zone(page: Page) -> int:
    """The id of the zone that has just been saved for the first time; it is there once the save is."""
    panel = page.get_by_test_id("zone-panel")
    expect(panel).to_have_attribute("data-zone", re.compile(r"\d+"))
    return int(panel.get_attribute("data-zone") or 0)


@contextmanager
def taken_by(city: RunningCity) -> Iterator[Callable[[], set[int]]]:
    """Which database connections have written to the journal since; every ingest worker writes over one of its own."""
    with psycopg.connect(city.database, autocommit=True) as connection:
        connection.execute(f"LISTEN {WAKE_UP}")
        yield lambda: {told.pid for told in connection.notifies(timeout=0)}


def workers_ready(city: RunningCity) -> bool:
    """Whether each worker has its share of what MQTT deals out."""
    with psycopg.connect(city.database) as connection:
        found = connection.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND objid > 0 AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    return found == (WORKERS,)


def test_a_zone_drawn_by_mouse_takes_the_very_next_reports_in_every_worker(
    page: Page, running_city: RunningCity, make_event: Callable[..., dict[str, Any]]
) -> None:
    lon, lat = middle(2, 0)
    await_true(lambda: workers_ready(running_city), lambda: "the workers do not share the MQTT slots")
    open_editor(page, running_city, (lon, lat))
    page.get_by_test_id("new-zone").click()
    page.locator(".n-dropdown-option", has_text="活动场地").click()
    draw_square(page, lon, lat, 0.35 * STEP)
    expect(page.get_by_test_id("shape-facts")).to_contain_text("4 个顶点")
    page.get_by_test_id("zone-code").locator("input").fill("EV100")
    page.get_by_test_id("zone-name-zh").locator("input").fill("周末市集")
    page.get_by_test_id("review-zone").click()
    page.get_by_test_id("save-zone").click()
    zone = saved_zone(page)

    with taken_by(running_city) as writers:
        for number in range(REPORTS):
            place = (lon + (number % 4 - 1.5) * 0.1 * STEP, lat + (number // 4 - 1) * 0.1 * STEP)
            event = make_event("grid.report", "grid", place, worker="W-0001", category="E-01-13")
            event["id"] = f"fair-{running_city.prefix}-{number}"
            running_city.publish("grid", event)
        page.wait_for_function(
            "n => window.__yiwang.features().cases.filter(c => c.category === 'E-01-13').length === n",
            arg=REPORTS,
            timeout=20_000,
        )
        assert len(writers()) == WORKERS
    cases = page.evaluate("() => window.__yiwang.features().cases.filter(c => c.category === 'E-01-13')")
    assert [zone in case["zones"] for case in cases] == [True] * REPORTS
    page.wait_for_function(
        "id => window.__yiwang.map.queryRenderedFeatures().some(f => f.source === 'zones' && f.properties.id === id)",
        arg=zone,
        timeout=20_000,
    )


class Somebody:
    """An administrator at another desk, who knows the city by its HTTP API."""

    def __init__(self, city: RunningCity) -> None:
        self._city = httpx.Client(base_url=city.url, headers={"Referer": city.url})
        self._city.get("/api/me")
        self._send("POST", "/api/login", {"username": "demo-admin", "password": "demo-admin-city"})
        self._city.get("/api/me")

    def _send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        token = self._city.cookies.get("csrftoken") or ""
        answer = self._city.request(method, path, json=body, headers={"X-CSRFToken": token})
        assert answer.is_success, answer.text
        return answer.json()

    def zone(self, code: str) -> dict[str, Any]:
        (line,) = self._city.get("/api/zones", params={"q": code}).json()["items"]
        return dict(self._city.get(f"/api/zones/{line['id']}").json())

    def changes(self, code: str, **fields: Any) -> None:
        zone = self.zone(code)
        kept = ("kind", "code", "name_zh", "name_en", "precedence", "department", "attributes", "geometry")
        self._send("PUT", "/api/zones", {key: zone[key] for key in kept} | {"base": zone["number"]} | fields)


def deaf(page: Page) -> None:
    """Lets the page hear nothing of changes on its websocket, as on a line that is slow."""

    def handle(line: Any) -> None:
        server = line.connect_to_server()
        server.on_message(lambda text: line.send(text) if '"op":"frames"' not in text else None)

    page.route_web_socket(re.compile("/ws/live"), handle)


@pytest.mark.parametrize("hears", [True, False], ids=["told-by-the-live-view", "refused-when-saving"])
def test_two_people_at_one_zone_see_each_other_and_keep_both_changes(
    page: Page, running_city: RunningCity, hears: bool
) -> None:
    somebody = Somebody(running_city)
    if not hears:
        deaf(page)
    open_editor(page, running_city, middle(1, 1))
    page.get_by_test_id("zone-search").locator("input").fill("PK001")
    page.get_by_test_id("zone-row").click()
    english, chinese = f"Park of {hears}", f"公园 {hears}"
    page.get_by_test_id("zone-name-en").locator("input").fill(english)

    somebody.changes("PK001", name_zh=chinese)

    if not hears:
        page.get_by_test_id("review-zone").click()
        page.get_by_test_id("save-zone").click()
    conflict = page.get_by_test_id("zone-conflict")
    theirs = somebody.zone("PK001")
    expect(conflict).to_contain_text(theirs["versions"][-1]["changed_by"])
    expect(conflict).to_contain_text("对方更改了： 中文名称")
    page.get_by_test_id("keep-mine").click()
    page.get_by_test_id("review-zone").click()
    page.get_by_test_id("save-zone").click()
    expect(page.get_by_test_id("unsaved")).to_have_count(0)
    both = somebody.zone("PK001")
    assert (both["name_zh"], both["name_en"], both["number"]) == (chinese, english, theirs["number"] + 1)
