"""A file of the bank, looked into, changed, brought in and taken back."""

from playwright.async_api import FilePayload, Locator, Page, expect
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor
from tests.support.processes import csv_of

_CHARGES = ["BLUE BOTTLE COFFEE", "=SUM(A1)", "UBER TRIP", "CITY BAKERY"]


async def _choose(page: Page, content: bytes, name: str = "january.csv") -> None:
    file = FilePayload(name=name, mimeType="text/csv", buffer=content)
    await page.locator("input[type=file]").set_input_files(file)


def _result(page: Page, charges: int) -> Locator:
    return page.get_by_role("heading", name=f"{charges} charges imported")


async def test_before_a_file_is_chosen(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/import")
    await expect(page.get_by_role("heading", name="Import a statement")).to_be_visible()
    await expect(page.get_by_text("No file was imported yet.")).to_be_visible()
    await look_at(page, "import")


async def test_the_preview_decides_and_the_import_does_it(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/import")
    await _choose(page, csv_of(_CHARGES))
    await expect(page.get_by_role("button", name="Import 4 charges")).to_be_visible()
    await look_at(page, "import-preview")

    await page.get_by_role("checkbox", name="CITY BAKERY").click()
    await page.get_by_role("button", name="Import 3 charges").click()
    await expect(_result(page, 3)).to_be_focused()
    await look_at(page, "import-done")
    await page.get_by_role("link", name="Make the report of January 2026").click()
    await expect(page.get_by_role("article", name="January 2026")).to_contain_text("3 transactions")


async def test_the_sign_is_flipped(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/import")
    await _choose(page, csv_of(_CHARGES[:1] * 3))
    first = page.get_by_text("$10.00", exact=True).first
    await expect(first).to_be_visible()
    await page.get_by_role("button", name="Flip the sign").click()
    await expect(page.get_by_text("-$10.00", exact=True).first).to_be_visible()


async def test_an_import_is_undone(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/import")
    await _choose(page, csv_of(_CHARGES))
    await page.get_by_role("button", name="Import 4 charges").click()
    await expect(_result(page, 4)).to_be_visible()
    await page.get_by_role("button", name="Undo the import", exact=True).click()
    await expect(page.get_by_role("button", name="Import 4 charges")).to_be_visible()
    assert (await visitor.ask("/api/transactions"))["totalCount"] == 0


async def test_a_file_that_cannot_be_read_says_so(visitor: Visitor) -> None:
    visitor.bears("status of 422")
    page = await visitor.sign_in("/app/import")
    await _choose(page, b"\x89PNG\r\n\x1a\n\x00\x00", name="picture.csv")
    await expect(page.get_by_role("alert")).to_be_visible()
    await look_at(page, "import-refused")
