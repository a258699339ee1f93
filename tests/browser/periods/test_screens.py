"""The months as they look, empty and full."""

from playwright.async_api import expect
from tests.support.browser.looks import look_at
from tests.support.browser.months import a_report
from tests.support.browser.visitor import Visitor

_STATES = {
    "February 2026": "No report yet",
    "January 2026": "2 to review",
    "December 2025": "Submitted",
}


async def test_no_month_yet(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await expect(page.get_by_text("No transactions yet")).to_be_visible()
    await look_at(page, "periods-empty")


async def test_months(visitor: Visitor) -> None:
    """One to review, one submitted, one without a report."""
    page = await visitor.sign_in()
    await a_report(visitor, known=2, unsure=2)
    december = await a_report(visitor, known=3, unsure=1, period="2025-12")
    await visitor.tell(f"/api/reports/{december}/submit", {"acceptUnreviewed": True})
    await visitor.import_month(["BLUE BOTTLE COFFEE", "NOBODY KNOWS"], period="2026-02")
    await page.reload()
    for month, state in _STATES.items():
        await expect(page.get_by_role("article", name=month)).to_contain_text(state)
    await look_at(page, "periods")
