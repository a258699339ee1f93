"""What the routes and the slices above may ask and do: files in, transactions out."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.paging import Page, PageRequest
from expenseflow.statements.errors import (
    StatementIsSubmitted,
    StatementNotFound,
    TransactionIsSubmitted,
    TransactionNotFound,
)
from expenseflow.statements.importing import hold_imports, import_statement, store_statement
from expenseflow.statements.previewing import preview_file, preview_statement
from expenseflow.statements.repository import files, transactions
from expenseflow.statements.rows import (
    ImportedStatement,
    MonthOverview,
    PeriodCount,
    TransactionRow,
)

__all__ = [
    "brought",
    "count_in_period",
    "delete_statement",
    "get_transaction",
    "hold_for_undo",
    "import_statement",
    "list_statements",
    "list_transactions",
    "mark_submitted",
    "month_overview",
    "preview_file",
    "preview_statement",
    "reportable",
    "set_excluded",
    "set_merchant_keys",
    "store_statement",
    "unmark_submitted",
    "without_merchant_key",
]


async def list_statements(
    session: AsyncSession, user_id: UUID, page: PageRequest
) -> Page[ImportedStatement]:
    """The user's imports, newest first."""
    return await files.page(session, user_id, page)


async def hold_for_undo(session: AsyncSession, user_id: UUID, statement_id: UUID) -> list[str]:
    """The months that undoing an import may change; no other import goes on until the end.

    Raises StatementNotFound.
    """
    await hold_imports(session, user_id)
    periods = await files.periods_of(session, user_id, statement_id)
    if periods is None:
        raise StatementNotFound
    return periods


async def brought(session: AsyncSession, user_id: UUID, statement_id: UUID) -> list[UUID]:
    """The transactions that only this file holds; the caller holds their months.

    Raises StatementIsSubmitted when one of them stands on a submitted report.
    """
    found = await files.only_in(session, user_id, statement_id)
    if reports := sorted({one.submitted_report_id for one in found if one.submitted_report_id}):
        raise StatementIsSubmitted(
            "Something this file brought stands on a submitted report. Reopen that first.",
            report_ids=reports,
        )
    return [one.transaction_id for one in found]


async def delete_statement(
    session: AsyncSession, user_id: UUID, statement_id: UUID, transaction_ids: Collection[UUID]
) -> None:
    """The import and these transactions are gone; no report holds them any more."""
    await files.delete_file(session, user_id, statement_id, transaction_ids)


async def list_transactions(
    session: AsyncSession,
    user_id: UUID,
    page: PageRequest,
    *,
    period: str | None = None,
    q: str | None = None,
) -> Page[TransactionRow]:
    """The user's transactions, newest first; `q` is looked for in the description."""
    return await transactions.page(session, user_id, page, period=period, q=q)


async def reportable(session: AsyncSession, user_id: UUID, period: str) -> list[TransactionRow]:
    """What a report of the period would hold: no payment, nothing excluded or submitted."""
    return await transactions.reportable(session, user_id, period)


async def count_in_period(session: AsyncSession, user_id: UUID, period: str) -> PeriodCount:
    """How much `reportable` would give, and how much stands on submitted reports."""
    return await transactions.count_in_period(session, user_id, period)


async def month_overview(session: AsyncSession, user_id: UUID) -> list[MonthOverview]:
    """The months that hold transactions, newest first."""
    return await transactions.month_overview(session, user_id)


async def get_transaction(
    session: AsyncSession, user_id: UUID, transaction_id: UUID
) -> TransactionRow:
    """One transaction; raises TransactionNotFound."""
    found = await transactions.get(session, user_id, transaction_id)
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
    changed = await transactions.set_excluded(session, user_id, transaction_id, excluded=excluded)
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
    return await transactions.mark_submitted(session, user_id, transaction_ids, report_id)


async def unmark_submitted(session: AsyncSession, user_id: UUID, report_id: UUID) -> int:
    """Take the transactions of a report off it again; how many there were."""
    return await transactions.unmark_submitted(session, user_id, report_id)


async def without_merchant_key(
    session: AsyncSession, user_id: UUID, period: str, *, version: int, limit: int
) -> list[tuple[UUID, str]]:
    """Up to `limit` transactions to be reported whose merchant this version has not computed."""
    return await transactions.without_merchant_key(
        session, user_id, period, version=version, limit=limit
    )


async def set_merchant_keys(
    session: AsyncSession, keys: Mapping[UUID, str], *, version: int
) -> int:
    """Write down who was paid, so that a job need not find out; for how many transactions.

    Those that somebody has locked at this moment are left as they are.
    """
    return await transactions.set_merchant_keys(session, keys, version=version)
