"""The plain page at `/`."""

import re
from decimal import Decimal
from uuid import UUID

from sqlalchemy import update
from tests.support import factories, reports
from tests.support.categorization import CHART
from tests.support.categorization import charge as a_charge
from tests.support.identity import Visitors

from expenseflow.categorization import ladder
from expenseflow.categorization.ladder import Knowledge
from expenseflow.categorization.outcomes import Answer
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.models import ReportJob, ReportJobLine

ANSWER = Answer("66300", "07", "Blue Bottle", "Coffee", Decimal("0.9"))


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
    assert f'href="/api/reports/{report_id}/export?format=pdf"' in page
    assert "1 line in drafts waits for your look" in page
    assert f'data-cancel="{job["id"]}"' in page
    assert "Job queued for processing" in page
    assert "being generated" in page
    await ann.delete(f"/api/report-jobs/{job['id']}")
    page = (await ann.get("/")).text
    assert "Cancelled by user" in page
    assert 'data-start="2026-01"' in page
    assert '<time class="faint" datetime="' in page


async def test_what_a_simulated_service_filed_is_marked_in_reports_and_jobs(
    visitors: Visitors,
) -> None:
    user_id = await visitors.user_id()
    ann = await visitors.with_cookie()
    async with visitors.parts.database.transaction() as session:
        await reports.add_chart(session)
        [charge] = await reports.add_transactions(session, user_id)
    job_id = UUID((await ann.post("/api/report-jobs", json={"period": "2026-01"})).json()["id"])
    assert "imulated" not in (await ann.get("/")).text

    mark = ladder.answered(a_charge(), ANSWER, Knowledge(CHART, simulated=True)).explanation
    async with visitors.parts.database.transaction() as session:
        await session.execute(
            update(ReportJobLine)
            .where(ReportJobLine.job_id == job_id)
            .values(state=1, tier="model", explanation=mark)
        )
        await session.execute(
            update(ReportJob)
            .where(ReportJob.id == job_id)
            .values(processed_lines=1, model_lines=1, status=2, completed_at=reports.NOW)
        )
        await reports.make_draft(session, user_id, [reports.settled(charge, explanation=mark)])

    page = (await ann.get("/")).text
    assert "1 suggested by a simulated AI (not a real one)" in page
    assert '<span class="state simulated">Simulated AI</span>' in page
    assert "not a real one" in page


async def test_a_month_has_a_button_only_while_something_is_left_to_report(
    visitors: Visitors,
) -> None:
    user_id = await visitors.user_id()
    ann = await visitors.with_cookie()
    async with visitors.parts.database.transaction() as session:
        await reports.add_chart(session)
        [charge] = await reports.add_transactions(session, user_id)
        report_id = await reports.make_draft(session, user_id, [reports.settled(charge)])
        await factories.some_transactions(session, user_id, "2025-12", excluded=True)
        await factories.some_transactions(session, user_id, "2025-12", is_payment=True)
    page = (await ann.get("/")).text
    assert 'data-start="2026-01"' in page
    assert 'data-start="2025-12"' not in page
    assert "Nothing new" in page
    assert (await ann.post(f"/api/reports/{report_id}/submit")).status_code == 200
    page = (await ann.get("/")).text
    assert "data-start" not in page
    assert (await ann.post("/api/report-jobs", json={"period": "2026-01"})).status_code == 422
    async with visitors.parts.database.transaction() as session:
        await factories.some_transactions(session, user_id)
    page = (await ann.get("/")).text
    assert 'data-start="2026-01"' in page
    assert "Update report" in page
    assert (await ann.post("/api/report-jobs", json={"period": "2026-01"})).status_code == 202


async def test_the_page_says_what_it_is_not_and_where_that_is(visitors: Visitors) -> None:
    page = (await (await visitors.with_cookie()).get("/")).text
    assert "until the browser front end exists" in page
    docs = (await visitors.anonymous().get("/docs")).text
    for named in re.findall(r'href="/docs#([^"]+)"', page):
        assert f'<details id="{named}">' in docs


async def test_amounts_stand_in_groups_of_thousands(visitors: Visitors) -> None:
    user_id = await visitors.user_id()
    async with visitors.parts.database.transaction() as session:
        await factories.some_transactions(session, user_id, amount="1234567.80")
    page = (await (await visitors.with_cookie()).get("/")).text
    assert "1,234,567.80 <small>USD</small>" in page


async def test_the_sign_in_pages_heading_stays_true_when_the_link_was_used(
    visitors: Visitors,
) -> None:
    page = (await visitors.anonymous().get("/sign-in?code=used")).text
    assert "<h1>Sign in</h1>" in page
    assert '<p id="state" role="status">Signing you in.' in page  # the script replaces this


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_a_browser_at_an_unknown_address_gets_a_page(visitors: Visitors) -> None:
    nobody = visitors.anonymous()
    for path in ("/nosuch", "/docs/", "/apis", "/static/nope"):
        page = await nobody.get(path, headers=BROWSER)
        assert page.status_code == 404
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["vary"] == "Accept"
        assert "There is nothing at this address" in page.text
        assert path not in page.text
        problem = await nobody.get(path, headers={"Accept": "*/*"})
        assert problem.headers["content-type"] == "application/problem+json"


async def test_below_api_even_a_browser_gets_a_problem(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    for path in ("/api", "/api/nosuch", f"/api/report-jobs/{new_id()}"):
        answer = await ann.get(path, headers=BROWSER)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
