"""Imported files, what the user has said about files like them, and undoing one."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Uuid,
    any_,
    cast,
    delete,
    false,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from expenseflow.kit.paging import Page, PageRequest
from expenseflow.statements import mappings, parsing
from expenseflow.statements.models import Sighting, Statement, StatementMapping, Transaction
from expenseflow.statements.planning import Before, Choice
from expenseflow.statements.reading import Given, ReadStatement
from expenseflow.statements.rows import Brought, CurrencySource, ImportedStatement, MappingSource

_STATEMENT = (
    Statement.id, Statement.file_name, Statement.format, Statement.account, Statement.currency,
    Statement.currency_source, Statement.imported, Statement.duplicates, Statement.payments,
    Statement.skipped, Statement.rejected, Statement.periods, Statement.imported_before,
    Statement.mapping_source, Statement.notes, Statement.created_at,
)  # fmt: skip


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


async def with_digest(session: AsyncSession, user_id: UUID, digest: str) -> list[UUID]:
    """The user's imports of the same bytes, the first one first."""
    found = await session.scalars(
        select(Statement.id)
        .where(Statement.user_id == user_id, Statement.digest == digest)
        .order_by(Statement.created_at, Statement.id)
    )
    return list(found)


async def before(session: AsyncSession, user_id: UUID, digest: str) -> Before:
    """What the rows of this very file were when it was imported before; the first time counts."""
    said = Statement.decisions[cast(Sighting.row, TEXT)].astext
    was_chosen = func.coalesce(said == "import", false())
    found = await session.execute(
        select(Sighting.row, Sighting.transaction_id, was_chosen)
        .join(Statement, Statement.id == Sighting.statement_id)
        .where(Statement.user_id == user_id, Statement.digest == digest)
        .order_by(Statement.created_at.desc(), Statement.id.desc())
    )
    plain, chosen = dict[int, UUID](), dict[int, UUID]()
    for row, transaction_id, is_chosen in found:
        (chosen if is_chosen else plain)[row] = transaction_id
    return Before(plain, chosen)


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


async def page(session: AsyncSession, user_id: UUID, page: PageRequest) -> Page[ImportedStatement]:
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


async def periods_of(session: AsyncSession, user_id: UUID, statement_id: UUID) -> list[str] | None:
    """The months of the transactions in a file, in order; None: there is no such import."""
    mine = (Statement.user_id == user_id, Statement.id == statement_id)
    if await session.scalar(select(Statement.id).where(*mine)) is None:
        return None
    found = await session.scalars(
        select(Transaction.period)
        .distinct()
        .join(Sighting, Sighting.transaction_id == Transaction.id)
        .where(Transaction.user_id == user_id, Sighting.statement_id == statement_id)
        .order_by(Transaction.period)
    )
    return list(found)


async def only_in(session: AsyncSession, user_id: UUID, statement_id: UUID) -> list[Brought]:
    """The transactions that no other file holds; nobody changes them until the end of this."""
    here, elsewhere = aliased(Sighting), aliased(Sighting)
    is_here = select(here.row).where(
        here.transaction_id == Transaction.id, here.statement_id == statement_id
    )
    is_elsewhere = select(elsewhere.row).where(
        elsewhere.transaction_id == Transaction.id, elsewhere.statement_id != statement_id
    )
    found = await session.execute(
        select(Transaction.id, Transaction.submitted_report_id)
        .where(Transaction.user_id == user_id, is_here.exists(), ~is_elsewhere.exists())
        .order_by(Transaction.id)
        .with_for_update()
    )
    return [Brought(row.id, row.submitted_report_id) for row in found]


async def delete_file(
    session: AsyncSession, user_id: UUID, statement_id: UUID, transaction_ids: Collection[UUID]
) -> None:
    """The import with its sightings, and these transactions with what hangs on them."""
    await _forget_ids(session, user_id, statement_id)
    await session.execute(
        delete(Statement).where(Statement.user_id == user_id, Statement.id == statement_id)
    )
    await session.execute(
        delete(Transaction)
        .where(
            Transaction.user_id == user_id,
            Transaction.id == any_(literal(list(transaction_ids), ARRAY(Uuid()))),
        )
        .execution_options(synchronize_session=False)
    )


async def _forget_ids(session: AsyncSession, user_id: UUID, statement_id: UUID) -> None:
    """The bank's ids that no other file brought go with this one.

    Else a later file in which the bank names the same transaction otherwise would add it again.
    """
    here, elsewhere = aliased(Sighting), aliased(Sighting)
    brought_it = select(here.row).where(
        here.statement_id == statement_id,
        here.transaction_id == Transaction.id,
        here.external_id == Transaction.external_id,
    )
    others = select(func.min(elsewhere.external_id)).where(
        elsewhere.statement_id != statement_id, elsewhere.transaction_id == Transaction.id
    )
    still_there = others.where(elsewhere.external_id == Transaction.external_id)
    await session.execute(
        update(Transaction)
        .where(
            Transaction.user_id == user_id,
            brought_it.exists(),
            still_there.scalar_subquery().is_(None),
        )
        .values(external_id=others.scalar_subquery())
        .execution_options(synchronize_session=False)
    )
