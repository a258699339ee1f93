"""The rows of a file: which are there already, and writing the others in bulk."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Uuid,
    any_,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra import db
from expenseflow.statements.models import Sighting, Transaction
from expenseflow.statements.rules import Candidate, Stored

_COPIED = (
    "id", "user_id", "period", "posted_on", "description", "amount", "currency", "original_amount",
    "original_currency", "account", "source_category", "external_id", "content_hash", "occurrence",
    "is_payment", "excluded", "created_at",
)  # fmt: skip
_BREATHE_EVERY = 500
_ASKED_AT_ONCE = 2000


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


def _stored(user_id: UUID) -> Select[UUID, int, str, str | None, str | None, Decimal, str, date]:
    return select(
        Transaction.id,
        Transaction.occurrence,
        Transaction.content_hash,
        Transaction.account,
        Transaction.external_id,
        Transaction.amount,
        Transaction.currency,
        Transaction.posted_on,
    ).where(Transaction.user_id == user_id)


def _as_stored(row: Row[UUID, int, str, str | None, str | None, Decimal, str, date]) -> Stored:
    candidate = Candidate(
        row.content_hash, row.account, row.external_id, row.amount, row.currency, row.posted_on
    )
    return Stored(row.id, row.occurrence, candidate)


async def add_transactions(
    session: AsyncSession, transactions: Iterable[Mapping[str, object]]
) -> None:
    """Write many transactions with one COPY."""
    await _copy(
        session, "transactions", _COPIED, (tuple(map(one.get, _COPIED)) for one in transactions)
    )


async def add_sightings(
    session: AsyncSession, sightings: Iterable[tuple[UUID, int, UUID, str | None, str | None]]
) -> None:
    """Write down which rows of a file showed which transactions.

    Each is (file, row, transaction, text of the row, the bank's id in it).
    """
    columns = (
        Sighting.statement_id, Sighting.row, Sighting.transaction_id, Sighting.raw,
        Sighting.external_id,
    )  # fmt: skip
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
