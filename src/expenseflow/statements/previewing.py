"""What an import would do with a file, row by row; nothing is stored."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit import money
from expenseflow.kit.money import Money
from expenseflow.kit.period import period_of
from expenseflow.statements import parsing, preparing, reading
from expenseflow.statements.planning import NO_CHOICES, Choice
from expenseflow.statements.preparing import Prepared
from expenseflow.statements.reading import ReadStatement
from expenseflow.statements.rows import PreviewedStatement, PreviewRow


async def preview_statement(
    session: AsyncSession,
    user_id: UUID,
    read: ReadStatement,
    *,
    choices: Mapping[int, Choice],
) -> PreviewedStatement:
    """Exactly what `store_statement` would do with it now; takes no lock and stores nothing.

    Raises DecisionDoesNotFit or ReadOtherwiseBefore, as that would.
    """
    prepared = await preparing.prepare(session, user_id, read, choices)
    return await asyncio.to_thread(_preview, prepared)


async def preview_file(
    session: AsyncSession,
    user_id: UUID,
    *,
    content: bytes,
    account: str | None,
    currency: str | None,
    default_currency: str,
    mapping: parsing.Mapping | None = None,
    choices: Mapping[int, Choice] = NO_CHOICES,
) -> PreviewedStatement:
    """Exactly what `import_statement` would do, and raising what that would."""
    given = reading.given(account, currency, default_currency=default_currency, mapping=mapping)
    read = await asyncio.to_thread(reading.read, content, given)
    return await preview_statement(session, user_id, read, choices=choices)


def _preview(prepared: Prepared) -> PreviewedStatement:
    read, shape = prepared.read, prepared.read.parsed.shape
    return PreviewedStatement(
        format=read.parsed.format,
        account=read.account,
        currency=read.currency,
        currency_source=read.currency_source,
        mapping=read.mapping,
        mapping_source=prepared.file.source,
        header_key=shape.header_key,
        headings=shape.headings,
        date_order_sure=shape.date_order_sure,
        imported=prepared.imported,
        duplicates=prepared.duplicates,
        payments=prepared.payments,
        skipped=prepared.skipped,
        rejected=len(read.parsed.rejected),
        periods=sorted({period_of(row.posted_on) for row in read.rows}),
        totals=_totals(prepared),
        imported_before=prepared.file.imported_before,
        notes=prepared.notes,
        rows=_rows(prepared),
    )


def _totals(prepared: Prepared) -> list[Money]:
    read = prepared.read
    return money.totals(
        Money(candidate.amount, candidate.currency)
        for candidate, plan in zip(read.candidates, prepared.plans, strict=True)
        if plan.is_stored and not plan.is_payment
    )


def _rows(prepared: Prepared) -> list[PreviewRow]:
    """Every row of the file, in its order."""
    read = prepared.read
    rows = [PreviewRow(one.row, "rejected", one.reason) for one in read.parsed.rejected]
    rows += [
        PreviewRow(
            row.row,
            plan.verdict,
            plan.reason,
            chosen=plan.choice,
            imports=plan.is_stored,
            posted_on=row.posted_on,
            description=row.description,
            amount=row.amount,
            currency=candidate.currency,
            account=candidate.account,
        )
        for row, candidate, plan in zip(read.rows, read.candidates, prepared.plans, strict=True)
    ]
    return sorted(rows, key=lambda row: row.row)
