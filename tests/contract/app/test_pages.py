"""The plain pages around the front end."""

import pytest
from tests.support.identity import Visitors

from expenseflow.kit.ids import new_id


@pytest.mark.parametrize("path", ["/", "/?from=elsewhere"])
async def test_the_address_alone_leads_to_the_front_end(visitors: Visitors, path: str) -> None:
    answer = await visitors.anonymous().get(path)
    assert (answer.status_code, answer.headers["location"]) == (307, "/app/")


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
