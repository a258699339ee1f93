"""A file shows one moment of the report, however long it takes to write."""

from sqlalchemy import update
from tests.support.reports import Desk

from expenseflow.reports import line_queries
from expenseflow.reports.models import ReportLine


async def test_an_edit_that_commits_meanwhile_is_not_half_in_the_file(desk: Desk) -> None:
    vendors: list[str | None] = []
    async with desk.db.transaction() as session:
        parts = line_queries.stream(session, desk.user_id, desk.report_id, chunk=1)
        async for part in parts:
            vendors += [line.vendor for line in part]
            async with desk.db.transaction() as other:
                await other.execute(update(ReportLine).values(vendor="Changed"))
    assert vendors == ["Blue Bottle Coffee", None, "Blue Bottle Coffee"]
