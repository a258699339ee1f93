"""Reports and lines as they are read: plain data, no table rows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from expenseflow.kit.money import Money
from expenseflow.kit.paging import PageRequest
from expenseflow.reports.rules import Status


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report with what its lines add up to."""

    id: UUID
    period: str
    status: Status
    version: int
    job_id: UUID | None
    created_at: datetime
    submitted_at: datetime | None
    totals: tuple[Money, ...]
    line_count: int
    needs_review_count: int


@dataclass(frozen=True, slots=True)
class LineView:
    """One line with the transaction it stands for."""

    id: UUID
    transaction_id: UUID
    posted_on: date
    original_description: str
    description: str
    vendor: str | None
    note: str | None
    amount: Decimal
    currency: str
    gl_code: str | None
    department_code: str | None
    tier: str
    confidence: Decimal | None
    needs_review: bool
    review_reason: str | None
    explanation: str | None
    suggestions: list[dict[str, Any]]
    edited_by_user: bool
    version: int
    card: str | None = None
    """The card account of the statement, as it names it."""


class LineOrder(StrEnum):
    """What lines can be sorted by; a leading `-` turns it round."""

    POSTED_ON = "postedOn"
    POSTED_ON_DOWN = "-postedOn"
    AMOUNT = "amount"
    AMOUNT_DOWN = "-amount"
    DESCRIPTION = "description"
    DESCRIPTION_DOWN = "-description"
    VENDOR = "vendor"
    VENDOR_DOWN = "-vendor"
    GL_CODE = "glCode"
    GL_CODE_DOWN = "-glCode"
    DEPARTMENT_CODE = "departmentCode"
    DEPARTMENT_CODE_DOWN = "-departmentCode"
    CONFIDENCE = "confidence"
    CONFIDENCE_DOWN = "-confidence"
    TIER = "tier"
    TIER_DOWN = "-tier"
    NEEDS_REVIEW = "needsReview"
    NEEDS_REVIEW_DOWN = "-needsReview"
    """The flagged lines first, and of them those first that the tiers were least sure of."""


NO_CODE = ""
"""In a query: lines that have no account, or no department."""


@dataclass(frozen=True, slots=True)
class LineQuery:
    """Which lines of a report are wanted, and in which order."""

    paging: PageRequest
    needs_review: bool | None = None
    contains: str | None = None
    tier: str | None = None
    gl_code: str | None = None
    department_code: str | None = None
    order: LineOrder = LineOrder.POSTED_ON
