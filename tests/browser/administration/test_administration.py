"""What administrators see and do, as it looks: the chart, all jobs, the people, the alerts."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor, entering


@pytest.mark.parametrize(
    ("place", "shown"),
    [("jobs", "Everybody's reports"), ("people", "Administrator"), ("alerts", "Webhook")],
)
async def test_a_screen_of_administrators(visitor: Visitor, place: str, shown: str) -> None:
    page = await visitor.sign_in()
    await visitor.import_month(["QZX HOLDINGS"])
    await visitor.tell("/api/report-jobs", {"period": "2026-01"})
    await page.goto(f"{visitor.stack.base_url}/app/settings/{place}")
    await expect(page.get_by_role("main").get_by_text(shown).first).to_be_visible()
    await look_at(page, f"settings-{place}")


async def test_an_account_is_added_and_what_that_changes_is_shown_before(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/settings/accounts")
    code = uuid4().hex[:8]
    await page.get_by_role("link", name="Change this list").click()
    await page.get_by_role("button", name="Add an entry").click()
    await page.get_by_label("Code: a new entry").fill(code)
    await page.get_by_label("Name: a new entry").fill("Parking")
    await look_at(page, "settings-accounts-edit")
    await page.get_by_role("button", name="See what would change").click()
    added = page.get_by_role("region", name="Added")
    await expect(added.get_by_text(f"{code} Parking")).to_be_visible()
    await look_at(page, "settings-accounts-preview")
    await page.get_by_role("button", name="Save the list").click()
    await expect(page.get_by_role("list", name="Accounts").get_by_text(code)).to_be_visible()
    items = (await visitor.ask("/api/accounts"))["items"]
    assert {"code": code, "name": "Parking", "description": None, "active": True} in items


async def test_a_file_is_looked_at_and_its_bad_row_named(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/settings/departments/edit")
    await page.get_by_label("Take the list from a CSV file").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": b"code;name\n07;Werk\n08;\n"}
    )
    await expect(page.get_by_text("Row 3 (08): the name is empty")).to_be_visible()
    await expect(page.get_by_role("button", name="Save the list")).to_be_disabled()
    await look_at(page, "settings-departments-file")


async def test_somebody_is_disabled_and_deleted(visitor: Visitor, chromium: Browser) -> None:
    page = await visitor.sign_in()
    async with entering(chromium, visitor.stack) as other:
        other.bears("401")
        theirs = await other.sign_in()
        await page.goto(f"{visitor.stack.base_url}/app/settings/people?q={other.email}")
        await page.get_by_role("button", name=f"Disable: {other.email}").click()
        dialog = page.get_by_role("alertdialog")
        await look_at(page, "settings-people-disable")
        await dialog.get_by_role("button", name="Disable").click()
        await expect(page.get_by_text("Disabled", exact=True)).to_be_visible()
        await theirs.reload()
        await expect(theirs.get_by_text("Sign in to go on")).to_be_visible()
        await page.get_by_role("button", name=f"Delete: {other.email}").click()
        await dialog.get_by_role("textbox").fill(other.email)
        await dialog.get_by_role("button", name="Delete for good").click()
        await expect(page.get_by_text(re.compile("There is nobody like that"))).to_be_visible()
