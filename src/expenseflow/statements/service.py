"""What the routes and the slices above may ask and do: files in, transactions out."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.paging import Page, PageRequest
from expenseflow.statements import repository
from expenseflow.statements.errors import TransactionIsSubmitted, TransactionNotFound
from expenseflow.statements.importing import hold_imports, import_statement, store_statement
from expenseflow.statements.previewing import preview_statement
from expenseflow.statements.rows import (
    ImportedStatement,
    MonthOverview,
    PeriodCount,
    TransactionRow,
)

__all__ = [
    "count_in_period",
    "get_transaction",
    "hold_imports",
    "import_statement",
    "list_statements",
    "list_transactions",
    "mark_submitted",
    "month_overview",
    "preview_statement",
    "reportable",
    "set_excluded",
    "store_statement",
    "unmark_submitted",
]


async def list_statements(
    session: AsyncSession, user_id: UUID, page: PageRequest
) -> Page[ImportedStatement]:
    """The user's imports, newest first."""
    return await repository.statements_page(session, user_id, page)


async def list_transactions(
    session: AsyncSession,
    user_id: UUID,
    page: PageRequest,
    *,
    period: str | None = None,
    q: str | None = None,
) -> Page[TransactionRow]:
    """The user's transactions, newest first; `q` is looked for in the description."""
    return await repository.transactions_page(session, user_id, page, period=period, q=q)


async def reportable(session: AsyncSession, user_id: UUID, period: str) -> list[TransactionRow]:
    """What a report of the period would hold: no payment, nothing excluded or submitted."""
    return await repository.reportable(session, user_id, period)


async def count_in_period(session: AsyncSession, user_id: UUID, period: str) -> PeriodCount:
    """How much `reportable` would give, and how much stands on submitted reports."""
    return await repository.count_in_period(session, user_id, period)


async def month_overview(session: AsyncSession, user_id: UUID) -> list[MonthOverview]:
    """The months that hold transactions, newest first."""
    return await repository.month_overview(session, user_id)


async def get_transaction(
    session: AsyncSession, user_id: UUID, transaction_id: UUID
) -> TransactionRow:
    """One transaction; raises TransactionNotFound."""
    found = await repository.transaction(session, user_id, transaction_id)
    if found is None:
        raise TransactionNotFound
    return found


async def set_excluded(
    session: AsyncSession,
    user_id: UUID,
    transaction_id: UUID,
    excluded: bool,  # noqa: FBT001  # the value itself, not a mode
) -> TransactionRow:
    """Keep a personal charge out of reports, or take it back.

    Raises TransactionNotFound, or TransactionIsSubmitted. The caller holds the period's lock.
    """
    changed = await repository.set_excluded(session, user_id, transaction_id, excluded=excluded)
    found = await get_transaction(session, user_id, transaction_id)
    if not changed:
        raise TransactionIsSubmitted(
            "The transaction stands on a submitted report.", report_id=found.submitted_report_id
        )
    return found


async def mark_submitted(
    session: AsyncSession, user_id: UUID, transaction_ids: Collection[UUID], report_id: UUID
) -> int:
    """Put transactions on a submitted report; how many of them were on none before."""
    return await repository.mark_submitted(session, user_id, transaction_ids, report_id)


async def unmark_submitted(session: AsyncSession, user_id: UUID, report_id: UUID) -> int:
    """Take the transactions of a report off it again; how many there were."""
    return await repository.unmark_submitted(session, user_id, report_id)
