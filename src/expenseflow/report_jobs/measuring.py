"""Counts what happens to jobs and lines: after the commit, by whichever process does it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import after_commit
from expenseflow.infra.metrics.work import WorkMetrics
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import FINISHED, Status

_INFO = "measures"


def info(metrics: WorkMetrics) -> Mapping[str, Any]:
    """What sessions carry, so that what they commit is counted."""
    return {_INFO: metrics}


def moved(session: AsyncSession, job: ReportJob) -> None:
    """The job has come to another status, if this transaction is committed."""
    metrics: WorkMetrics | None = session.info.get(_INFO)
    if metrics is None:
        return
    status = Status(job.status)
    if status is Status.Processing and job.attempt == 1:
        _count(session, metrics.job_started, _seconds(job.created_at, job.started_at))
    if status in FINISHED and job.started_at is not None:
        seconds = _seconds(job.started_at, job.completed_at)
        _count(session, partial(metrics.job_ended, status.name), seconds)
    if status is Status.Cancelled and job.cancel_requested_at is not None:
        _count(session, metrics.job_cancelled, _seconds(job.cancel_requested_at, job.completed_at))


def settled(session: AsyncSession, by_tier: Mapping[str, int]) -> None:
    """Each tier has settled so many lines, if this transaction is committed."""
    metrics: WorkMetrics | None = session.info.get(_INFO)
    if metrics is not None:
        for tier, lines in by_tier.items():
            _count(session, partial(metrics.lines_settled, tier), lines)


def _count(session: AsyncSession, count: Callable[[Any], None], value: float) -> None:
    async def committed() -> None:
        count(value)

    after_commit(session, committed)


def _seconds(since: datetime, until: datetime | None) -> float:
    """Both by the database's clock."""
    return 0.0 if until is None else max(0.0, (until - since).total_seconds())
