"""The lines a person's rules may speak of, and writing what a rule decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Text, Uuid, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.reports import line_queries
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.reports.rules import Status
from expenseflow.statements.models import Transaction

_CHUNK = 5000
"""Lines in one statement; bounds the size of its parameter."""


class Candidate(NamedTuple):
    """A line as a rule sees it."""

    line_id: UUID
    report_id: UUID
    status: int
    period: str
    posted_on: date
    original_description: str
    amount: Decimal
    currency: str
    account: str | None
    source_category: str | None
    gl_code: str | None
    department_code: str | None
    vendor: str | None
    description: str
    needs_review: bool
    edited_by_user: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines are looked at: a month, a report, or all of the person's."""

    period: str | None = None
    report_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What is written on every line of one rule's."""

    rule_id: UUID
    rule_version: int
    gl_code: str
    confidence: Decimal
    explanation: str


@dataclass(frozen=True, slots=True)
class Written:
    """What is written on one line."""

    line_id: UUID
    department_code: str | None
    vendor: str | None
    description: str
    review_reason: str | None
    suggestions: list[dict[str, Any]]


async def candidates(session: AsyncSession, user_id: UUID, scope: Scope) -> list[Candidate]:
    """The lines in the scope, the latest first; a person's own reports only."""
    wanted = (
        select(
            ReportLine.id,
            ReportLine.report_id,
            ExpenseReport.status,
            ExpenseReport.period,
            Transaction.posted_on,
            Transaction.description,
            Transaction.amount,
            Transaction.currency,
            Transaction.account,
            Transaction.source_category,
            ReportLine.gl_code,
            ReportLine.department_code,
            ReportLine.vendor,
            ReportLine.description,
            ReportLine.needs_review,
            ReportLine.edited_by_user,
        )
        .join(ExpenseReport, ExpenseReport.id == ReportLine.report_id)
        .join(Transaction, Transaction.id == ReportLine.transaction_id)
        .where(ExpenseReport.user_id == user_id)
        .order_by(Transaction.posted_on.desc(), ReportLine.transaction_id)
    )
    if scope.period is not None:
        wanted = wanted.where(ExpenseReport.period == scope.period)
    if scope.report_id is not None:
        wanted = wanted.where(ExpenseReport.id == scope.report_id)
    return [Candidate(*row) for row in await session.execute(wanted)]


async def draft_periods(session: AsyncSession, user_id: UUID) -> list[str]:
    """The months with a draft, the earliest first."""
    rows = await session.scalars(
        select(ExpenseReport.period)
        .where(ExpenseReport.user_id == user_id, ExpenseReport.status == Status.DRAFT)
        .order_by(ExpenseReport.period)
    )
    return list(rows)


async def write(
    session: AsyncSession,
    user_id: UUID,
    decided: Decided,
    lines: Sequence[Written],
    *,
    now: datetime,
) -> set[UUID]:
    """Lines of drafts that are not the person's take this over; the reports they stand on."""
    changed: set[UUID] = set()
    for start in range(0, len(lines), _CHUNK):
        chunk = lines[start : start + _CHUNK]
        changed.update(await _write(session, user_id, decided, chunk, now=now))
    return changed


async def _write(
    session: AsyncSession,
    user_id: UUID,
    decided: Decided,
    lines: Sequence[Written],
    *,
    now: datetime,
) -> set[UUID]:
    new = (
        func.jsonb_to_recordset(literal([_as_json(line) for line in lines], JSONB))
        .table_valued(
            column("line_id", Uuid),
            *(column(name, Text) for name in ("department_code", "vendor", "description")),
            column("needs_review", Boolean),
            column("review_reason", Text),
            column("suggestions", JSONB),
        )
        .render_derived(name="new", with_types=True)
    )
    reports = await session.scalars(
        update(ReportLine)
        .where(
            ReportLine.id == new.c.line_id,
            *line_queries.on_drafts_of(user_id),
            ReportLine.edited_by_user.is_(False),
        )
        .values(
            tier="rule",
            gl_code=decided.gl_code,
            confidence=decided.confidence,
            explanation=decided.explanation,
            department_code=new.c.department_code,
            vendor=new.c.vendor,
            description=new.c.description,
            needs_review=new.c.needs_review,
            review_reason=new.c.review_reason,
            suggestions=new.c.suggestions,
            **_ruled(decided),
            version=ReportLine.version + 1,
            updated_at=now,
        )
        .returning(ExpenseReport.id)
        .execution_options(synchronize_session=False)
    )
    return set(reports)


async def stand_behind(
    session: AsyncSession, user_id: UUID, decided: Decided, line_ids: Sequence[UUID]
) -> None:
    """A rule says what these lines of drafts say already: no job that knew less takes it back."""
    for start in range(0, len(line_ids), _CHUNK):
        await session.execute(
            update(ReportLine)
            .where(
                ReportLine.id.in_(line_ids[start : start + _CHUNK]),
                *line_queries.on_drafts_of(user_id),
                ReportLine.edited_by_user.is_(False),
            )
            .values(**_ruled(decided))
            .execution_options(synchronize_session=False)
        )


def _ruled(decided: Decided) -> dict[str, Any]:
    return {
        "ruled_at": func.clock_timestamp(),
        "ruled_by": decided.rule_id,
        "ruled_version": decided.rule_version,
    }


def _as_json(line: Written) -> dict[str, Any]:
    return {
        "line_id": str(line.line_id),
        "department_code": line.department_code,
        "vendor": line.vendor,
        "description": line.description,
        "needs_review": line.review_reason is not None,
        "review_reason": line.review_reason,
        "suggestions": line.suggestions,
    }
