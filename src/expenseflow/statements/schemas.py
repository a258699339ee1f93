"""The JSON of statements and transactions."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from expenseflow.kit import money
from expenseflow.statements.rows import (
    CurrencySource,
    ImportedStatement,
    MappingSource,
    TransactionRow,
)
from expenseflow.web.wire import UtcTime, WireOut


class RejectedRowOut(WireOut):
    """A row that was not imported."""

    row: int = Field(description="CSV: the line in the file; OFX: the number of the transaction.")
    reason: str


class StatementOut(WireOut):
    """One imported file; each of its rows is counted once."""

    id: UUID
    file_name: str
    format: str
    account: str | None
    currency: str | None = Field(description="The currency of the rows; null when they differ.")
    currency_source: CurrencySource = Field(
        description="Who said so: the file, the form, or only the default of this installation; "
        "of a file that names a currency for some rows only, of the others."
    )
    imported: int = Field(description="New transactions, without payments to the card.")
    duplicates: int = Field(description="Rows that were already there.")
    payments: int = Field(description="New payments to the card; they never enter a report.")
    skipped: int = Field(description="Rows that you chose to leave out.")
    rejected: list[RejectedRowOut]
    periods: list[str]
    imported_before: bool = Field(
        description="Whether the same file had been imported already; its rows then count with "
        "the account and currency of the first time, whatever the form says now."
    )
    mapping_source: MappingSource = Field(
        description="Whether the file was read as you said now, as you said before about files "
        "with these headings, or as it shows itself."
    )
    notes: list[str] = Field(description="What you should know about how the file was read.")
    created_at: UtcTime

    @classmethod
    def from_row(cls, row: ImportedStatement) -> Self:
        return cls.model_validate(row, from_attributes=True)


class TransactionOut(WireOut):
    """One transaction: charges positive, refunds negative."""

    id: UUID
    posted_on: date
    description: str
    amount: str
    currency: str
    original_amount: str | None
    original_currency: str | None
    account: str | None
    source_category: str | None
    is_payment: bool
    excluded: bool

    @classmethod
    def from_row(cls, row: TransactionRow) -> Self:
        original = None
        if row.original_amount is not None and row.original_currency is not None:
            original = money.to_text(row.original_amount, row.original_currency)
        return cls(
            id=row.id,
            posted_on=row.posted_on,
            description=row.description,
            amount=money.to_text(row.amount, row.currency),
            currency=row.currency,
            original_amount=original,
            original_currency=row.original_currency,
            account=row.account,
            source_category=row.source_category,
            is_payment=row.is_payment,
            excluded=row.excluded,
        )


def transaction_out(row: TransactionRow) -> TransactionOut:
    """The JSON of one transaction."""
    return TransactionOut.from_row(row)
