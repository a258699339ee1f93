"""Lines of one day stand in the order of the statement they came from."""

from datetime import date

from tests.support import reports as make

from expenseflow.infra.db import Database
from expenseflow.kit.paging import PageRequest
from expenseflow.reports import line_queries
from expenseflow.reports.views import LineQuery


async def test_lines_of_one_day_keep_the_order_of_the_file(db: Database) -> None:
    async with db.transaction() as session:
        await make.add_chart(session)
        ada = await make.add_user(session)
        charges = await make.add_transactions(session, ada, 30, posted_on=date(2026, 1, 5))
        draft = await make.make_draft(session, ada, [make.settled(one) for one in charges[::-1]])

        query = LineQuery(paging=PageRequest(page=1, page_size=100))
        page = await line_queries.page(session, ada, draft, query=query)
        streamed = [
            line
            async for part in line_queries.stream(session, ada, draft, chunk=7)
            for line in part
        ]

    assert [line.transaction_id for line in page.items] == charges
    assert [line.transaction_id for line in streamed] == charges
