"""Submitting freezes a report, reopening thaws it."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import service as categorization
from expenseflow.reports import (
    errors,
    exclusion,
    line_queries,
    locking,
    repository,
    rules,
    service,
    teaching,
)
from expenseflow.reports.rules import Status
from expenseflow.reports.views import ReportView
from expenseflow.statements import service as statements


async def submit(
    session: AsyncSession,
    user_id: UUID,
    report_id: UUID,
    *,
    accept_unreviewed: bool,
    now: datetime,
) -> ReportView:
    """Freeze the report; from here on no other report can hold its transactions.

    Flags stay as they are: a line submitted unreviewed says so, also after a reopen, and teaches
    nothing.
    """
    report = await locking.hold(session, user_id, report_id)
    rules.must_be_draft(report.status)
    lines = await line_queries.every(session, user_id, report_id)
    rules.must_be_complete(
        lines=len(lines),
        needs_review=sum(line.needs_review for line in lines),
        accept_unreviewed=accept_unreviewed,
    )
    report.status = Status.SUBMITTED
    report.submitted_at = now
    report.version += 1
    transaction_ids = [line.transaction_id for line in lines]
    await statements.mark_submitted(session, user_id, transaction_ids, report_id)
    # Off the event loop: a month of 20,000 lines is a second of text work.
    stood_behind = [line for line in lines if not line.needs_review]
    lessons = await asyncio.to_thread(teaching.lessons, stood_behind)
    await categorization.teach(session, user_id, lessons, now=now)
    return await service.get_report(session, user_id, report_id)


async def reopen(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, now: datetime
) -> ReportView:
    """A draft again, unless the month has another one; what memory learned is kept.

    Charges that were excluded and have been let in again meanwhile are on it, as they were.
    """
    report = await locking.hold(session, user_id, report_id)
    rules.must_be_submitted(report.status)
    other = await repository.draft_id(session, user_id, report.period)
    if other is not None:
        raise errors.AnotherDraftExists(report_id=other)
    report.status = Status.DRAFT
    report.submitted_at = None
    report.version += 1
    await statements.unmark_submitted(session, user_id, report_id)
    await session.flush()
    await exclusion.take_back(session, user_id, report_id, now=now)
    return await service.get_report(session, user_id, report_id)
