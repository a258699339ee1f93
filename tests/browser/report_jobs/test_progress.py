"""A report being made, as it is watched: it moves, it is stopped, it is made again."""

from playwright.async_api import Locator, Page, Request, expect
from tests.support import factories
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor

LINES = 60
_SLOW, _STANDING, _QUICK = 0.7, 60.0, 0.0
"""Seconds for each answer of the provider."""


def _month(page: Page) -> Locator:
    return page.get_by_role("article", name="January 2026")


def _bar(page: Page) -> Locator:
    return page.get_by_role("progressbar", name="Progress of the report of January 2026")


async def _percent(page: Page) -> int:
    return int(await _bar(page).get_attribute("aria-valuenow") or 0)


async def _moves(page: Page) -> None:
    """The bar stands somewhere, and a moment later further on."""
    await expect(_bar(page)).to_be_visible()
    before = await _percent(page)
    later = f"(now) => now > {before}"
    bar = await _bar(page).element_handle()
    await page.wait_for_function(
        f"(bar) => ({later})(Number(bar.getAttribute('aria-valuenow')))", arg=bar
    )


async def _at_months(visitor: Visitor) -> Page:
    page = await visitor.sign_in()
    await visitor.import_month(factories.merchants(LINES))
    await page.reload()
    return page


async def test_progress_moves_is_cancelled_and_made_again(visitor: Visitor) -> None:
    visitor.stack.pace(base=_SLOW)
    page = await _at_months(visitor)
    month = _month(page)

    await month.get_by_role("button", name="Make the report: January 2026").click()
    await _moves(page)
    visitor.stack.pace(base=_STANDING)
    await look_at(page, "periods-in-progress")
    await month.get_by_role("button", name="Cancel").click()
    await expect(month.get_by_text("Cancelled", exact=True)).to_be_visible()

    visitor.stack.pace(base=_QUICK)
    await month.get_by_role("button", name="Make the report: January 2026").click()
    await expect(month.get_by_text("Completed", exact=True)).to_be_visible()
    await expect(month.get_by_text(f"{LINES} / {LINES} lines")).to_be_visible()
    await expect(month.get_by_role("link", name="Review")).to_be_visible()
    [job, cancelled] = (await visitor.ask("/api/report-jobs"))["items"]
    assert (job["status"], cancelled["status"]) == ("Completed", "Cancelled")


async def test_two_tabs_share_a_stream_and_both_are_live(visitor: Visitor) -> None:
    streams: list[Page] = []

    def note(asked: Request) -> None:
        if asked.url.endswith("/api/report-jobs/events"):
            streams.append(asked.frame.page)

    visitor.context.on("request", note)
    visitor.stack.pace(base=_SLOW)
    first = await _at_months(visitor)
    second = await visitor.open()
    await expect(_month(second)).to_be_visible()

    await _month(first).get_by_role("button", name="Make the report: January 2026").click()
    for tab in (first, second):
        await _moves(tab)
    assert set(streams) == {first}

    await first.close()
    await _moves(second)
    visitor.stack.pace(base=_QUICK)
    await expect(_month(second).get_by_text("Completed", exact=True)).to_be_visible()
    assert set(streams) == {first, second}
