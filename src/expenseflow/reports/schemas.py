"""The JSON of reports and their lines (contract, section 2)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints
from pydantic import StrictBool as Flag

from expenseflow.categorization.outcomes import Suggestion
from expenseflow.kit import money
from expenseflow.kit.period import PERIOD_PATTERN
from expenseflow.reports import rules
from expenseflow.reports.rules import Change, Content
from expenseflow.reports.views import LineView, ReportView
from expenseflow.web.wire import TotalOut, UtcTime, WireIn, WireOut

# PostgreSQL cannot hold a NUL, and a code or a name has no use for one.
_NO_NUL = r"^[^\x00]*$"
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_NO_NUL)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_NO_NUL)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=_NO_NUL)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=_NO_NUL)]
Period = Annotated[str, Field(pattern=PERIOD_PATTERN, examples=["2026-01"])]
CodeOrNone = Annotated[str, Field(max_length=40, pattern=_NO_NUL)]
Contains = Annotated[str, Field(max_length=200, pattern=_NO_NUL)]


class ReportOut(WireOut):
    """A report without its lines."""

    id: UUID
    period: str
    status: Literal["Draft", "Submitted"]
    totals: list[TotalOut]
    line_count: int
    needs_review_count: int
    version: int
    created_at: UtcTime
    submitted_at: UtcTime | None
    job_id: UUID | None


class SuggestionOut(WireOut):
    """A likely pair of codes."""

    model_config = ConfigDict(from_attributes=True)

    gl_code: str
    department_code: str | None = None
    confidence: float = Field(ge=0, le=1)


class LineOut(WireOut):
    """One line of a report."""

    id: UUID
    transaction_id: UUID
    posted_on: date
    original_description: str
    description: str
    vendor: str | None
    note: str | None
    amount: str
    currency: str
    gl_code: str | None
    department_code: str | None
    tier: Literal["rule", "memory", "similar", "model", "manual"]
    confidence: float | None
    needs_review: bool
    review_reason: str | None
    explanation: str | None
    suggestions: list[SuggestionOut]
    edited_by_user: bool
    version: int


def _without_default(schema: dict[str, Any]) -> None:
    """What is not sent stays as it is; a documented default would say otherwise."""
    schema.pop("default", None)


class LineIn(WireIn):
    """What to change on a line; a member that is not there stays as it is, null clears."""

    gl_code: Code | None = None
    department_code: Code | None = None
    description: Words | None = Field(
        default=None, description="null or empty: the original description again"
    )
    vendor: Name | None = None
    note: Note | None = None
    needs_review: Flag = Field(
        default=False,
        description="false accepts the line, true asks for another look",
        json_schema_extra=_without_default,
    )


class SubmitIn(WireIn):
    """Whether lines that still need review may go along."""

    accept_unreviewed: Flag = False


class ExcludedIn(WireIn):
    """Whether the charge is personal and stays out of reports."""

    excluded: Flag


def report_out(view: ReportView) -> ReportOut:
    """The JSON of a report."""
    return ReportOut(
        id=view.id,
        period=view.period,
        status="Draft" if view.status.name == "DRAFT" else "Submitted",
        totals=[TotalOut.of(total) for total in view.totals],
        line_count=view.line_count,
        needs_review_count=view.needs_review_count,
        version=view.version,
        created_at=view.created_at,
        submitted_at=view.submitted_at,
        job_id=view.job_id,
    )


def line_out(line: LineView) -> LineOut:
    """The JSON of a line; a reason that an accept has set aside is not shown."""
    return LineOut.model_validate(
        {
            "id": line.id,
            "transaction_id": line.transaction_id,
            "posted_on": line.posted_on,
            "original_description": line.original_description,
            "description": line.description,
            "vendor": line.vendor,
            "note": line.note,
            "amount": money.to_text(line.amount, line.currency),
            "currency": line.currency,
            "gl_code": line.gl_code,
            "department_code": line.department_code,
            "tier": line.tier,
            "confidence": None if line.confidence is None else float(line.confidence),
            "needs_review": line.needs_review,
            "review_reason": line.review_reason if line.needs_review else None,
            "explanation": line.explanation,
            "suggestions": rules.likeliest(_chosen_by_a_tier(line), _suggested(line)),
            "edited_by_user": line.edited_by_user,
            "version": line.version,
        }
    )


def _suggested(line: LineView) -> list[Suggestion]:
    return [
        Suggestion(each["gl_code"], each.get("department_code"), Decimal(each["confidence"]))
        for each in line.suggestions
    ]


def _chosen_by_a_tier(line: LineView) -> Suggestion | None:
    """What stands on the line comes first, unless the person put it there."""
    if line.gl_code is None or line.confidence is None:
        return None
    if rules.chosen_by_person(line.explanation):
        return None
    return Suggestion(line.gl_code, line.department_code, line.confidence)


def change_of(body: LineIn) -> Change:
    """The members that were sent; an empty text is none."""
    sent = body.model_fields_set
    values: dict[Content, str | None] = {
        cast("Content", name): getattr(body, name) or None for name in sent - {"needs_review"}
    }
    return Change(values, body.needs_review if "needs_review" in sent else None)
