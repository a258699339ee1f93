"""Who works on a job: claims, leases, the ways a job ends, and the sweep for orphans."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select, text
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.report_jobs import rules
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.repository.jobs import LEASE, NOW, update
from expenseflow.report_jobs.rules import Status

_lease_is_over = ReportJob.lease_expires_at < NOW
# A lease that ran out while the database itself was away says nothing about its worker.
_worker_crashed = _lease_is_over & (ReportJob.lease_expires_at > func.pg_postmaster_start_time())
_rung_long_ago = or_(ReportJob.rung_at.is_(None), ReportJob.rung_at < NOW - timedelta(seconds=3))
_no_doorbell_waits = text(
    "NOT EXISTS (SELECT FROM procrastinate_jobs AS bell"
    " WHERE bell.id = report_generation_jobs.queue_job_id::bigint AND bell.status = 'todo')"
)


async def claim(session: AsyncSession, job_id: UUID) -> ReportJob | None:
    """Take the job if it waits or its lease is over; None means there is nothing to do.

    Taking over an expired lease counts as a crash of the worker before; a lease that was given
    back (null), or that ran out while the database was down, does not.
    """
    values = {
        "attempt": ReportJob.attempt + 1,
        "crashes": ReportJob.crashes + case((_worker_crashed, 1), else_=0),
        "lease_expires_at": LEASE,
        "started_at": func.coalesce(ReportJob.started_at, NOW),
        "waiting_for": None,
        "estimated_completion_at": None,
    }
    free = or_(
        ReportJob.status == int(Status.Pending),
        ReportJob.lease_expires_at.is_(None),
        _lease_is_over & (~_worker_crashed | (ReportJob.crashes < rules.MAX_CRASHES - 1)),
    )
    return await update(
        session,
        job_id,
        values,
        expected=rules.sources_of(Status.Processing),
        to=Status.Processing,
        where=[free],
    )


async def give_back(session: AsyncSession, job_id: UUID, attempt: int) -> ReportJob | None:
    """End the lease without ending the job, so that another worker goes on from its lines."""
    return await update(
        session,
        job_id,
        {"lease_expires_at": None, "estimated_completion_at": None},
        expected={Status.Processing},
        attempt=attempt,
    )


async def complete(
    session: AsyncSession, job_id: UUID, attempt: int, report_id: UUID
) -> ReportJob | None:
    """Completed, with its report, in the transaction that wrote the report."""
    values = {"generated_report_id": report_id, **_ended()}
    return await update(
        session,
        job_id,
        values,
        expected=rules.sources_of(Status.Completed),
        to=Status.Completed,
        attempt=attempt,
    )


async def fail(
    session: AsyncSession,
    job_id: UUID,
    *,
    message: str,
    details: str,
    attempt: int | None = None,
    where: Collection[ColumnElement[bool]] = (),
) -> ReportJob | None:
    """Failed, with words for the person and details for the operator."""
    values = {"error_message": message[:500], "error_details": details[:10_000], **_ended()}
    return await update(
        session,
        job_id,
        values,
        expected=rules.sources_of(Status.Failed),
        to=Status.Failed,
        attempt=attempt,
        where=where,
    )


async def request_cancel(session: AsyncSession, user_id: UUID, job_id: UUID) -> ReportJob | None:
    """Cancelled at once if it had not started, else CancellationRequested; None if finished."""
    at_once = await update(
        session,
        job_id,
        _ended(),
        expected={Status.Pending},
        to=Status.Cancelled,
        user_id=user_id,
    )
    return at_once or await update(
        session,
        job_id,
        {"waiting_for": None, "estimated_completion_at": None, "cancel_requested_at": NOW},
        expected={Status.Processing},
        to=Status.CancellationRequested,
        user_id=user_id,
    )


async def cancelled(session: AsyncSession, job_id: UUID, attempt: int) -> ReportJob | None:
    """Cancelled, once the worker that owned it has stopped."""
    return await update(
        session,
        job_id,
        _ended(),
        expected={Status.CancellationRequested},
        to=Status.Cancelled,
        attempt=attempt,
    )


async def lock_orphans(session: AsyncSession, *, limit: int = 100) -> list[ReportJob]:
    """Jobs nobody works on although somebody should; locked, those locked elsewhere left out.

    A waiting job is one only when its doorbell is gone: not `todo` in the engine's own table and
    rung a while ago (between fetching a doorbell and claiming lie milliseconds).
    """
    abandoned = ReportJob.status.in_(
        [int(Status.Processing), int(Status.CancellationRequested)]
    ) & or_(ReportJob.lease_expires_at.is_(None), _lease_is_over)
    forgotten = ReportJob.status == int(Status.Pending)
    query = (
        select(ReportJob)
        .where(or_(abandoned, forgotten), _rung_long_ago, _no_doorbell_waits)
        .order_by(ReportJob.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    cancelling = (
        select(ReportJob)
        .where(ReportJob.status == int(Status.CancellationRequested), abandoned)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = {
        job.id: job
        for job in await session.scalars(cancelling.execution_options(populate_existing=True))
    }
    found |= {
        job.id: job
        for job in await session.scalars(query.execution_options(populate_existing=True))
    }
    return list(found.values())


async def fail_if_it_kills(session: AsyncSession, job: ReportJob) -> bool:
    """Failed, if its last claim would be one crash too many; whether it was."""
    failed = await fail(
        session,
        job.id,
        attempt=job.attempt,
        message=rules.CRASHED,
        details=f"{rules.MAX_CRASHES} crashes without progress; attempt {job.attempt}",
        where=[_worker_crashed, ReportJob.crashes >= rules.MAX_CRASHES - 1],
    )
    return failed is not None


async def note_doorbell(session: AsyncSession, job_id: UUID, doorbell: str) -> None:
    """Remember which doorbell rings for the job now; not a change anybody sees."""
    await session.execute(
        sql_update(ReportJob)
        .where(ReportJob.id == job_id)
        .values(queue_job_id=doorbell, rung_at=NOW)
        .execution_options(synchronize_session=False)
    )


def _ended() -> dict[str, Any]:
    return {
        "completed_at": NOW,
        "lease_expires_at": None,
        "waiting_for": None,
        "estimated_completion_at": None,
    }
