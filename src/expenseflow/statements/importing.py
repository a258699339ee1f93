"""One file into the database: parsed off the event loop, decided in one go, written in bulk."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import advisory_lock
from expenseflow.kit.ids import new_id
from expenseflow.kit.period import period_of
from expenseflow.statements import reading, repository, rules
from expenseflow.statements.reading import ReadStatement
from expenseflow.statements.rows import ImportedStatement
from expenseflow.statements.rules import Candidate, Decision, New, Repeated, Seen, Stored


@dataclass(frozen=True, slots=True)
class _Outcome:
    """For every row its transaction, and which of the rows are new."""

    transaction_ids: list[UUID]
    new: dict[int, int]
    """Index of the row: the occurrence of its content."""
    adopted: dict[UUID, str]


async def import_statement(
    session: AsyncSession,
    user_id: UUID,
    *,
    file_name: str,
    content: bytes,
    account: str | None,
    currency: str | None,
    default_currency: str,
    now: datetime,
) -> ImportedStatement:
    """Store what is new in a file; the same file again stores nothing.

    Raises UnreadableStatement or UnknownCurrency, and then nothing has been stored.
    """
    given = reading.given(account, currency, default_currency=default_currency)
    read = await asyncio.to_thread(reading.read, content, given)
    return await store_statement(session, user_id, read, file_name=file_name, now=now)


async def store_statement(
    session: AsyncSession, user_id: UUID, read: ReadStatement, *, file_name: str, now: datetime
) -> ImportedStatement:
    """Store what is new in a file that has been read.

    Its account and currency are part of what makes a row the same. So the same bytes again count
    with those of the first time, whatever the form says now; else every row would be new.
    """
    await advisory_lock(session, "import", user_id)
    earlier = await repository.given_with(session, user_id, read.digest)
    if earlier is not None and not earlier.says_the_same(read.given):
        read = await asyncio.to_thread(reading.read, read.content, earlier)
    stored = await repository.same_content_or_id(
        session,
        user_id,
        content_hashes={row.content_hash for row in read.candidates},
        external_ids={row.external_id for row in read.candidates if row.external_id},
    )
    outcome = await asyncio.to_thread(_decide, read.candidates, stored)
    name = rules.safe_file_name(file_name)
    statement = _statement(read, outcome, name, imported_before=earlier is not None, now=now)
    await _store(session, user_id, statement, read=read, outcome=outcome)
    return statement


def _decide(candidates: Sequence[Candidate], stored: Sequence[Stored]) -> _Outcome:
    decisions = rules.decide(candidates, stored)
    ids: list[UUID] = []
    new: dict[int, int] = {}
    adopted: dict[UUID, str] = {}
    resolved = {index: _own_id(decision) for index, decision in enumerate(decisions)}
    for index, decision in enumerate(decisions):
        ids.append(resolved[decision.index if isinstance(decision, Repeated) else index])
        if isinstance(decision, New):
            new[index] = decision.occurrence
        if isinstance(decision, Seen) and decision.adopt:
            adopted[decision.transaction_id] = decision.adopt
    return _Outcome(ids, new, adopted)


def _own_id(decision: Decision) -> UUID:
    return decision.transaction_id if isinstance(decision, Seen) else new_id()


def _statement(
    read: ReadStatement,
    outcome: _Outcome,
    file_name: str,
    *,
    imported_before: bool,
    now: datetime,
) -> ImportedStatement:
    payments = sum(read.rows[index].is_payment for index in outcome.new)
    return ImportedStatement(
        id=new_id(),
        file_name=file_name,
        format=read.parsed.format,
        account=read.account,
        currency=read.currency,
        currency_source=read.currency_source,
        imported=len(outcome.new) - payments,
        duplicates=len(read.rows) - len(outcome.new),
        payments=payments,
        rejected=[{"row": one.row, "reason": one.reason} for one in read.parsed.rejected],
        periods=sorted({period_of(row.posted_on) for row in read.rows}),
        imported_before=imported_before,
        created_at=now,
    )


async def _store(
    session: AsyncSession,
    user_id: UUID,
    statement: ImportedStatement,
    *,
    read: ReadStatement,
    outcome: _Outcome,
) -> None:
    await repository.add_statement(
        session, user_id, statement, digest=read.digest, given=read.given
    )
    await repository.add_transactions(
        session,
        (
            _transaction(user_id, statement, index, read=read, outcome=outcome)
            for index in outcome.new
        ),
    )
    await repository.adopt_external_ids(session, user_id, outcome.adopted)
    await repository.add_sightings(
        session,
        (
            (statement.id, row.row, transaction_id, row.raw)
            for row, transaction_id in zip(read.rows, outcome.transaction_ids, strict=True)
        ),
    )


def _transaction(
    user_id: UUID,
    statement: ImportedStatement,
    index: int,
    *,
    read: ReadStatement,
    outcome: _Outcome,
) -> dict[str, object]:
    row, candidate = read.rows[index], read.candidates[index]
    return {
        "id": outcome.transaction_ids[index],
        "user_id": user_id,
        "period": period_of(row.posted_on),
        "posted_on": row.posted_on,
        "description": row.description,
        "amount": row.amount,
        "currency": candidate.currency,
        "original_amount": row.original_amount,
        "original_currency": row.original_currency,
        "account": candidate.account,
        "source_category": row.source_category,
        "external_id": candidate.external_id,
        "content_hash": candidate.content_hash,
        "occurrence": outcome.new[index],
        "is_payment": row.is_payment,
        "excluded": False,
        "created_at": statement.created_at,
    }
