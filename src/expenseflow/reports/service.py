"""Reading reports, and bringing a draft up to date from what a job has settled.

Editing a line is in `editing.py`, submitting and reopening in `submitting.py`, files in
`exporting.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.paging import Page, PageRequest
from expenseflow.reports import (
    errors,
    exclusion,
    line_queries,
    locking,
    repository,
    rules,
    upsert,
)
from expenseflow.reports.rules import SettledLine
from expenseflow.reports.views import LineQuery, LineView, ReportView


async def list_reports(
    session: AsyncSession, user_id: UUID, *, period: str | None, paging: PageRequest
) -> Page[ReportView]:
    """The user's reports, the latest month first."""
    return await repository.page(session, user_id, period=period, paging=paging)


async def get_report(session: AsyncSession, user_id: UUID, report_id: UUID) -> ReportView:
    """One report of the user's own."""
    found = await repository.view(session, user_id, report_id)
    if found is None:
        raise errors.ReportNotFound
    return found


async def list_lines(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, query: LineQuery
) -> Page[LineView]:
    """A page of a report's lines."""
    if await repository.period_of(session, user_id, report_id) is None:
        raise errors.ReportNotFound
    return await line_queries.page(session, user_id, report_id, query=query)


async def get_line(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, line_id: UUID
) -> LineView:
    """One line of a report."""
    found = await line_queries.view(session, user_id, report_id, line_id=line_id)
    if found is None:
        raise errors.LineNotFound
    return found


async def draft_id(session: AsyncSession, user_id: UUID, period: str) -> UUID | None:
    """The draft of a month, if there is one."""
    return await repository.draft_id(session, user_id, period)


async def bring_up_to_date(
    session: AsyncSession,
    user_id: UUID,
    period: str,
    *,
    job_id: UUID | None,
    lines: Sequence[SettledLine],
    now: datetime,
) -> UUID:
    """Make the month's draft hold these lines, and answer its id.

    The caller holds the lock of the period. Ids stay, what the person edited or accepted stays,
    and so does a line that is not among `lines` while it may be reported. Charges that were
    excluded or submitted since, and payments, are left out. When nothing is left the draft is
    empty: a job always ends with a report, and an empty one cannot be submitted.
    """
    draft = await upsert.draft_for(session, user_id, period, job_id=job_id, now=now)
    await upsert.drop_unreportable(session, draft)
    await exclusion.take_back(session, user_id, draft, now=now)
    await upsert.from_lines(session, draft, lines, now=now)
    return draft


async def bring_up_to_date_from_job(
    session: AsyncSession, user_id: UUID, period: str, *, job_id: UUID, now: datetime
) -> UUID:
    """The same with the settled lines of a job, which stay inside the database."""
    before = await repository.draft_id(session, user_id, period)
    draft = await upsert.draft_for(session, user_id, period, job_id=job_id, now=now)
    await upsert.drop_unreportable(session, draft)
    await exclusion.take_back(session, user_id, draft, now=now)
    await upsert.from_job(session, draft, job_id, now=now)
    if before is None:
        return await _instead_of_empty(session, user_id, period, draft)
    return draft


async def _instead_of_empty(session: AsyncSession, user_id: UUID, period: str, draft: UUID) -> UUID:
    """The submitted report, when everything was submitted while the job ran.

    A new draft without a line would only stand in the way of reopening that one.
    """
    if await repository.has_lines(session, draft):
        return draft
    submitted = await repository.latest_submitted_id(session, user_id, period)
    if submitted is None:
        return draft
    await repository.delete_report(session, user_id, draft)
    return submitted


async def delete_report(session: AsyncSession, user_id: UUID, report_id: UUID) -> None:
    """Throw a draft away; its transactions can be reported again."""
    report = await locking.hold(session, user_id, report_id)
    rules.must_be_draft(report.status)
    await repository.delete_report(session, user_id, report_id)


async def delete_all_of(session: AsyncSession, user_id: UUID) -> None:
    """Every report and line of a person, also the submitted; before the person is deleted."""
    await repository.delete_all_of(session, user_id)
