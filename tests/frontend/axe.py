"""What axe has against a page."""

from playwright.sync_api import Page

from tests.frontend.conftest import ROOT

AXE = (ROOT / "frontend/console/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
# What fades in, or is on its way from one theme to the other, has colours that are nobody's.
SETTLED = """async () => {
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame)
    const passing = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(passing.map((one) => one.finished))
}"""
SERIOUS = """async (options) => (await axe.run({resultTypes: ['violations'], ...options})).violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ').slice(0, 400)}`)"""


def serious(page: Page, *, colours_only: bool = False) -> list[str]:
    """What stands seriously in somebody's way (WCAG AA) on the page as it is now."""
    page.evaluate(AXE)
    page.evaluate(SETTLED)
    return list(page.evaluate(SERIOUS, {"runOnly": ["color-contrast"]} if colours_only else {}))
