"""The lines of a report, reviewed without a mouse and changed many at once."""

import re

from playwright.async_api import Locator, Page, expect
from tests.support.browser.keys import CountedKeys
from tests.support.browser.looks import look_at
from tests.support.browser.months import a_report
from tests.support.browser.visitor import Visitor
from tests.support.workers import until

LINES, FLAGGED = 50, 8
AIM = 30


def _left(page: Page, count: int) -> Locator:
    return page.get_by_role("button", name=f"Needs review ({count})")


async def _opened(visitor: Visitor, *, known: int, unsure: int) -> tuple[Page, str]:
    page = await visitor.sign_in()
    report = await a_report(visitor, known=known, unsure=unsure)
    await page.goto(f"{visitor.stack.base_url}/app/reports/{report}")
    await expect(_left(page, unsure)).to_be_visible()
    return page, report


async def _stored(visitor: Visitor, report: str, lines: int, **like: str) -> None:
    """The page shows a change before it is stored; in the end as many lines are like this."""

    async def are_stored() -> bool:
        found = await visitor.ask(f"/api/reports/{report}/lines", **like)
        return found["totalCount"] == lines

    await until(are_stored)


async def test_fifty_lines_of_which_eight_are_flagged(visitor: Visitor) -> None:
    """Six are right as they are, one is the first suggestion, one needs another account."""
    page, report = await _opened(visitor, known=LINES - FLAGGED, unsure=FLAGGED)
    await look_at(page, "report-review")
    keys = CountedKeys(page)

    for left in range(FLAGGED - 1, 1, -1):
        await keys.press("a")
        await expect(_left(page, left)).to_be_visible()
    await keys.press("1")
    await expect(_left(page, 1)).to_be_visible()
    await keys.press("e")
    await expect(page.get_by_role("combobox", name="Account")).to_be_focused()
    await look_at(page, "report-editing")
    await keys.type("66300")
    await keys.press("Enter")
    await expect(_left(page, 0)).to_be_visible()

    await expect(page.get_by_text("All reviewed")).to_be_visible()
    assert keys.count <= AIM, keys.count
    await _stored(visitor, report, 0, needsReview="true")
    await look_at(page, "report-reviewed")


async def test_an_accept_is_taken_back(visitor: Visitor) -> None:
    page, _ = await _opened(visitor, known=1, unsure=2)
    await page.keyboard.press("a")
    await expect(_left(page, 1)).to_be_visible()
    await page.keyboard.press("Control+z")
    await expect(_left(page, 2)).to_be_visible()


async def test_many_lines_at_once_and_back(visitor: Visitor) -> None:
    page, report = await _opened(visitor, known=3, unsure=3)
    await page.keyboard.press("*")
    bar = page.get_by_role("group", name="Selected lines")
    await expect(bar).to_contain_text("3 lines selected")
    await look_at(page, "report-bulk")
    await bar.get_by_role("combobox", name="Set account…").fill("66300")
    await page.get_by_role("option", name=re.compile("^66300")).click()
    await expect(_left(page, 0)).to_be_visible()
    await _stored(visitor, report, 3, glCode="66300", q="HOLDINGS")

    await page.keyboard.press("Control+z")
    await expect(_left(page, 3)).to_be_visible()


async def test_a_line_that_was_changed_meanwhile(visitor: Visitor) -> None:
    """Two tabs change the same line; the second is asked which should stand."""
    visitor.bears("status of 412")
    page, report = await _opened(visitor, known=1, unsure=1)
    other = await visitor.open(f"/app/reports/{report}")
    await expect(_left(other, 1)).to_be_visible()
    await page.keyboard.press("a")
    await expect(_left(page, 0)).to_be_visible()

    await other.keyboard.press("e")
    await expect(other.get_by_role("combobox", name="Account")).to_be_focused()
    await other.keyboard.type("66300")
    await other.keyboard.press("Enter")
    question = other.get_by_role("dialog", name="This line was changed meanwhile")
    await expect(question).to_be_visible()
    await look_at(other, "report-changed-meanwhile")
    await question.get_by_role("button", name="Write mine").click()
    await expect(question).to_be_hidden()
    await _stored(visitor, report, 1, glCode="66300", q="HOLDINGS")


async def test_the_list_of_keys(visitor: Visitor) -> None:
    page, _ = await _opened(visitor, known=1, unsure=1)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys of the review")).to_be_visible()
    await look_at(page, "report-keys")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
