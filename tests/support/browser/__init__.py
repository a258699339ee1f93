"""A person at the real pages, in the system's Chromium, by Playwright.

async def test_something(visitor: Visitor) -> None:
    await visitor.import_month(["COFFEE BAR"])
    page = await visitor.sign_in()
    await page.get_by_role("button", name="Make the report: January 2026").click()
    await expect(page.get_by_text("1 / 1 lines")).to_be_visible()

Whatever the browser complains of (an error in the console, an exception, a refusal by the policy of
the page) fails the test, unless the test said before that it would happen.
"""
