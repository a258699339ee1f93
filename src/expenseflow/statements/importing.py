"""One file into the database: parsed off the event loop, decided in one go, written in bulk."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import advisory_lock
from expenseflow.kit.ids import new_id
from expenseflow.kit.period import period_of
from expenseflow.statements import mappings, parsing, preparing, reading, rules
from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.planning import NO_CHOICES, Choice
from expenseflow.statements.preparing import Prepared
from expenseflow.statements.reading import Given, ReadStatement
from expenseflow.statements.repository import files, writing
from expenseflow.statements.rows import ImportedStatement


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
    mapping: parsing.Mapping | None = None,
    choices: Mapping[int, Choice] = NO_CHOICES,
) -> ImportedStatement:
    """Store what is new in a file; the same file again stores nothing.

    Raises UnreadableStatement, UnknownCurrency, MappingDoesNotFit, DecisionDoesNotFit or
    ReadOtherwiseBefore, and then nothing has been stored.
    """
    given = reading.given(account, currency, default_currency=default_currency, mapping=mapping)
    read = await asyncio.to_thread(reading.read, content, given)
    return await store_statement(
        session, user_id, read, file_name=file_name, now=now, choices=choices
    )


async def hold_imports(session: AsyncSession, user_id: UUID) -> None:
    """One import or undo of a user at a time, until the transaction ends."""
    await advisory_lock(session, "import", user_id)


async def store_statement(
    session: AsyncSession,
    user_id: UUID,
    read: ReadStatement,
    *,
    file_name: str,
    now: datetime,
    choices: Mapping[int, Choice] = NO_CHOICES,
) -> ImportedStatement:
    """Store what is new in a file that has been read.

    What a person said of how it is read is remembered for files with the same headings, and so is
    an account. What was only inferred is not, also when it comes back in the mapping of a preview:
    next month's file may show better what this one hid.
    """
    await hold_imports(session, user_id)
    prepared = await preparing.prepare(session, user_id, read, choices)
    statement = _statement(prepared, rules.safe_file_name(file_name), now=now)
    await files.add_statement(session, user_id, statement, read=prepared.read, choices=choices)
    await _store_rows(session, user_id, statement, prepared)
    if not prepared.file.imported_before:
        await _remember(session, user_id, read.given, prepared.read, now=now)
    return statement


def _statement(prepared: Prepared, file_name: str, *, now: datetime) -> ImportedStatement:
    read = prepared.read
    return ImportedStatement(
        id=new_id(),
        file_name=file_name,
        format=read.parsed.format,
        account=read.account,
        currency=read.currency,
        currency_source=read.currency_source,
        imported=prepared.imported,
        duplicates=prepared.duplicates,
        payments=prepared.payments,
        skipped=prepared.skipped,
        rejected=[{"row": one.row, "reason": one.reason} for one in read.parsed.rejected],
        periods=sorted({period_of(row.posted_on) for row in read.rows}),
        imported_before=prepared.file.imported_before,
        mapping_source=prepared.file.source,
        notes=prepared.notes,
        created_at=now,
    )


async def _store_rows(
    session: AsyncSession, user_id: UUID, statement: ImportedStatement, prepared: Prepared
) -> None:
    ids = _transaction_ids(prepared)
    await writing.add_transactions(
        session,
        (
            _transaction(user_id, statement, prepared, index=index, id_=ids[index])
            for index, plan in enumerate(prepared.plans)
            if plan.is_stored
        ),
    )
    adopted = {
        plan.transaction_id: plan.adopt
        for plan in prepared.plans
        if plan.transaction_id is not None and plan.adopt
    }
    await writing.adopt_external_ids(session, user_id, adopted)
    await writing.add_sightings(
        session,
        (
            (statement.id, row.row, id_, row.raw, row.external_id)
            for row, id_ in zip(prepared.read.rows, ids, strict=True)
            if id_ is not None
        ),
    )


def _transaction_ids(prepared: Prepared) -> list[UUID | None]:
    """The transaction that each row shows; none for a row that was left out."""
    ids = [new_id() if plan.is_stored else plan.transaction_id for plan in prepared.plans]
    return [
        id_ if plan.repeats is None else ids[plan.repeats]
        for id_, plan in zip(ids, prepared.plans, strict=True)
    ]


async def _remember(
    session: AsyncSession, user_id: UUID, said: Given, read: ReadStatement, *, now: datetime
) -> None:
    """What the person said; an account that no row needed is no part of it."""
    key = read.parsed.shape.header_key
    account = said.account and read.mapping.account
    if key is None or (said.mapping is None and account is None):
        return
    earlier = await files.remembered_mapping(session, user_id, key)
    mapping = earlier or parsing.Mapping()
    if said.mapping is not None:
        headings = read.parsed.shape.headings
        shown = await asyncio.to_thread(_as_it_shows_itself, read, said)
        mapping = mappings.to_remember(said.mapping, shown, mapping, headings)
    mapping = replace(mapping, account=account)
    if mapping.header_row == read.parsed.shape.header_row:
        mapping = replace(mapping, header_row=None)  # more may stand above them next month
    if mapping != parsing.Mapping() or earlier is not None:
        await files.remember_mapping(session, user_id, key, mapping, now=now)


def _as_it_shows_itself(read: ReadStatement, said: Given) -> parsing.Mapping:
    try:
        return parsing.parse(read.content, currency_hint=said.currency).mapping
    except UnreadableStatement:
        return parsing.Mapping()


def _transaction(
    user_id: UUID,
    statement: ImportedStatement,
    prepared: Prepared,
    *,
    index: int,
    id_: UUID | None,
) -> dict[str, object]:
    row, candidate = prepared.read.rows[index], prepared.read.candidates[index]
    plan = prepared.plans[index]
    return {
        "id": id_,
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
        "occurrence": plan.occurrence,
        "is_payment": plan.is_payment,
        "excluded": False,
        "created_at": statement.created_at,
    }
