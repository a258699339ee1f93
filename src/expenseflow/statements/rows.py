"""What the service hands out: frozen, and free of the database."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from expenseflow.kit.money import Money
from expenseflow.statements.parsing import Mapping
from expenseflow.statements.planning import Choice

CurrencySource = Literal["file", "form", "default"]
MappingSource = Literal["given", "remembered", "inferred"]


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """One imported file with its outcome; every row of it is counted exactly once."""

    id: UUID
    file_name: str
    format: str
    account: str | None
    currency: str | None
    """The one all rows have, or None when they differ."""
    currency_source: CurrencySource
    """Where it comes from; of a file that names it for some rows only, for the other rows."""
    imported: int
    duplicates: int
    payments: int
    skipped: int
    """Rows that the person chose to leave out."""
    rejected: list[dict[str, object]]
    periods: list[str]
    imported_before: bool
    """Whether the same bytes had been imported already."""
    mapping_source: MappingSource
    notes: list[str]
    """What the person should know about how the file was read."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What an import would do with one row; of a rejected one only the reason is known."""

    row: int
    decision: Literal["new", "duplicate", "payment", "rejected"]
    reason: str | None
    chosen: Choice | None = None
    imports: bool = False
    """Whether an import stores it."""
    posted_on: date | None = None
    description: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class PreviewedStatement:
    """What an import would do, and how the file was read."""

    format: str
    account: str | None
    currency: str | None
    currency_source: CurrencySource
    mapping: Mapping
    mapping_source: MappingSource
    header_key: str | None
    headings: list[str]
    date_order_sure: bool
    imported: int
    duplicates: int
    payments: int
    skipped: int
    rejected: int
    periods: list[str]
    totals: list[Money]
    """Of what an import would store as charges and credits, without payments."""
    imported_before: bool
    notes: list[str]
    rows: list[PreviewRow]


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """One transaction: charges positive, refunds negative."""

    id: UUID
    period: str
    posted_on: date
    description: str
    amount: Decimal
    currency: str
    original_amount: Decimal | None
    original_currency: str | None
    account: str | None
    source_category: str | None
    is_payment: bool
    excluded: bool
    submitted_report_id: UUID | None


@dataclass(frozen=True, slots=True)
class Brought:
    """A transaction that only one file holds."""

    transaction_id: UUID
    submitted_report_id: UUID | None


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """How much of a period is left for a report, and how much stands on submitted ones."""

    reportable: int
    submitted: int
    submitted_report_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class MonthOverview:
    """A month that holds transactions; payments and excluded ones do not count."""

    period: str
    transaction_count: int
    totals: list[Money]
