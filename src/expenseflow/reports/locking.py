"""The lock of a month: whoever changes a report of it waits for whoever else does."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import advisory_lock
from expenseflow.reports import errors, repository
from expenseflow.reports.models import ExpenseReport


async def hold_period(session: AsyncSession, user_id: UUID, period: str) -> None:
    """Hold the month until the transaction ends."""
    await advisory_lock(session, "period", user_id, period)


async def hold(session: AsyncSession, user_id: UUID, report_id: UUID) -> ExpenseReport:
    """Hold the report's month, and read the report as it is once that is ours alone."""
    period = await repository.period_of(session, user_id, report_id)
    if period is None:
        raise errors.ReportNotFound
    await hold_period(session, user_id, period)
    report = await repository.report(session, user_id, report_id)
    if report is None:
        raise errors.ReportNotFound
    return report
