"""Every page of the console in both themes, as axe sees it: nothing serious stands in anybody's way (WCAG AA)."""

import re
from typing import Literal, NamedTuple

from playwright.sync_api import Page

from tests.frontend.conftest import ROOT, RunningCity
from tests.frontend.over_http import enter

CONSOLE = ROOT / "frontend/console"
AXE = (CONSOLE / "node_modules/axe-core/axe.min.js").read_text()
SERIOUS = """async () => (await axe.run()).violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ').slice(0, 400)}`)"""

# Colours that are on their way from one theme to the other are not those of either.
SETTLED = """async () => {
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame)
    const passing = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(passing.map((one) => one.finished))
}"""
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
        page.evaluate(AXE)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.evaluate(SETTLED)
            faults[f"{name} {theme}"] = page.evaluate(SERIOUS)
    assert {name: found for name, found in faults.items() if found} == {}
