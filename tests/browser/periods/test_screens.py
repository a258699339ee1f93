"""The months as they look, empty and full."""

from playwright.async_api import expect
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor


async def test_no_month_yet(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await expect(page.get_by_text("No transactions yet")).to_be_visible()
    await look_at(page, "periods-empty")


async def test_months(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    for period in ("2026-01", "2026-02"):
        await visitor.import_month(["BLUE BOTTLE COFFEE", "NOBODY KNOWS"], period=period)
    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(2)
    await look_at(page, "periods")
