"""Signing in by a link, losing the sign-in in the middle, and coming back to the same place."""

import re

import httpx
from playwright.async_api import Locator, Page, expect
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor

_REFUSED = r"status of 401"


async def _end_the_session(visitor: Visitor) -> None:
    """As it ends elsewhere: the browser still holds its cookie, and knows nothing."""
    [cookie] = await visitor.context.cookies()
    answer = httpx.post(
        f"{visitor.stack.base_url}/api/sign-out",
        cookies={cookie.get("name", ""): cookie.get("value", "")},
        headers={"Origin": visitor.stack.base_url},
    )
    assert answer.is_success, answer.text


def _signed_out(page: Page) -> Locator:
    return page.get_by_role("heading", name="Sign in to go on")


async def test_a_link_of_the_command_line_signs_in(visitor: Visitor) -> None:
    printed = visitor.stack.run("sign-in-link", "--user", visitor.email).stdout.strip()
    code = printed.partition("code=")[2]
    page = await visitor.open(f"/sign-in?code={code}")
    await expect(page).not_to_have_url(re.compile("sign-in"))
    await page.goto(f"{visitor.stack.base_url}/app/")
    await expect(page.get_by_text(visitor.email)).to_be_visible()


async def test_a_page_of_nobody_says_how_to_sign_in(visitor: Visitor) -> None:
    visitor.bears(_REFUSED)
    page = await visitor.open("/app/")
    await expect(_signed_out(page)).to_be_visible()
    await look_at(page, "signed-out")


async def test_a_sign_in_that_ends_in_the_middle(visitor: Visitor) -> None:
    visitor.bears(_REFUSED)
    page = await visitor.sign_in()
    await visitor.import_month(["BLUE BOTTLE COFFEE"])
    await page.reload()
    make = page.get_by_role("button", name="Make the report: January 2026")
    await expect(make).to_be_visible()
    await _end_the_session(visitor)

    await make.click()
    await expect(_signed_out(page)).to_be_visible()
    other = await visitor.context.new_page()
    await other.goto(await visitor.link())

    await expect(other).to_have_url(f"{visitor.stack.base_url}/app/")
    for tab in (page, other):
        await expect(tab.get_by_role("article", name="January 2026")).to_be_visible()
