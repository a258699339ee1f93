"""What reports are made with, as it looks; a rule made, tested on past lines and deleted."""

import re

import pytest
from playwright.async_api import expect
from tests.support.browser.looks import look_at
from tests.support.browser.months import a_report
from tests.support.browser.visitor import Visitor

_PLACES = {
    "accounts": "66300",
    "departments": "Operations",
    "rules": "No rules yet",
    "provider": "AI service",
}


@pytest.mark.parametrize("place", _PLACES)
async def test_a_part_of_the_settings(visitor: Visitor, place: str) -> None:
    page = await visitor.sign_in(f"/app/settings/{place}")
    await expect(page.get_by_role("main").get_by_text(_PLACES[place]).first).to_be_visible()
    await look_at(page, f"settings-{place}")


async def test_a_rule_is_made_tested_and_deleted(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await a_report(visitor, known=1, unsure=2)
    await page.goto(f"{visitor.stack.base_url}/app/settings/rules")
    await (
        page.get_by_role("link", name="New rule")
        .or_(page.get_by_role("button", name="New rule"))
        .first.click()
    )
    await page.get_by_role("textbox", name="Has these words").fill("holdings")
    await page.get_by_role("combobox", name="Account", exact=True).fill("66300")
    await page.get_by_role("option", name=re.compile("^66300")).click()
    await page.get_by_role("button", name="Test on past lines").click()
    await expect(page.get_by_text("2 lines fit.")).to_be_visible()
    await look_at(page, "settings-rule")
    await page.get_by_role("button", name="Save the rule").click()

    await expect(page.get_by_role("list", name="Rules in their order")).to_be_visible()
    await look_at(page, "settings-rules-one")
    [rule] = (await visitor.ask("/api/rules"))["items"]
    assert rule["glCode"] == "66300"
    await page.get_by_role("button", name=re.compile("^More: ")).click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No rules yet")).to_be_visible()
