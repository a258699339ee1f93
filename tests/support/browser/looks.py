"""How a screen looks and whether everybody can use it: both themes, a telephone, axe."""

import asyncio
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Page, ViewportSize

from tests.support.browser.visitor import SCREEN

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "screenshots"
TELEPHONE = ViewportSize(width=360, height=740)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_SETTLED = """
() => document.getAnimations().every((one) =>
    one.playState !== "running" || one.effect?.getComputedTiming().iterations === Infinity)
"""
_PATIENCE_SECONDS = 30
"""For axe, which has none of its own."""
_FAULTS = """
async () => {
    // A list that opens from a field is the field's; that it stands after all landmarks is fine.
    const isPopup = ({ id }, { target }) =>
        id === "region" && document.querySelector(target[0])?.closest("[data-base-ui-portal]");
    const { violations } = await axe.run(document);
    return violations
        .map((fault) => [fault, fault.nodes.filter((node) => !isPopup(fault, node))])
        .filter(([, nodes]) => nodes.length > 0)
        .map(([{ id, help }, nodes]) => ({
            id, help, where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
        }));
}
"""
_TOO_WIDE = """
() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? `${scrollWidth} in ${clientWidth}` : null;
}
"""


async def look_at(page: Page, name: str) -> None:
    """Light, dark and on a telephone: kept as pictures; no fault found, nothing sticks out."""
    faults: dict[str, Any] = {}
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        await _picture(page, f"{name}-{theme}")
        faults[theme] = await faults_of(page)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(TELEPHONE)
    await _picture(page, f"{name}-telephone")
    too_wide = await page.evaluate(_TOO_WIDE)
    faults["telephone"] = await faults_of(page)
    await page.set_viewport_size(SCREEN)
    assert too_wide is None, f"{name} is wider than a telephone: {too_wide}"
    assert not any(faults.values()), f"{name}: {faults}"


async def faults_of(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong on the page as it is now."""
    await page.wait_for_function(_SETTLED)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await page.evaluate(_axe())
        return await page.evaluate(_FAULTS)


async def _picture(page: Page, name: str) -> None:
    await page.wait_for_function(_SETTLED)
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@cache
def _axe() -> str:
    """Its source; handed over by the debugger, which the policy of the page does not concern."""
    return (ROOT / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
