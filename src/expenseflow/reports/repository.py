"""Every question about reports that the database answers, always for one user."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.money import Money
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.reports.rules import Status
from expenseflow.reports.views import ReportView
from expenseflow.statements.models import Transaction


@dataclass(slots=True)
class _Sums:
    totals: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    lines: int = 0
    needs_review: int = 0


async def period_of(session: AsyncSession, user_id: UUID, report_id: UUID) -> str | None:
    """The period of a report; it never changes, so it may be read before its lock is held."""
    return await session.scalar(
        select(ExpenseReport.period).where(
            ExpenseReport.user_id == user_id, ExpenseReport.id == report_id
        )
    )


async def report(session: AsyncSession, user_id: UUID, report_id: UUID) -> ExpenseReport | None:
    """The report as it stands now, whatever the session read before."""
    return await session.scalar(
        select(ExpenseReport)
        .where(ExpenseReport.user_id == user_id, ExpenseReport.id == report_id)
        .execution_options(populate_existing=True)
    )


async def draft_id(session: AsyncSession, user_id: UUID, period: str) -> UUID | None:
    """The one draft of a month."""
    return await session.scalar(
        select(ExpenseReport.id).where(
            ExpenseReport.user_id == user_id,
            ExpenseReport.period == period,
            ExpenseReport.status == Status.DRAFT,
        )
    )


async def latest_submitted_id(session: AsyncSession, user_id: UUID, period: str) -> UUID | None:
    """The submitted report of a month, the latest if there are supplementary ones."""
    return await session.scalar(
        select(ExpenseReport.id)
        .where(
            ExpenseReport.user_id == user_id,
            ExpenseReport.period == period,
            ExpenseReport.status == Status.SUBMITTED,
        )
        .order_by(ExpenseReport.submitted_at.desc())
        .limit(1)
    )


async def has_lines(session: AsyncSession, report_id: UUID) -> bool:
    """Whether anything stands on the report."""
    one = select(ReportLine.id).where(ReportLine.report_id == report_id).exists()
    return bool(await session.scalar(select(one)))


async def view(session: AsyncSession, user_id: UUID, report_id: UUID) -> ReportView | None:
    """One report with its sums."""
    mine = select(ExpenseReport).where(
        ExpenseReport.user_id == user_id, ExpenseReport.id == report_id
    )
    return next(iter(await _with_sums(session, mine)), None)


async def page(
    session: AsyncSession, user_id: UUID, *, period: str | None, paging: PageRequest
) -> Page[ReportView]:
    """The user's reports, the latest month first."""
    mine = select(ExpenseReport).where(ExpenseReport.user_id == user_id)
    if period is not None:
        mine = mine.where(ExpenseReport.period == period)
    total = await session.scalar(select(func.count()).select_from(mine.subquery()))
    ordered = mine.order_by(
        ExpenseReport.period.desc(), ExpenseReport.created_at.desc(), ExpenseReport.id
    )
    items = await _with_sums(session, ordered.limit(paging.page_size).offset(paging.offset))
    return Page(items=items, total_count=total or 0, page=paging.page, page_size=paging.page_size)


async def _with_sums(session: AsyncSession, wanted: Select[ExpenseReport]) -> list[ReportView]:
    reports = (await session.scalars(wanted.execution_options(populate_existing=True))).all()
    sums = await _sums(session, [found.id for found in reports])
    return [_view(found, sums[found.id]) for found in reports]


async def _sums(session: AsyncSession, report_ids: Sequence[UUID]) -> dict[UUID, _Sums]:
    rows = await session.execute(
        select(
            ExpenseReport.id,
            Transaction.currency,
            func.sum(Transaction.amount),
            func.count(),
            func.count().filter(ReportLine.needs_review),
        )
        .join(ReportLine, ReportLine.report_id == ExpenseReport.id)
        .join(Transaction, Transaction.id == ReportLine.transaction_id)
        .where(ExpenseReport.id.in_(report_ids))
        .group_by(ExpenseReport.id, Transaction.currency)
        .order_by(Transaction.currency)
    )
    sums: dict[UUID, _Sums] = defaultdict(_Sums)
    for report_id, currency, amount, lines, needs_review in rows:
        found = sums[report_id]
        found.totals[currency] = amount
        found.lines += lines
        found.needs_review += needs_review
    return sums


def _view(found: ExpenseReport, sums: _Sums) -> ReportView:
    return ReportView(
        id=found.id,
        period=found.period,
        status=Status(found.status),
        version=found.version,
        job_id=found.job_id,
        created_at=found.created_at,
        submitted_at=found.submitted_at,
        totals=tuple(Money(amount, currency) for currency, amount in sums.totals.items()),
        line_count=sums.lines,
        needs_review_count=sums.needs_review,
    )


async def has_earlier(session: AsyncSession, report: ExpenseReport) -> bool:
    """Whether the person has an older report of the same month."""
    earlier = select(ExpenseReport.id).where(
        ExpenseReport.user_id == report.user_id,
        ExpenseReport.period == report.period,
        ExpenseReport.created_at < report.created_at,
    )
    return bool(await session.scalar(select(earlier.exists())))


async def raise_version(session: AsyncSession, report_id: UUID) -> None:
    """One of the report's lines changed or left."""
    await session.execute(
        update(ExpenseReport)
        .where(ExpenseReport.id == report_id)
        .values(version=ExpenseReport.version + 1)
    )


async def delete_report(session: AsyncSession, user_id: UUID, report_id: UUID) -> None:
    """The report with its lines; their transactions can be reported again."""
    await session.execute(delete(ReportLine).where(ReportLine.report_id == report_id))
    await session.execute(
        delete(ExpenseReport).where(ExpenseReport.user_id == user_id, ExpenseReport.id == report_id)
    )


async def delete_all_of(session: AsyncSession, user_id: UUID) -> None:
    """Every report and line of a person.

    The reports first: a line that leaves its report meanwhile is found afterwards.
    """
    await session.execute(delete(ExpenseReport).where(ExpenseReport.user_id == user_id))
    theirs = select(Transaction.id).where(Transaction.user_id == user_id)
    await session.execute(delete(ReportLine).where(ReportLine.transaction_id.in_(theirs)))
