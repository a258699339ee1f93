"""What the home page shows of a person's months, jobs and reports, in plain words."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity.service import CurrentUser
from expenseflow.kit.paging import PageRequest
from expenseflow.report_jobs import overview
from expenseflow.report_jobs import service as report_jobs
from expenseflow.report_jobs.schemas import PeriodOut, ReportJobOut, TiersOut, job_out, period_out
from expenseflow.reports import service as reports
from expenseflow.reports.schemas import ReportOut, report_out
from expenseflow.statements.models import Transaction

MONTHS = PageRequest(page=1, page_size=24)
JOBS = PageRequest(page=1, page_size=10)
REPORTS = PageRequest(page=1, page_size=100)
EXPORTS = ("csv", "xlsx", "pdf")
TIER_WORDS = {
    "memory": "as you filed before",
    "rule": "by well-known merchant",
    "similar": "like similar charges",
    "model": "suggested by the AI",
    "manual": "for you to fill in",
}
SIMULATED_WORDS = "suggested by a simulated AI (not a real one)"


async def contents(session: AsyncSession, user: CurrentUser) -> dict[str, Any]:
    """The values of `home.html`."""
    months = await overview.list_periods(session, user.id, MONTHS)
    jobs = await report_jobs.list_jobs(session, user.id, JOBS, status=None)
    found = await reports.list_reports(session, user.id, period=None, paging=REPORTS)
    shown = [report_out(report) for report in found.items]
    left = await _left_by_period(session, user.id)
    simulated = await overview.simulated_jobs(session, [view.job.id for view in jobs.items])
    return {
        "email": user.email,
        "months": [_month(period_out(month), left.get(month.period, 0)) for month in months.items],
        "jobs": [_job(job_out(view), simulated=view.job.id in simulated) for view in jobs.items],
        "simulated": await overview.simulated_reports(session, [each.id for each in shown]),
        "reports": shown,
        "waiting": _waiting(shown),
        "exports": EXPORTS,
    }


def grouped(amount: str) -> str:
    """`12345.60` as `12,345.60`."""
    whole, point, decimals = amount.partition(".")
    digits = whole.lstrip("-")
    return f"{whole[: -len(digits)]}{int(digits):,}{point}{decimals}"


def tier_words(tiers: TiersOut, *, simulated: bool = False) -> str:
    """How the lines got their codes: `155 as you filed before, 14 for you to fill in`."""
    told = TIER_WORDS | ({"model": SIMULATED_WORDS} if simulated else {})
    counts = {name: getattr(tiers, name) for name in told}
    return ", ".join(f"{counts[name]:,} {words}" for name, words in told.items() if counts[name])


def _month(month: PeriodOut, left: int) -> dict[str, Any]:
    return {"left": left, **month.model_dump(by_alias=False)}


def _job(job: ReportJobOut, *, simulated: bool) -> dict[str, Any]:
    active = job.completed_at is None
    moment = job.completed_at or job.created_at
    told = {
        "active": active,
        "moment": moment,
        "tier_words": tier_words(job.tiers, simulated=simulated),
    }
    return {**job.model_dump(by_alias=False), **told}


def _waiting(shown: Sequence[ReportOut]) -> int:
    """How many lines of drafts wait for a look."""
    return sum(report.needs_review_count for report in shown if report.status == "Draft")


async def _left_by_period(session: AsyncSession, user_id: UUID) -> dict[str, int]:
    """By month: what a report of it would hold; the months that are missing have nothing left."""
    found = await session.execute(
        select(Transaction.period, func.count())
        .where(
            Transaction.user_id == user_id,
            Transaction.submitted_report_id.is_(None),
            Transaction.is_payment.is_(False),
            Transaction.excluded.is_(False),
        )
        .group_by(Transaction.period)
    )
    return dict[str, int]((row[0], row[1]) for row in found)
