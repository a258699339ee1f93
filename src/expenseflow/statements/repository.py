"""Every question this slice asks the database; all of them for one user."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Update,
    Uuid,
    and_,
    any_,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra import db
from expenseflow.kit.money import Money
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.statements import mappings, parsing
from expenseflow.statements.models import Sighting, Statement, StatementMapping, Transaction
from expenseflow.statements.planning import Choice
from expenseflow.statements.reading import Given, ReadStatement
from expenseflow.statements.rows import (
    CurrencySource,
    ImportedStatement,
    MappingSource,
    MonthOverview,
    PeriodCount,
    TransactionRow,
)
from expenseflow.statements.rules import Candidate, Stored

_STATEMENT = (
    Statement.id, Statement.file_name, Statement.format, Statement.account, Statement.currency,
    Statement.currency_source, Statement.imported, Statement.duplicates, Statement.payments,
    Statement.skipped, Statement.rejected, Statement.periods, Statement.imported_before,
    Statement.mapping_source, Statement.notes, Statement.created_at,
)  # fmt: skip
_TRANSACTION = (
    Transaction.id, Transaction.period, Transaction.posted_on, Transaction.description,
    Transaction.amount, Transaction.currency, Transaction.original_amount,
    Transaction.original_currency, Transaction.account, Transaction.source_category,
    Transaction.is_payment, Transaction.excluded, Transaction.submitted_report_id,
)  # fmt: skip
_COUNTS = (Transaction.is_payment.is_(False), Transaction.excluded.is_(False))
_COPIED = (
    "id", "user_id", "period", "posted_on", "description", "amount", "currency", "original_amount",
    "original_currency", "account", "source_category", "external_id", "content_hash", "occurrence",
    "is_payment", "excluded", "created_at",
)  # fmt: skip
_BREATHE_EVERY = 500
_ASKED_AT_ONCE = 2000


async def add_statement(
    session: AsyncSession,
    user_id: UUID,
    statement: ImportedStatement,
    *,
    read: ReadStatement,
    choices: Mapping[int, Choice],
) -> None:
    """Write down one imported file, how it was read and what the person chose."""
    values = {column.key: getattr(statement, column.key) for column in _STATEMENT}
    values |= {
        "digest": read.digest,
        "given_account": read.given.account,
        "given_currency": read.given.currency,
        "mapping": mappings.to_json(read.mapping),
        "decisions": {str(row): choice for row, choice in choices.items()},
    }
    await session.execute(insert(Statement).values(user_id=user_id, **values))


async def given_with(
    session: AsyncSession, user_id: UUID, digest: str
) -> tuple[Given, MappingSource] | None:
    """What the same file counted with when the user imported it first; None: never."""
    found = await session.execute(
        select(
            Statement.given_account,
            Statement.given_currency,
            Statement.currency_source,
            Statement.mapping,
            Statement.mapping_source,
        )
        .where(Statement.user_id == user_id, Statement.digest == digest)
        .order_by(Statement.created_at, Statement.id)
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    source: CurrencySource = "form" if row.currency_source == "form" else "default"
    mapping = None if row.mapping is None else mappings.from_json(row.mapping)
    is_inferred = row.mapping_source == "inferred"
    given = Given(row.given_account, row.given_currency, source, mapping)
    return given, "inferred" if is_inferred else "remembered"


async def own_before(session: AsyncSession, user_id: UUID, digest: str) -> dict[int, UUID]:
    """Rows of this very file that were chosen to be imported before, with what they became."""
    found = await session.execute(
        select(Sighting.row, Sighting.transaction_id)
        .join(Statement, Statement.id == Sighting.statement_id)
        .where(
            Statement.user_id == user_id,
            Statement.digest == digest,
            Statement.decisions[cast(Sighting.row, TEXT)].astext == "import",
        )
        .order_by(Statement.created_at.desc(), Statement.id.desc())
    )
    return dict[int, UUID]((row[0], row[1]) for row in found)


async def remembered_mapping(
    session: AsyncSession, user_id: UUID, header_key: str
) -> parsing.Mapping | None:
    """How the user has said that files with these headings are read."""
    found = await session.scalar(
        select(StatementMapping.mapping).where(
            StatementMapping.user_id == user_id, StatementMapping.header_key == header_key
        )
    )
    return None if found is None else mappings.from_json(found)


async def remember_mapping(
    session: AsyncSession,
    user_id: UUID,
    header_key: str,
    mapping: parsing.Mapping,
    *,
    now: datetime,
) -> None:
    """From now on files with these headings are read so."""
    values = {"mapping": mappings.to_json(mapping), "updated_at": now}
    new = upsert(StatementMapping).values(user_id=user_id, header_key=header_key, **values)
    await session.execute(
        new.on_conflict_do_update(index_elements=["user_id", "header_key"], set_=values)
    )


async def statements_page(
    session: AsyncSession, user_id: UUID, page: PageRequest
) -> Page[ImportedStatement]:
    """The user's imports, newest first."""
    mine = Statement.user_id == user_id
    total = await session.scalar(select(func.count()).where(mine).select_from(Statement))
    found = await session.execute(
        select(*_STATEMENT)
        .where(mine)
        .order_by(Statement.created_at.desc(), Statement.id)
        .limit(page.page_size)
        .offset(page.offset)
    )
    items = [ImportedStatement(**row) for row in found.mappings()]
    return Page(items, total or 0, page.page, page.page_size)


