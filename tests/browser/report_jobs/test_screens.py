"""The page of a job and the history as they look, and the ways between them."""

from playwright.async_api import expect
from tests.support.browser.looks import look_at
from tests.support.browser.months import a_report, charges
from tests.support.browser.visitor import PERIOD, Visitor


async def test_no_job_yet(visitor: Visitor) -> None:
    page = await visitor.sign_in("/app/history")
    await expect(page.get_by_text("No report was made yet")).to_be_visible()
    await look_at(page, "history-empty")


async def test_a_finished_job_and_the_history(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    report = await a_report(visitor, known=6, unsure=3)
    [job] = (await visitor.ask("/api/report-jobs"))["items"]
    await page.goto(f"{visitor.stack.base_url}/app/history")
    article = page.get_by_role("article", name="January 2026")
    await expect(article).to_contain_text("Completed")
    await look_at(page, "history")

    await page.goto(f"{visitor.stack.base_url}/app/jobs/{job['id']}")
    await expect(page.get_by_role("heading", name="Who settled the lines")).to_be_visible()
    await expect(page.get_by_text("9 / 9 lines")).to_be_visible()
    await look_at(page, "job-completed")
    await (
        page.get_by_role("link", name="Review")
        .or_(page.get_by_role("link", name="Open the report"))
        .first.click()
    )
    await expect(page).to_have_url(f"{visitor.stack.base_url}/app/reports/{report}")


async def test_a_job_under_way(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await visitor.import_month(charges(0, 40))
    visitor.stack.pace(base=0.7)
    job = await visitor.tell("/api/report-jobs", {"period": PERIOD})
    await page.goto(f"{visitor.stack.base_url}/app/jobs/{job['id']}")
    await expect(page.get_by_role("progressbar")).to_be_visible()
    visitor.stack.pace(base=60)
    await look_at(page, "job-under-way")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    visitor.stack.pace()
    await page.get_by_role("button", name="Go on with the rest").click()
    await expect(page.get_by_text("Completed", exact=True)).to_be_visible()


async def test_a_job_that_is_nowhere(visitor: Visitor) -> None:
    visitor.bears("status of 404")
    page = await visitor.sign_in("/app/jobs/00000000-0000-7000-8000-000000000000")
    await expect(page.get_by_text("There is no such report job")).to_be_visible()
    await look_at(page, "job-nowhere")
