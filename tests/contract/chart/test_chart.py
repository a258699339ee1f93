"""`GET /api/accounts` and `/api/departments` (contract, section 2)."""

import pytest
from tests.support.identity import Visitors

from expenseflow.chart import service


@pytest.mark.parametrize(("path", "count"), [("/api/accounts", 43), ("/api/departments", 10)])
async def test_the_chart_is_one_page_by_code(visitors: Visitors, path: str, count: int) -> None:
    async with visitors.parts.database.transaction() as session:
        await service.ensure_starter_chart(session)
    ann = await visitors.signed_in()
    body = (await ann.get(path)).json()
    assert body.keys() == {"items", "totalCount", "page", "pageSize"}
    assert (body["totalCount"], len(body["items"]), body["page"]) == (count, count, 1)
    codes = [item["code"] for item in body["items"]]
    assert codes == sorted(codes)
    assert body["items"][0].keys() == {"code", "name", "description", "active"}
    few = (await ann.get(path, params={"page": 2, "pageSize": 4})).json()
    assert [item["code"] for item in few["items"]] == codes[4:8]
    assert few["totalCount"] == count


async def test_an_inactive_account_is_shown_as_such(visitors: Visitors) -> None:
    async with visitors.parts.database.transaction() as session:
        await service.load_accounts_csv(session, b"code,name,active\n1,One,no\n")
    ann = await visitors.signed_in()
    assert (await ann.get("/api/accounts")).json()["items"] == [
        {"code": "1", "name": "One", "description": None, "active": False}
    ]


@pytest.mark.parametrize("query", ["page=0", "pageSize=0", "pageSize=1001", "page=x"])
async def test_a_page_that_cannot_be_is_400(visitors: Visitors, query: str) -> None:
    ann = await visitors.signed_in()
    assert (await ann.get(f"/api/accounts?{query}")).status_code == 400