async def same_content_or_id(
    session: AsyncSession,
    user_id: UUID,
    *,
    content_hashes: Collection[str],
    external_ids: Collection[str],
) -> list[Stored]:
    """The stored transactions that a row with one of these can be."""
    found: dict[UUID, Stored] = {}
    wanted = ((Transaction.content_hash, content_hashes), (Transaction.external_id, external_ids))
    for column, values in wanted:
        # In pieces, so that 20,000 rows do not hold up everybody else's request.
        for piece in _pieces(sorted(values)):
            matches = column == any_(_texts(piece))
            for stored in await session.execute(_stored(user_id).where(matches)):
                found[stored.id] = _as_stored(stored)
    return list(found.values())


def _pieces(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _ASKED_AT_ONCE):
        yield values[start : start + _ASKED_AT_ONCE]


def _texts(values: Collection[str]) -> ColumnElement[Sequence[str]]:
    return literal(list(values), ARRAY(TEXT))


def _stored(user_id: UUID) -> Select[UUID, int, str, str | None, str | None, Decimal, str]:
    return select(
        Transaction.id,
        Transaction.occurrence,
        Transaction.content_hash,
        Transaction.account,
        Transaction.external_id,
        Transaction.amount,
        Transaction.currency,
    ).where(Transaction.user_id == user_id)


def _as_stored(row: Row[UUID, int, str, str | None, str | None, Decimal, str]) -> Stored:
    candidate = Candidate(row.content_hash, row.account, row.external_id, row.amount, row.currency)
    return Stored(row.id, row.occurrence, candidate)


async def add_transactions(
    session: AsyncSession, transactions: Iterable[Mapping[str, object]]
) -> None:
    """Write many transactions with one COPY."""
    await _copy(
        session, "transactions", _COPIED, (tuple(map(one.get, _COPIED)) for one in transactions)
    )


async def add_sightings(
    session: AsyncSession, sightings: Iterable[tuple[UUID, int, UUID, str | None]]
) -> None:
    """Write down which rows of a file showed which transactions: (file, row, transaction, raw)."""
    columns = (Sighting.statement_id, Sighting.row, Sighting.transaction_id, Sighting.raw)
    await _copy(session, "sightings", [column.key for column in columns], sightings)


async def _copy(
    session: AsyncSession, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    connection: AsyncConnection[Any] = await db.driver_connection(session)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, row in enumerate(rows, start=1):
            await copy.write_row(row)
            if number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)  # 20,000 rows must not hold up everybody else's request


async def adopt_external_ids(
    session: AsyncSession, user_id: UUID, external_ids: Mapping[UUID, str]
) -> None:
    """Give transactions that came without one the bank's id that a later file has for them."""
    if not external_ids:
        return
    found = (
        func.unnest(literal(list(external_ids), ARRAY(Uuid())), _texts(external_ids.values()))
        .table_valued("id", "external_id")
        .render_derived()
    )
    await session.execute(
        update(Transaction)
        .where(Transaction.user_id == user_id, Transaction.id == found.c.id)
        .values(external_id=found.c.external_id)
        .execution_options(synchronize_session=False)
    )


async def transactions_page(
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


async def transaction(
    session: AsyncSession, user_id: UUID, transaction_id: UUID
) -> TransactionRow | None:
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
