"""A personal charge leaves the draft, and comes back with what the person had made of it.

A line that was taken out stands on no report (`report_id` is null) until then.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import service as categorization
from expenseflow.reports import line_queries, locking, repository, teaching
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.statements import service as statements
from expenseflow.statements.models import Transaction
from expenseflow.statements.rows import TransactionRow


async def set_excluded(
    session: AsyncSession, user_id: UUID, transaction_id: UUID, *, excluded: bool, now: datetime
) -> TransactionRow:
    """A charge leaves the draft at once, or comes back to it; without a draft the next job's.

    What an excluded one taught is forgotten: it says nothing about where the company's charges go.

    Raises:
        TransactionNotFound, TransactionIsSubmitted: both of `statements`.
    """
    found = await statements.get_transaction(session, user_id, transaction_id)
    await locking.hold_period(session, user_id, found.period)
    changed = await statements.set_excluded(session, user_id, transaction_id, excluded)
    if excluded:
        await categorization.unteach(session, user_id, [transaction_id])
        for report_id in await _set_aside(session, user_id, transaction_id):
            await repository.raise_version(session, report_id)
        return changed
    draft = await repository.draft_id(session, user_id, found.period)
    if draft is not None and await take_back(session, user_id, draft, now=now):
        await repository.raise_version(session, draft)
    return changed


async def take_back(session: AsyncSession, user_id: UUID, draft: UUID, *, now: datetime) -> bool:
    """Lines that were set aside and may be reported again stand on their month's draft.

    What the person had decided about them is taught again. The caller holds the month. Whether
    there were any.
    """
    back = await _take_back(session, draft)
    lines = [await line_queries.view(session, user_id, draft, line_id=line) for line in back]
    edited = [
        line for line in lines if line is not None and line.edited_by_user and not line.needs_review
    ]
    await categorization.teach(session, user_id, teaching.lessons(edited), now=now)
    return bool(back)


async def forget(session: AsyncSession, user_id: UUID, transaction_ids: Sequence[UUID]) -> None:
    """Lines that were set aside go with their transactions."""
    mine = select(Transaction.id).where(
        Transaction.user_id == user_id, Transaction.id.in_(transaction_ids)
    )
    await session.execute(
        delete(ReportLine).where(
            ReportLine.report_id.is_(None), ReportLine.transaction_id.in_(mine)
        )
    )


async def _set_aside(session: AsyncSession, user_id: UUID, transaction_id: UUID) -> list[UUID]:
    """Take the line off the user's drafts; the reports that lost one."""
    lost = (
        select(ReportLine.id, ExpenseReport.id.label("report_id"))
        .where(ReportLine.transaction_id == transaction_id, *line_queries.on_drafts_of(user_id))
        .cte("lost")
    )
    reports = await session.scalars(
        update(ReportLine)
        .where(ReportLine.id == lost.c.id)
        .values(report_id=None)
        .returning(lost.c.report_id)
        .execution_options(synchronize_session=False)
    )
    return list(reports)


async def _take_back(session: AsyncSession, draft: UUID) -> list[UUID]:
    lines = await session.scalars(
        update(ReportLine)
        .where(
            ReportLine.report_id.is_(None),
            ReportLine.transaction_id == Transaction.id,
            ExpenseReport.id == draft,
            Transaction.user_id == ExpenseReport.user_id,
            Transaction.period == ExpenseReport.period,
            Transaction.excluded.is_(False),
            Transaction.is_payment.is_(False),
            Transaction.submitted_report_id.is_(None),
        )
        .values(report_id=draft)
        .returning(ReportLine.id)
        .execution_options(synchronize_session=False)
    )
    return list(lines)
