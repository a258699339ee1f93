"""The person's months at a glance: transactions, reports, the job under way."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization.rules import SIMULATED
from expenseflow.kit.money import Money
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.report_jobs import service
from expenseflow.report_jobs.models import ReportJobLine
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.statements import service as statements


class ReportState(NamedTuple):
    """A report of a period; status 0 Draft, 1 Submitted."""

    id: UUID
    status: int


@dataclass(frozen=True, slots=True)
class PeriodOverview:
    """One month."""

    period: str
    transaction_count: int
    totals: list[Money]
    reports: list[ReportState]
    active_job_id: UUID | None


async def list_periods(
    session: AsyncSession, user_id: UUID, wanted: PageRequest
) -> Page[PeriodOverview]:
    """The months that have transactions, newest first."""
    months = sorted(
        await statements.month_overview(session, user_id), key=lambda m: m.period, reverse=True
    )
    reports = await _reports_by_period(session, user_id)
    active = await service.active_by_period(session, user_id)
    shown = months[wanted.offset : wanted.offset + wanted.page_size]
    items = [
        PeriodOverview(
            period=month.period,
            transaction_count=month.transaction_count,
            totals=list(month.totals),
            reports=reports.get(month.period, []),
            active_job_id=active.get(month.period),
        )
        for month in shown
    ]
    return Page(items, len(months), wanted.page, wanted.page_size)


async def _reports_by_period(session: AsyncSession, user_id: UUID) -> dict[str, list[ReportState]]:
    rows = await session.execute(
        select(ExpenseReport.period, ExpenseReport.id, ExpenseReport.status)
        .where(ExpenseReport.user_id == user_id)
        .order_by(ExpenseReport.created_at.desc(), ExpenseReport.id)
    )
    found: dict[str, list[ReportState]] = {}
    for period, report_id, status in rows:
        found.setdefault(period, []).append(ReportState(report_id, status))
    return found


async def simulated_jobs(session: AsyncSession, job_ids: Collection[UUID]) -> set[UUID]:
    """Those of the jobs that had lines from the demo's simulated AI service."""
    return set(
        await session.scalars(
            select(ReportJobLine.job_id)
            .where(ReportJobLine.job_id.in_(job_ids))
            .where(ReportJobLine.explanation.startswith(SIMULATED, autoescape=True))
            .distinct()
        )
    )


async def count_simulated(session: AsyncSession) -> int:
    """Report lines of anybody that the demo's simulated AI service settled."""
    found = await session.scalar(
        select(func.count())
        .select_from(ReportLine)
        .where(ReportLine.explanation.startswith(SIMULATED, autoescape=True))
    )
    return found or 0
