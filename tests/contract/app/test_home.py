"""The plain page at `/`."""

from tests.support import factories, reports
from tests.support.identity import Visitors


async def test_a_stranger_is_told_how_to_sign_in(visitors: Visitors) -> None:
    page = await visitors.anonymous().get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "expenseflow sign-in-link --user" in page.text


async def test_a_wrong_cookie_is_a_strangers(visitors: Visitors) -> None:
    page = await visitors.anonymous(Cookie="expenseflow_session=x").get("/")
    assert "expenseflow sign-in-link" in page.text


async def test_the_months_are_listed_with_their_totals(visitors: Visitors) -> None:
    user_id = await visitors.user_id()
    async with visitors.parts.database.transaction() as session:
        await factories.some_transactions(
            session, user_id, descriptions=["<script>alert(1)</script>", "B"]
        )
    page = (await (await visitors.with_cookie()).get("/")).text
    assert "2026-01" in page
    assert "25.00 <small>USD</small>" in page
    assert "ann@example.com" in page
    assert "<script>" not in page


async def test_nobody_sees_another_persons_months(visitors: Visitors) -> None:
    user_id = await visitors.user_id("bob@example.com")
    async with visitors.parts.database.transaction() as session:
        await factories.some_transactions(session, user_id)
    page = (await (await visitors.with_cookie("ann@example.com")).get("/")).text
    assert "2026-01" not in page
    assert "No transactions yet" in page


async def test_reports_and_jobs_are_shown_with_their_exports(visitors: Visitors) -> None:
    user_id = await visitors.user_id()
    async with visitors.parts.database.transaction() as session:
        await reports.add_chart(session)
        first, second = await reports.add_transactions(session, user_id, 2)
        lines = [reports.settled(first), reports.flagged(second)]
        report_id = await reports.make_draft(session, user_id, lines)
    ann = await visitors.with_cookie()
    job = (await ann.post("/api/report-jobs", json={"period": reports.PERIOD})).json()
    page = (await ann.get("/")).text
    assert f'href="/api/reports/{report_id}/export?format=csv"' in page
    assert f'href="/api/reports/{report_id}/export?format=xlsx"' in page
    assert "1 line in drafts waits for your look" in page
    assert f'data-cancel="{job["id"]}"' in page
    assert "Job queued for processing" in page
    assert "being generated" in page
    await ann.delete(f"/api/report-jobs/{job['id']}")
    page = (await ann.get("/")).text
    assert "Cancelled by user" in page
    assert 'data-start="2026-01"' in page
