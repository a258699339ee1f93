"""The server is killed in the middle of a report and starts again."""

from playwright.async_api import Browser, expect
from tests.support import factories
from tests.support.browser.visitor import entering
from tests.support.processes import Stack

LINES = 60


async def test_progress_heals_and_nothing_is_doubled(chromium: Browser, own_service: Stack) -> None:
    own_service.pace(base=0.7)
    async with entering(chromium, own_service) as visitor:
        visitor.bears("net::ERR_")  # as whatever was under way was cut
        page = await visitor.sign_in()
        await visitor.import_month(factories.merchants(LINES))
        await page.reload()
        month = page.get_by_role("article", name="January 2026")
        await month.get_by_role("button", name="Make the report: January 2026").click()
        await expect(month.get_by_text("In progress", exact=True)).to_be_visible()

        own_service.processes[-1].kill()
        await expect(page.get_by_text("Live updates are interrupted")).to_be_visible()
        own_service.pace()
        own_service.api(worker=True)

        await expect(month.get_by_text("Completed", exact=True)).to_be_visible(timeout=60_000)
        await expect(month.get_by_text(f"{LINES} / {LINES} lines")).to_be_visible()
        await expect(page.get_by_text("Live updates are interrupted")).to_be_hidden()
        [job] = (await visitor.ask("/api/report-jobs"))["items"]
        lines = await visitor.ask(f"/api/reports/{job['generatedReportId']}/lines", pageSize="500")
        assert len({line["transactionId"] for line in lines["items"]}) == LINES
        assert lines["totalCount"] == LINES
