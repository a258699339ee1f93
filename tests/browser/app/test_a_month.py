"""A month from the bank's file to the file for the ledger, on the pages alone."""

from io import BytesIO
from pathlib import Path

import openpyxl
from playwright.async_api import FilePayload, Locator, Page, expect
from tests.support.browser.months import charges
from tests.support.browser.visitor import Visitor
from tests.support.processes import csv_of

KNOWN, UNSURE = 12, 30
LINES = KNOWN + UNSURE
_MAKE = "Make the report: January 2026"


def _month(page: Page) -> Locator:
    return page.get_by_role("article", name="January 2026")


async def _import(page: Page) -> None:
    content = csv_of(charges(KNOWN, UNSURE))
    await page.get_by_role("link", name="Import a statement").first.click()
    await page.locator("input[type=file]").set_input_files(
        FilePayload(name="january.csv", mimeType="text/csv", buffer=content)
    )
    await page.get_by_role("button", name=f"Import {LINES} charges").click()
    await page.get_by_role("link", name="Make the report of January 2026").click()


async def _make(visitor: Visitor, page: Page) -> None:
    """Once in vain, and once to the end."""
    month = _month(page)
    visitor.stack.pace(base=0.7)
    await month.get_by_role("button", name=_MAKE).click()
    await expect(month.get_by_role("progressbar")).not_to_have_attribute("aria-valuenow", "0")
    visitor.stack.pace(base=60)
    await month.get_by_role("button", name="Cancel").click()
    await expect(month.get_by_text("Cancelled", exact=True)).to_be_visible()
    visitor.stack.pace()
    await month.get_by_role("button", name=_MAKE).click()
    await month.get_by_role("link", name=f"Review {UNSURE} lines: January 2026").click()


async def _review(page: Page) -> None:
    """One by a key, the others at once."""
    await expect(page.get_by_role("button", name=f"Needs review ({UNSURE})")).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.get_by_role("button", name=f"Needs review ({UNSURE - 1})")).to_be_visible()
    await page.keyboard.press("*")
    bar = page.get_by_role("group", name="Selected lines")
    await bar.get_by_role("combobox", name="Set account…").fill("66300")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Needs review (0)")).to_be_visible()


async def _submit(page: Page) -> None:
    await page.get_by_role("button", name="Submit", exact=True).first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Submit", exact=True).click()
    await expect(page.get_by_text("The report of January 2026 is submitted")).to_be_visible()


async def _download(page: Page) -> list[str]:
    await page.get_by_role("button", name="Download").first.click()
    async with page.expect_download() as downloading:
        await page.get_by_role("menuitem", name="Excel").click()
    path = await (await downloading.value).path()
    book = openpyxl.load_workbook(BytesIO(Path(path).read_bytes()))
    return [str(row) for sheet in book for row in sheet.iter_rows(values_only=True)]


async def test_a_month(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await _import(page)
    await _make(visitor, page)
    await _review(page)
    await _submit(page)
    rows = await _download(page)
    ours = [row for row in rows if "HOLDINGS" in row]
    assert len(ours) == UNSURE
    assert sum("66300" in row for row in ours) >= UNSURE - 1
