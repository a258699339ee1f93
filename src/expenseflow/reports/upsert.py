"""A draft takes over what was settled: few statements, however many lines there are.

What was settled comes as anything with the columns of `rules.SettledLine`, so that the lines of
a job go from table to table and never travel through this process.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    FromClause,
    Numeric,
    Select,
    SmallInteger,
    Text,
    Uuid,
    case,
    column,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization.outcomes import Suggestion
from expenseflow.categorization.own_rules.models import OwnRule
from expenseflow.kit import ids
from expenseflow.reports import rules
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.reports.rules import SettledLine, Status
from expenseflow.statements.models import Transaction

_CHUNK = 5000
"""Lines in one statement when they come from Python; bounds the size of its parameter."""

_TYPES: dict[str, Any] = {
    "tier": Text,
    "gl_code": Text,
    "department_code": Text,
    "vendor": Text,
    "description": Text,
    "confidence": Numeric,
    "needs_review": Boolean,
    "review_reason": Text,
    "explanation": Text,
    "suggestions": JSONB,
}

# The slice above owns this table; its lines are read here by name, never written.
_JOB_LINES = table(
    "report_job_lines",
    column("job_id", Uuid),
    column("transaction_id", Uuid),
    column("state", SmallInteger),
    column("known_at", DateTime(timezone=True)),
    *(column(name, kind) for name, kind in _TYPES.items()),
)
_SETTLED = 1


async def draft_for(
    session: AsyncSession, user_id: UUID, period: str, *, job_id: UUID | None, now: datetime
) -> UUID:
    """The draft of the month, found or made; the caller holds the lock of the period."""
    found = await session.scalar(
        update(ExpenseReport)
        .where(
            ExpenseReport.user_id == user_id,
            ExpenseReport.period == period,
            ExpenseReport.status == Status.DRAFT,
        )
        .values(version=ExpenseReport.version + 1, job_id=job_id)
        .returning(ExpenseReport.id)
    )
    if found is not None:
        return found
    draft = ExpenseReport(
        id=ids.new_id(), user_id=user_id, period=period, job_id=job_id, created_at=now
    )
    session.add(draft)
    await session.flush()
    return draft.id


async def from_lines(
    session: AsyncSession, draft: UUID, lines: Sequence[SettledLine], *, now: datetime
) -> None:
    """Take over lines held in memory; of two for one transaction the last counts."""
    given = list({line.transaction_id: line for line in lines}.values())
    for start in range(0, len(given), _CHUNK):
        chunk = [_as_json(line) for line in given[start : start + _CHUNK]]
        await session.execute(_merge(_recordset(chunk), draft, now=now))


async def from_job(session: AsyncSession, draft: UUID, job_id: UUID, *, now: datetime) -> None:
    """Take over the settled lines of a job, inside the database."""
    settled = select(_JOB_LINES).where(
        _JOB_LINES.c.job_id == job_id, _JOB_LINES.c.state == _SETTLED
    )
    await session.execute(_merge(settled.subquery("settled"), draft, now=now))


async def drop_unreportable(session: AsyncSession, draft: UUID) -> None:
    """Lines leave whose transaction was excluded, or turned out to be a payment."""
    gone = select(Transaction.id).where(
        Transaction.id == ReportLine.transaction_id,
        or_(
            Transaction.excluded,
            Transaction.is_payment,
            Transaction.submitted_report_id.is_not(None),
        ),
    )
    await session.execute(delete(ReportLine).where(ReportLine.report_id == draft, gone.exists()))


def _merge(source: FromClause, draft: UUID, *, now: datetime) -> Any:
    """Ids stay, the person's lines stay, and a version rises only with a visible change.

    A transaction that stands on another report is left where it is.
    """
    columns = ["id", "report_id", "transaction_id", "updated_at", *rules.SETTLED_FIELDS]
    new = insert(ReportLine).from_select(columns, _reportable(source, draft, now=now))
    offered = new.excluded
    before = tuple_(*(getattr(ReportLine, name) for name in rules.SETTLED_FIELDS))
    after = tuple_(*(offered[name] for name in rules.SETTLED_FIELDS))
    return new.on_conflict_do_update(
        index_elements=["transaction_id"],
        set_={name: offered[name] for name in rules.SETTLED_FIELDS}
        | {"version": ReportLine.version + 1, "updated_at": offered["updated_at"]},
        where=(
            (ReportLine.report_id == offered["report_id"])
            & ~ReportLine.edited_by_user
            & before.is_distinct_from(after)
        ),
    )


def _reportable(source: FromClause, draft: UUID, *, now: datetime) -> Select[Any]:
    """The settled lines whose transaction may still be reported, as rows of `report_lines`.

    User and period are those of the draft, so that no job can bring in a stranger's charge.
    """
    settled = source.c
    own_text = func.nullif(func.btrim(settled["description"]), "")
    reason = func.coalesce(settled["review_reason"], rules.NO_REASON)
    chosen = {
        **{name: settled[name] for name in _TYPES},
        "description": func.coalesce(own_text, Transaction.description),
        "review_reason": case((settled["needs_review"], reason), else_=None),
    }
    return (
        select(
            func.gen_random_uuid(),
            ExpenseReport.id,
            Transaction.id,
            literal(now),
            *(chosen[name] for name in rules.SETTLED_FIELDS),
        )
        .select_from(source)
        .join(Transaction, Transaction.id == settled["transaction_id"])
        .join(ExpenseReport, ExpenseReport.id == draft)
        .where(
            Transaction.user_id == ExpenseReport.user_id,
            Transaction.period == ExpenseReport.period,
            Transaction.excluded.is_(False),
            Transaction.is_payment.is_(False),
            Transaction.submitted_report_id.is_(None),
            ~_ruled_since(source.c.get("known_at")),
        )
    )


def _ruled_since(known_at: ColumnElement[datetime] | None) -> ColumnElement[bool]:
    """Whether the person applied a rule that stands, and that who settled it did not know of."""
    if known_at is None:
        return false()
    stands = (OwnRule.id == ReportLine.ruled_by) & (OwnRule.version == ReportLine.ruled_version)
    # A subquery that is a value is looked up line by line over its index. PostgreSQL may turn an
    # EXISTS into a join, and then compare every line with every line.
    protected = (
        select(ReportLine.id)
        .join(OwnRule, stands)
        .where(
            ReportLine.transaction_id == Transaction.id,
            func.coalesce(ReportLine.ruled_at >= known_at, True),
        )
        .scalar_subquery()
    )
    return protected.is_not(None)


def _recordset(lines: list[dict[str, Any]]) -> FromClause:
    columns = [column(name, kind) for name, kind in _TYPES.items()]
    return (
        func.jsonb_to_recordset(literal(lines, JSONB))
        .table_valued(column("transaction_id", Uuid), *columns)
        .render_derived(name="settled", with_types=True)
    )


def _as_json(line: SettledLine) -> dict[str, Any]:
    return {
        "transaction_id": str(line.transaction_id),
        "tier": line.tier,
        "gl_code": line.gl_code,
        "department_code": line.department_code,
        "vendor": line.vendor,
        "description": line.description,
        "confidence": _as_text(line.confidence),
        "needs_review": line.needs_review,
        "review_reason": line.review_reason,
        "explanation": line.explanation,
        "suggestions": [suggestion_json(suggestion) for suggestion in line.suggestions],
    }


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as it is stored, its confidence exact."""
    return {
        "gl_code": suggestion.gl_code,
        "department_code": suggestion.department_code,
        "confidence": _as_text(suggestion.confidence),
    }


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)
