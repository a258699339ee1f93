"""What stands around every page: addresses that lead nowhere, themes, the way without a mouse."""

from playwright.async_api import expect
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor


async def test_an_address_that_leads_nowhere(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/nowhere")
    await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    await look_at(page, "not-found")
    await page.get_by_role("link", name="To your months").click()
    await expect(page.get_by_role("heading", name="Your months")).to_be_visible()


async def test_a_chosen_theme_stays(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await page.get_by_role("button", name="Theme: as the system").click()
    await page.get_by_role("button", name="Theme: light").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(15, 22, 21)"
    )


async def test_the_first_key_leads_past_the_menu(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await expect(page.get_by_role("heading", name="Your months")).to_be_visible()
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()
