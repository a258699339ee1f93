"""What somebody else wrote into a charge, a file's name or a note is only ever text."""

from playwright.async_api import FilePayload, Page, expect
from tests.support.browser.months import finished_report
from tests.support.browser.visitor import Visitor
from tests.support.processes import csv_of

_BAD = "<img src=x onerror=window.hurt=1>"
_WORSE = "<script>window.hurt=1</script>"
_LINK = "javascript:window.hurt=1"
_CHARGES = [f"{_BAD} CAFE", f"'><svg onload=window.hurt=1>{_WORSE}", f"[x]({_LINK}) {{{{7*7}}}}"]


async def _is_unhurt(page: Page) -> None:
    assert await page.evaluate("window.hurt === undefined")
    assert await page.locator("img[src=x], svg[onload], a[href^=javascript]").count() == 0


async def test_markup_in_what_people_import_stays_text(visitor: Visitor) -> None:
    """In the preview, the transactions, the review, a rule and the history."""
    page = await visitor.sign_in("/app/import")
    file = FilePayload(name=f"{_BAD}.csv", mimeType="text/csv", buffer=csv_of(_CHARGES))
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_role("checkbox").first).to_be_visible()
    await _is_unhurt(page)
    await page.get_by_role("button", name="Import 3 charges").click()
    await expect(page.get_by_role("heading", name="3 charges imported")).to_be_visible()
    await _is_unhurt(page)

    rule = {"name": _BAD, "merchantContains": _WORSE, "glCode": "66300", "vendor": _BAD}
    await visitor.tell("/api/rules", rule)
    report = await finished_report(visitor)
    [line, *_] = (await visitor.ask(f"/api/reports/{report}/lines"))["items"]
    seen = {"id": line["id"], "version": line["version"]}
    note = {"note": _WORSE, "vendor": _BAD, "description": _BAD}
    await visitor.tell(f"/api/reports/{report}/lines/bulk", {"lines": [seen], "set": note})
    for place, words in (
        ("/app/transactions", _BAD),
        (f"/app/reports/{report}", _BAD),
        ("/app/settings/rules", _BAD),
        ("/app/import", _BAD),
    ):
        await page.goto(visitor.stack.base_url + place)
        await expect(page.get_by_text(words).first).to_be_visible()
        await _is_unhurt(page)
