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
from expenseflow.statements import parsing, repository, rules
from expenseflow.statements.errors import UnknownCurrency
from expenseflow.statements.parsing import ParsedRow, ParsedStatement, currencies, text
from expenseflow.statements.rows import ImportedStatement
from expenseflow.statements.rules import Candidate, Decision, New, Repeated, Seen, Stored


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A parsed file with the account and currency of each row settled."""

    parsed: ParsedStatement
    rows: list[ParsedRow]
    candidates: list[Candidate]
    account: str | None


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
    fallback = _currency(currency) or default_currency
    prepared = await asyncio.to_thread(_prepare, content, account, fallback)
    await advisory_lock(session, "import", user_id)
    stored = await repository.same_content_or_id(
        session,
        user_id,
        content_hashes={row.content_hash for row in prepared.candidates},
        external_ids={row.external_id for row in prepared.candidates if row.external_id},
    )
    outcome = await asyncio.to_thread(_decide, prepared.candidates, stored)
    statement = _statement(prepared, outcome, rules.safe_file_name(file_name), now)
    await _store(session, user_id, statement, prepared=prepared, outcome=outcome)
    return statement


def _currency(code: str | None) -> str | None:
    """The currency of the form, if any; raises UnknownCurrency."""
    if code is None or not code.strip():
        return None
    known = code.strip().upper()
    if known not in currencies.CODES:
        raise UnknownCurrency("The currency must be a code of three letters such as USD.")
    return known


def _prepare(content: bytes, account: str | None, currency: str) -> _Prepared:
    parsed = parsing.parse(content, currency_hint=currency)
    label = text.account_label(account or "")
    accounts = [row.account or parsed.account or label for row in parsed.rows]
    candidates = [
        _candidate(row, account, row.currency or parsed.currency or currency)
        for row, account in zip(parsed.rows, accounts, strict=True)
    ]
    named = set(accounts) or {parsed.account or label}
    return _Prepared(parsed, parsed.rows, candidates, named.pop() if len(named) == 1 else None)


def _candidate(row: ParsedRow, account: str | None, currency: str) -> Candidate:
    content_hash = rules.content_hash(
        account=account,
        posted_on=row.posted_on,
        amount=row.amount,
        currency=currency,
        description=row.description,
    )
    return Candidate(content_hash, account, row.external_id, row.amount, currency)


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
    prepared: _Prepared, outcome: _Outcome, file_name: str, now: datetime
) -> ImportedStatement:
    payments = sum(prepared.rows[index].is_payment for index in outcome.new)
    return ImportedStatement(
        id=new_id(),
        file_name=file_name,
        format=prepared.parsed.format,
        account=prepared.account,
        imported=len(outcome.new) - payments,
        duplicates=len(prepared.rows) - len(outcome.new),
        payments=payments,
        rejected=[{"row": one.row, "reason": one.reason} for one in prepared.parsed.rejected],
        periods=sorted({period_of(row.posted_on) for row in prepared.rows}),
        created_at=now,
    )


async def _store(
    session: AsyncSession,
    user_id: UUID,
    statement: ImportedStatement,
    *,
    prepared: _Prepared,
    outcome: _Outcome,
) -> None:
    await repository.add_statement(session, user_id, statement)
    await repository.add_transactions(
        session,
        (
            _transaction(user_id, statement, index, prepared=prepared, outcome=outcome)
            for index in outcome.new
        ),
    )
    await repository.adopt_external_ids(session, user_id, outcome.adopted)
    await repository.add_sightings(
        session,
        (
            (statement.id, row.row, transaction_id, row.raw)
            for row, transaction_id in zip(prepared.rows, outcome.transaction_ids, strict=True)
        ),
    )


def _transaction(
    user_id: UUID,
    statement: ImportedStatement,
    index: int,
    *,
    prepared: _Prepared,
    outcome: _Outcome,
) -> dict[str, object]:
    row, candidate = prepared.rows[index], prepared.candidates[index]
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
