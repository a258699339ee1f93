"""The lines of a report, joined with their transactions; always within one user's reports."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    UnaryExpression,
    bindparam,
    column,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import any_ as any_of
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.paging import Page
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.reports.rules import Status
from expenseflow.reports.views import NO_CODE, LineOrder, LineQuery, LineView
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

_CHANGEABLE = (
    "id",
    "description",
    "vendor",
    "note",
    "gl_code",
    "department_code",
    "needs_review",
    "review_reason",
    "explanation",
    "edited_by_user",
    "version",
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
    LineOrder.NEEDS_REVIEW: ReportLine.needs_review,
}


def _lines(user_id: UUID, report_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .join(ExpenseReport, ExpenseReport.id == ReportLine.report_id)
        .join(Transaction, Transaction.id == ReportLine.transaction_id)
        .where(ExpenseReport.user_id == user_id, ReportLine.report_id == report_id)
    )


def _order(order: LineOrder) -> list[UnaryExpression[Any]]:
    """What is empty comes last, whichever way; in a review the least sure come first."""
    by = _SORTABLE[order.removeprefix("-")]
    first = (by.desc() if order.startswith("-") else by.asc()).nulls_last()
    if by is ReportLine.needs_review:
        return [first, ReportLine.confidence.asc().nulls_first()]
    return [first]


def _wanted(user_id: UUID, report_id: UUID, query: LineQuery) -> Select[*tuple[Any, ...]]:
    lines = _lines(user_id, report_id)
    if query.needs_review is not None:
        lines = lines.where(ReportLine.needs_review.is_(query.needs_review))
    if query.contains:
        lines = lines.where(_matches(query.contains))
    if query.tier is not None:
        lines = lines.where(ReportLine.tier == query.tier)
    for code, wanted in (
        (ReportLine.gl_code, query.gl_code),
        (ReportLine.department_code, query.department_code),
    ):
        if wanted is not None:
            lines = lines.where(code.is_(None) if wanted == NO_CODE else code == wanted)
    return lines


def _matches(contains: str) -> ColumnElement[bool]:
    texts = (ReportLine.description, ReportLine.vendor, Transaction.description)
    return or_(*(text.icontains(contains, autoescape=True) for text in texts))


async def page(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, query: LineQuery
) -> Page[LineView]:
    """The lines that match, in a stable order; equal ones as in the file they came from."""
    wanted = _wanted(user_id, report_id, query)
    counted = wanted.with_only_columns(func.count(), maintain_column_froms=True)
    total = await session.scalar(counted)
    rows = await session.execute(
        wanted.order_by(*_order(query.order), ReportLine.transaction_id)
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


async def lock(
    session: AsyncSession, user_id: UUID, report_id: UUID, line_ids: Collection[UUID]
) -> list[LineView]:
    """Those of the lines that there are, held until the transaction ends."""
    rows = await session.execute(
        _lines(user_id, report_id)
        .where(ReportLine.id == any_of(_array(ReportLine.id, line_ids)))
        .order_by(Transaction.posted_on, ReportLine.transaction_id)
        .with_for_update(of=ReportLine)
    )
    return [_view(row) for row in rows]


async def write(session: AsyncSession, lines: Sequence[LineView], *, now: datetime) -> None:
    """Store what a person may change of these lines: one statement, however many they are.

    The caller has made sure whose lines they are.
    """
    if not lines:
        return
    columns = [ReportLine.__table__.c[name] for name in _CHANGEABLE]
    arrays = [_array(each, [getattr(line, each.name) for line in lines]) for each in columns]
    new = (
        func.unnest(*arrays)
        .table_valued(*(column(each.name, each.type) for each in columns))
        .render_derived(name="changed")
    )
    await session.execute(
        update(ReportLine)
        .where(ReportLine.id == new.c.id)
        .values({name: new.c[name] for name in _CHANGEABLE[1:]} | {"updated_at": now})
        .execution_options(synchronize_session=False)
    )


def _array(like: Any, values: Iterable[Any]) -> BindParameter[Any]:
    return bindparam(None, list(values), type_=ARRAY(like.type), unique=True)


def on_drafts_of(user_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Lines that stand on a draft of this person, beside `ExpenseReport`."""
    return (
        ReportLine.report_id == ExpenseReport.id,
        ExpenseReport.user_id == user_id,
        ExpenseReport.status == Status.DRAFT,
    )


async def remove_from_draft(
    session: AsyncSession, user_id: UUID, transaction_ids: Sequence[UUID]
) -> list[UUID]:
    """Take these transactions off the user's drafts; the reports that lost a line."""
    left = await session.scalars(
        delete(ReportLine)
        .where(ReportLine.transaction_id.in_(transaction_ids), *on_drafts_of(user_id))
        .returning(ExpenseReport.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(set(left))


def _view(row: Any) -> LineView:
    return LineView(*row)
