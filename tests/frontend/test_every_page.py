"""Every page of the console in both themes, as axe sees it: nothing serious stands in anybody's way (WCAG AA)."""

import re
from typing import Literal, NamedTuple

from playwright.sync_api import Page

from tests.frontend.axe import serious
from tests.frontend.conftest import ROOT, RunningCity
from tests.frontend.over_http import enter

CONSOLE = ROOT / "frontend/console"
# What the second theme changes is colours.
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Visit(NamedTuple):
    """Whom a page is for, an address of it, and what is there when it can be used."""

    username: str
    address: str
    shown: str


PAGES = {
    "/": Visit("demo-operator", "/?case=1", "[data-testid=case-panel]"),
    "/zones": Visit("demo-planner", "/zones", "[data-testid=map]"),
    "/zones/import": Visit("demo-planner", "/zones/import", "input[type=file], main"),
    "/scenes": Visit("demo-operator", "/scenes", "[data-testid=scene-list] li"),
    "/scenes/:kind/:code": Visit("demo-operator", "/scenes/park/PK001", "[data-testid=scene-opened_today]"),
    "/inbox": Visit("demo-department", "/inbox?case=1", "[data-testid=task]"),
    "/rules": Visit("demo-planner", "/rules", "[data-testid=rule]"),
    "/workflow": Visit("demo-operator", "/workflow", "[data-testid=verbs-table]"),
    "/departments/:code?": Visit("demo-admin", "/departments/UMB", "[data-testid=department-search]"),
    "/register": Visit("demo-hotline", "/register", "[data-testid=register-new]"),
    "/call-backs": Visit("demo-operator", "/call-backs", "main"),
    "/calendars": Visit("demo-planner", "/calendars", "[data-testid=calendar-year]"),
    "/ladders": Visit("demo-planner", "/ladders", "[data-testid=ladder]"),
    "/catalogue": Visit("demo-planner", "/catalogue", "[data-testid=edition]"),
    "/catalogue/import": Visit("demo-admin", "/catalogue/import", "main h2"),
    "/wall": Visit("demo-operator", "/wall", "[data-testid=wall-scene]"),
    "/:rest(.*)*": Visit("demo-operator", "/nothing-is-here", "main, [role=alert], h1, h2"),
}


def test_every_page_is_visited() -> None:
    routes = (CONSOLE / "src/shell/router.ts").read_text()
    assert set(re.findall(r"path: '([^']+)'", routes)) == PAGES.keys()


def test_nothing_serious_stands_in_the_way_of_anybody(page: Page, running_city: RunningCity, opened: str) -> None:
    faults: dict[str, list[str]] = {}
    for name, visit in PAGES.items():
        enter(page, running_city, visit.address.replace("case=1", f"case={opened}"), visit.username)
        page.locator(visit.shown).first.wait_for()
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            faults[f"{name} {theme}"] = serious(page, colours_only=theme == "dark")
    assert {name: found for name, found in faults.items() if found} == {}
