"""What axe has against a page."""

from playwright.sync_api import Page

from tests.frontend.conftest import ROOT

AXE = (ROOT / "frontend/console/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SERIOUS = """async (options) => (await axe.run({resultTypes: ['violations'], ...options})).violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ').slice(0, 400)}`)"""


def serious(page: Page, *, colours_only: bool = False) -> list[str]:
    """What stands seriously in somebody's way (WCAG AA) on the page as it is now."""
    page.evaluate(AXE)
    return list(page.evaluate(SERIOUS, {"runOnly": ["color-contrast"]} if colours_only else {}))
