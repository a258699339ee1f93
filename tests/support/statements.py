"""Statement files, and a ledger of one user to import them into."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity.models import User
from expenseflow.infra.db import Database
from expenseflow.kit.paging import PageRequest
from expenseflow.reports import undo
from expenseflow.statements import service
from expenseflow.statements.models import Sighting
from expenseflow.statements.rows import ImportedStatement, PreviewedStatement, TransactionRow

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
COFFEE = "2026-01-05,COFFEE,4.50"
TEA = "2026-01-06,TEA,3.50"


def csv(*rows: str, header: str = "Date,Description,Amount") -> bytes:
    """A small CSV statement."""
    return "\n".join([header, *rows, ""]).encode()


def ofx(*transactions: tuple[str, str, str, str], account: str = "1234") -> bytes:
    """A small OFX statement of (day, name, amount with charges negative, FITID)."""
    rows = "".join(
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{fitid}<NAME>{name}</STMTTRN>"
        for day, name, amount, fitid in transactions
    )
    account_from = f"<CCACCTFROM><ACCTID>{account}</CCACCTFROM>"
    return (
        f"<OFX><CCSTMTRS><CURDEF>USD{account_from}<BANKTRANLIST>{rows}</BANKTRANLIST></CCSTMTRS></OFX>"
    ).encode()


def month(rows: int) -> bytes:
    """A CSV of that many different charges."""
    return csv(*(f"2026-01-{n % 28 + 1:02d},MERCHANT {n % 997} #{n},{n}.{n % 100:02d}"
                 for n in range(1, rows + 1)))  # fmt: skip


async def add_user(session: AsyncSession) -> UUID:
    user_id = uuid.uuid4()
    email = f"{user_id}@example.com"
    await session.execute(insert(User).values(id=user_id, email=email, created_at=NOW))
    return user_id


@dataclass
class Ledger:
    """The imports of one user, each in a transaction of its own."""

    database: Database
    user_id: UUID
    imports: list[ImportedStatement] = field(default_factory=list)

    async def take(
        self,
        content: bytes,
        **given: Any,
    ) -> ImportedStatement:
        async with self.database.transaction() as session:
            done = await service.import_statement(
                session,
                self.user_id,
                file_name=given.get("file_name", "january.csv"),
                content=content,
                account=given.get("account"),
                currency=given.get("currency"),
                default_currency="USD",
                now=given.get("now", NOW),
                mapping=given.get("mapping"),
                choices=given.get("choices") or {},
            )
        self.imports.append(done)
        return done

    async def preview(
        self,
        content: bytes,
        **given: Any,
    ) -> PreviewedStatement:
        async with self.database.transaction() as session:
            return await service.preview_file(
                session,
                self.user_id,
                content=content,
                account=given.get("account"),
                currency=given.get("currency"),
                default_currency="USD",
                mapping=given.get("mapping"),
                choices=given.get("choices") or {},
            )

    async def undo(self, statement: ImportedStatement) -> None:
        async with self.database.transaction() as session:
            await undo.undo(session, self.user_id, statement.id)

    async def rows_of(self, *tables: str) -> dict[str, int]:
        """How many rows there are in the tables, of anybody."""
        async with self.database.transaction() as session:
            return {
                table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608  # our own names
                for table in tables
            }

    async def transactions(self, **wanted: str) -> list[TransactionRow]:
        async with self.database.transaction() as session:
            page = PageRequest(page=1, page_size=1000)
            found = await service.list_transactions(session, self.user_id, page, **wanted)
        return sorted(found.items, key=lambda row: (row.posted_on, row.description))

    async def ids(self) -> list[UUID]:
        return [row.id for row in await self.transactions()]

    async def sightings(self, statement_id: UUID) -> list[tuple[int, UUID]]:
        async with self.database.transaction() as session:
            found = await session.execute(
                select(Sighting.row, Sighting.transaction_id)
                .where(Sighting.statement_id == statement_id)
                .order_by(Sighting.row)
            )
            return [(row, transaction_id) for row, transaction_id in found]


async def ledger(database: Database) -> Ledger:
    """A new user's ledger."""
    async with database.transaction() as session:
        return Ledger(database, await add_user(session))


def counts(statement: ImportedStatement) -> tuple[int, int, int, int]:
    """Imported, duplicates, payments, rejected."""
    return (
        statement.imported,
        statement.duplicates,
        statement.payments,
        len(statement.rejected),
    )


def names(rows: Iterable[TransactionRow]) -> list[str]:
    return [row.description for row in rows]
