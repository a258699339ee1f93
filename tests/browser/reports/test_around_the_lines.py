"""A report's page around its lines: its totals, its files, submitting and reopening it."""

import re
from io import BytesIO
from pathlib import Path

import openpyxl
from playwright.async_api import Page, expect
from tests.support.browser.looks import look_at
from tests.support.browser.months import a_report
from tests.support.browser.visitor import Visitor

LINES, UNSURE = 6, 3


async def _opened(visitor: Visitor) -> tuple[Page, str]:
    page = await visitor.sign_in()
    report = await a_report(visitor, known=LINES - UNSURE, unsure=UNSURE)
    await page.goto(f"{visitor.stack.base_url}/app/reports/{report}")
    await expect(page.get_by_role("heading", name="January 2026")).to_be_visible()
    return page, report


async def test_submitted_with_lines_left_downloaded_and_reopened(visitor: Visitor) -> None:
    page, report = await _opened(visitor)
    await page.get_by_role("button", name="Submit", exact=True).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"{UNSURE} lines still need a look")
    await look_at(page, "report-submit")
    await dialog.get_by_role("button", name=re.compile(f"Submit with {UNSURE}")).click()
    await expect(page.get_by_text("The report of January 2026 is submitted")).to_be_visible()
    await look_at(page, "report-submitted")

    await page.get_by_role("button", name="Download").first.click()
    async with page.expect_download() as downloading:
        await page.get_by_role("menuitem", name="Excel").click()
    saved = await downloading.value
    assert saved.suggested_filename.endswith(".xlsx")
    sheet = openpyxl.load_workbook(BytesIO(Path(await saved.path()).read_bytes())).active
    assert sheet is not None
    assert sum("HOLDINGS" in str(row) for row in sheet.iter_rows(values_only=True)) == UNSURE

    await page.get_by_role("button", name="Reopen").click()
    await (
        page.get_by_role("alertdialog")
        .or_(page.get_by_role("dialog"))
        .get_by_role("button", name="Reopen")
        .click()
    )
    await expect(page.get_by_text("Draft", exact=True)).to_be_visible()
    assert (await visitor.ask(f"/api/reports/{report}"))["status"] == "Draft"


async def test_totals(visitor: Visitor) -> None:
    page, _ = await _opened(visitor)
    totals = page.get_by_text("Totals by account and department")
    await totals.scroll_into_view_if_needed()
    await totals.click()
    await expect(page.get_by_role("table").filter(has_text="Total").first).to_be_visible()
    await look_at(page, "report-totals")


async def test_a_report_that_is_nowhere(visitor: Visitor) -> None:
    visitor.bears("status of 404")
    page = await visitor.sign_in("/app/reports/00000000-0000-7000-8000-000000000000")
    await expect(page.get_by_text("There is no such report")).to_be_visible()
    await look_at(page, "report-nowhere")
