"""Everything by one key."""

from playwright.async_api import expect
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor


async def test_the_palette_goes_anywhere(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await expect(page.get_by_role("heading", name="Your months")).to_be_visible()
    await page.keyboard.press("Control+k")
    search = page.get_by_role("combobox", name="Search pages, months and actions")
    await expect(search).to_be_focused()
    await look_at(page, "palette")
    await page.keyboard.type("history")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="History")).to_be_visible()
    await expect(search).to_be_hidden()
