"""What the service hands out: frozen, and free of the database."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from expenseflow.kit.money import Money

CurrencySource = Literal["file", "form", "default"]


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
    rejected: list[dict[str, object]]
    periods: list[str]
    imported_before: bool
    """Whether the same bytes had been imported already."""
    created_at: datetime


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
