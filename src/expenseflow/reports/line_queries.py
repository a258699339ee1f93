"""The lines of a report, joined with their transactions; always within one user's reports."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, UnaryExpression, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.paging import Page
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.reports.rules import Status
from expenseflow.reports.views import LineOrder, LineQuery, LineView
from expenseflow.statements.models import Transaction

# In the order of LineView's fields.
_COLUMNS: tuple[Any, ...] = (
    ReportLine.id,
    ReportLine.transaction_id,
    Transaction.posted_on,
    Transaction.description,
    ReportLine.description,
    ReportLine.vendor,
    ReportLine.note,
    Transaction.amount,
    Transaction.currency,
    ReportLine.gl_code,
    ReportLine.department_code,
    ReportLine.tier,
    ReportLine.confidence,
    ReportLine.needs_review,
    ReportLine.review_reason,
    ReportLine.explanation,
    ReportLine.suggestions,
    ReportLine.edited_by_user,
    ReportLine.version,
    Transaction.account,
)

_SORTABLE: dict[str, Any] = {
    LineOrder.POSTED_ON: Transaction.posted_on,
    LineOrder.AMOUNT: Transaction.amount,
    LineOrder.DESCRIPTION: func.lower(ReportLine.description),
    LineOrder.VENDOR: func.lower(ReportLine.vendor),
    LineOrder.GL_CODE: ReportLine.gl_code,
    LineOrder.DEPARTMENT_CODE: ReportLine.department_code,
    LineOrder.CONFIDENCE: ReportLine.confidence,
    LineOrder.TIER: ReportLine.tier,
}


def _lines(user_id: UUID, report_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .join(ExpenseReport, ExpenseReport.id == ReportLine.report_id)
        .join(Transaction, Transaction.id == ReportLine.transaction_id)
        .where(ExpenseReport.user_id == user_id, ReportLine.report_id == report_id)
    )


def _order(order: LineOrder) -> UnaryExpression[Any]:
    column = _SORTABLE[order.removeprefix("-")]
    return (column.desc() if order.startswith("-") else column.asc()).nulls_last()


def _matches(contains: str) -> ColumnElement[bool]:
    texts = (ReportLine.description, ReportLine.vendor, Transaction.description)
    return or_(*(text.icontains(contains, autoescape=True) for text in texts))


async def page(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, query: LineQuery
) -> Page[LineView]:
    """The lines that match, in a stable order; equal ones as in the file they came from."""
    wanted = _lines(user_id, report_id)
    if query.needs_review is not None:
        wanted = wanted.where(ReportLine.needs_review.is_(query.needs_review))
    if query.contains:
        wanted = wanted.where(_matches(query.contains))
    counted = wanted.with_only_columns(func.count(), maintain_column_froms=True)
    total = await session.scalar(counted)
    rows = await session.execute(
        wanted.order_by(_order(query.order), ReportLine.transaction_id)
        .limit(query.paging.page_size)
        .offset(query.paging.offset)
    )
    return Page(
        items=[_view(row) for row in rows],
        total_count=total or 0,
        page=query.paging.page,
        page_size=query.paging.page_size,
    )


async def view(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, line_id: UUID
) -> LineView | None:
    """One line."""
    rows = await session.execute(_lines(user_id, report_id).where(ReportLine.id == line_id))
    row = rows.one_or_none()
    return _view(row) if row is not None else None


async def stream(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, chunk: int
) -> AsyncIterator[list[LineView]]:
    """Every line by date, then as in the file, a chunk at a time from a cursor of the server."""
    rows = await session.stream(
        _lines(user_id, report_id)
        .order_by(Transaction.posted_on, ReportLine.transaction_id)
        .execution_options(yield_per=chunk)
    )
    async for part in rows.partitions(chunk):
        yield [_view(row) for row in part]


async def every(session: AsyncSession, user_id: UUID, report_id: UUID) -> list[LineView]:
    """Every line at once, for the one moment that needs them all: submitting."""
    return [_view(row) for row in await session.execute(_lines(user_id, report_id))]


async def lock(session: AsyncSession, report_id: UUID, line_id: UUID) -> ReportLine | None:
    """The line, held until the transaction ends; the caller has checked whose report it is."""
    return await session.scalar(
        select(ReportLine)
        .where(ReportLine.report_id == report_id, ReportLine.id == line_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def original_description(session: AsyncSession, transaction_id: UUID) -> str:
    """What the bank wrote."""
    found = await session.scalars(
        select(Transaction.description).where(Transaction.id == transaction_id)
    )
    return found.one()


async def remove_from_draft(
    session: AsyncSession, user_id: UUID, transaction_ids: Sequence[UUID]
) -> list[UUID]:
    """Take these transactions off the user's drafts; the reports that lost a line."""
    drafts = select(ExpenseReport.id).where(
        ExpenseReport.user_id == user_id, ExpenseReport.status == Status.DRAFT
    )
    left = await session.scalars(
        delete(ReportLine)
        .where(ReportLine.transaction_id.in_(transaction_ids), ReportLine.report_id.in_(drafts))
        .returning(ReportLine.report_id)
    )
    return sorted(set(left))


def _view(row: Any) -> LineView:
    return LineView(*row)
