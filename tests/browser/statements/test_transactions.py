"""What was imported: looked for, marked personal, and marked back."""

import re

from playwright.async_api import expect
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor


async def test_none_yet(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/transactions")
    await expect(page.get_by_text("No transactions yet")).to_be_visible()
    await look_at(page, "transactions-empty")


async def test_looked_for_and_marked_personal(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/")
    await visitor.import_month(["BLUE BOTTLE COFFEE", "UBER TRIP", "CITY BAKERY"])
    await page.goto(f"{visitor.stack.base_url}/app/transactions")
    rows = page.get_by_role("table").get_by_role("row").filter(has=page.get_by_role("checkbox"))
    await expect(rows).to_have_count(3)
    await look_at(page, "transactions")

    await page.get_by_role("searchbox").fill("bakery")
    await expect(rows).to_have_count(1)
    await expect(page).to_have_url(re.compile(r"q=bakery"))
    await page.get_by_role("checkbox", name="Personal: CITY BAKERY").click()
    await expect(page.get_by_text("Kept out of reports")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("checkbox", name="Personal: CITY BAKERY")).to_be_checked()
    [bakery] = (await visitor.ask("/api/transactions", q="bakery"))["items"]
    assert bakery["excluded"] is True
