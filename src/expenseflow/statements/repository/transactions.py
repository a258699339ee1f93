"""Transactions as they are read, and what happens to them one by one."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Update, Uuid, and_, any_, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.money import Money
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.statements.models import Transaction
from expenseflow.statements.rows import MonthOverview, PeriodCount, TransactionRow

_TRANSACTION = (
    Transaction.id, Transaction.period, Transaction.posted_on, Transaction.description,
    Transaction.amount, Transaction.currency, Transaction.original_amount,
    Transaction.original_currency, Transaction.account, Transaction.source_category,
    Transaction.is_payment, Transaction.excluded, Transaction.submitted_report_id,
)  # fmt: skip
_COUNTS = (Transaction.is_payment.is_(False), Transaction.excluded.is_(False))


async def page(
    session: AsyncSession, user_id: UUID, page: PageRequest, *, period: str | None, q: str | None
) -> Page[TransactionRow]:
    """The user's transactions, newest first."""
    wanted = [Transaction.user_id == user_id]
    if period is not None:
        wanted.append(Transaction.period == period)
    if q:
        wanted.append(Transaction.description.icontains(q, autoescape=True))
    total = await session.scalar(select(func.count()).where(*wanted).select_from(Transaction))
    found = await session.execute(
        select(*_TRANSACTION)
        .where(*wanted)
        .order_by(Transaction.posted_on.desc(), Transaction.id)
        .limit(page.page_size)
        .offset(page.offset)
    )
    return Page(
        [TransactionRow(**row) for row in found.mappings()], total or 0, page.page, page.page_size
    )


async def get(session: AsyncSession, user_id: UUID, transaction_id: UUID) -> TransactionRow | None:
    """One transaction of the user."""
    found = await session.execute(
        select(*_TRANSACTION).where(
            Transaction.user_id == user_id, Transaction.id == transaction_id
        )
    )
    row = found.mappings().one_or_none()
    return None if row is None else TransactionRow(**row)


async def reportable(session: AsyncSession, user_id: UUID, period: str) -> list[TransactionRow]:
    """What a report of the period would hold."""
    found = await session.execute(
        select(*_TRANSACTION)
        .where(
            Transaction.user_id == user_id,
            Transaction.period == period,
            Transaction.submitted_report_id.is_(None),
            *_COUNTS,
        )
        .order_by(Transaction.posted_on, Transaction.id)
    )
    return [TransactionRow(**row) for row in found.mappings()]


async def count_in_period(session: AsyncSession, user_id: UUID, period: str) -> PeriodCount:
    """What is left for a report, and what stands on submitted ones."""
    found = await session.execute(
        select(Transaction.submitted_report_id, func.count())
        .where(Transaction.user_id == user_id, Transaction.period == period)
        .where(or_(Transaction.submitted_report_id.is_not(None), and_(*_COUNTS)))
        .group_by(Transaction.submitted_report_id)
    )
    counts = dict[UUID | None, int]((row[0], row[1]) for row in found)
    reportable_count = counts.pop(None, 0)
    reports = sorted(report_id for report_id in counts if report_id is not None)
    return PeriodCount(reportable_count, sum(counts.values()), reports)


async def mark_submitted(
    session: AsyncSession, user_id: UUID, transaction_ids: Collection[UUID], report_id: UUID
) -> int:
    """Freeze transactions on a report; how many were still free."""
    return await _changed(
        session,
        update(Transaction)
        .where(
            Transaction.user_id == user_id,
            Transaction.id == any_(literal(list(transaction_ids), ARRAY(Uuid()))),
            Transaction.submitted_report_id.is_(None),
        )
        .values(submitted_report_id=report_id),
    )


async def unmark_submitted(session: AsyncSession, user_id: UUID, report_id: UUID) -> int:
    """Free the transactions of a report again; how many there were."""
    return await _changed(
        session,
        update(Transaction)
        .where(Transaction.user_id == user_id, Transaction.submitted_report_id == report_id)
        .values(submitted_report_id=None),
    )


async def set_excluded(
    session: AsyncSession, user_id: UUID, transaction_id: UUID, *, excluded: bool
) -> bool:
    """Whether the transaction could be changed: it is the user's and on no submitted report."""
    changed = await _changed(
        session,
        update(Transaction)
        .where(
            Transaction.user_id == user_id,
            Transaction.id == transaction_id,
            Transaction.submitted_report_id.is_(None),
        )
        .values(excluded=excluded),
    )
    return changed == 1


async def without_merchant_key(
    session: AsyncSession, user_id: UUID, period: str, *, version: int, limit: int
) -> list[tuple[UUID, str]]:
    """Id and description of transactions whose merchant was not computed, or by an older rule."""
    found = await session.execute(
        select(Transaction.id, Transaction.description)
        .where(
            Transaction.user_id == user_id,
            Transaction.period == period,
            Transaction.submitted_report_id.is_(None),
            Transaction.merchant_key_version.is_distinct_from(version),
            *_COUNTS,
        )
        .limit(limit)
    )
    return [(row[0], row[1]) for row in found]


async def set_merchant_keys(
    session: AsyncSession, keys: Mapping[UUID, str], *, version: int
) -> int:
    """Write down who was paid, as this version of the rule tells it; for how many rows."""
    changed = await session.execute(
        text(
            # Whoever has one of them locked may want another: we neither wait nor jump the order.
            "WITH free AS (SELECT id FROM transactions WHERE id = ANY(CAST(:ids AS uuid[])) "
            "ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) "
            "UPDATE transactions t SET merchant_key = k.key, merchant_key_version = :version "
            "FROM free, unnest(CAST(:ids AS uuid[]), CAST(:keys AS text[])) AS k(id, key) "
            "WHERE t.id = free.id AND k.id = free.id RETURNING t.id"
        ),
        {"ids": list(keys), "keys": list(keys.values()), "version": version},
    )
    return len(changed.all())


async def _changed(session: AsyncSession, statement: Update) -> int:
    changed = await session.execute(
        statement.returning(Transaction.id).execution_options(synchronize_session=False)
    )
    return len(changed.all())


async def month_overview(session: AsyncSession, user_id: UUID) -> list[MonthOverview]:
    """The months that hold transactions, newest first."""
    counted = func.count().filter(*_COUNTS)
    summed = func.coalesce(func.sum(Transaction.amount).filter(*_COUNTS), 0)
    found = await session.execute(
        select(Transaction.period, Transaction.currency, counted, summed)
        .where(Transaction.user_id == user_id)
        .group_by(Transaction.period, Transaction.currency)
        .order_by(Transaction.period.desc(), Transaction.currency)
    )
    months: dict[str, MonthOverview] = {}
    for period, currency, count, total in found:
        month = months.setdefault(period, MonthOverview(period, 0, []))
        totals = [*month.totals, Money(total, currency)] if count else month.totals
        months[period] = MonthOverview(period, month.transaction_count + count, totals)
    return list(months.values())
