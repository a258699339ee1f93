"""What a file says of the report as a whole."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from expenseflow.reports.export.cells import Names


@dataclass(frozen=True, slots=True)
class Head:
    """One report without its lines."""

    report_id: UUID
    period: str
    person: str
    submitted_on: date | None
    """None for a draft."""
    is_supplement: bool
    """Whether the month has an earlier report, so that this one only adds to it."""
    names: Names
    journal_account: str
    """The account that a journal credits with what the cards paid."""
