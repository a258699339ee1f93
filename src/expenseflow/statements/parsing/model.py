"""What a parser hands back, whatever the format."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from expenseflow.statements.parsing.mapping import Mapping, Shape


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One transaction: charges positive, refunds and other credits negative."""

    row: int
    """CSV: the line of the file it starts on; OFX: the number of the transaction; from 1."""
    posted_on: date
    """The transaction date as printed, else the posting date; no time zone moves it."""
    description: str
    amount: Decimal
    currency: str | None = None
    original_amount: Decimal | None = None
    original_currency: str | None = None
    account: str | None = None
    source_category: str | None = None
    external_id: str | None = None
    is_payment: bool = False
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that is not imported, and why, in words."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """A whole file."""

    format: str
    account: str | None
    currency: str | None
    rows: list[ParsedRow] = field(default_factory=list[ParsedRow])
    rejected: list[Rejection] = field(default_factory=list[Rejection])
    mapping: Mapping = field(default_factory=Mapping)
    """How it was read; said to the parser again, the same comes out."""
    shape: Shape = field(default_factory=Shape)


class RejectedRow(Exception):  # a fact about one row, not a failure
    """Raised inside a parser for a row that cannot be imported; the text is its reason."""
