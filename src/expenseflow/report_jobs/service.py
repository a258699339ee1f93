"""What a person asks of report jobs: start one, look at it, cancel it, try the rest again.

Nothing here commits: the request's transaction does, before the answer leaves.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity import service as people
from expenseflow.kit.ids import new_id
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.report_jobs import rules
from expenseflow.report_jobs.errors import (
    ActiveJobExists,
    JobFinished,
    JobNotFound,
    NothingLeftToReport,
    NothingLeftToRetry,
    NoTransactions,
    NotRetryable,
)
from expenseflow.report_jobs.live import announcing
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.repository import claims, jobs, lines
from expenseflow.report_jobs.rules import Status
from expenseflow.statements import service as statements

_COLUMN_OF_TIER = {
    "rule": "rule_lines",
    "memory": "memory_lines",
    "similar": "similar_lines",
    "model": "model_lines",
    "manual": "failed_lines",
}


class Doorbell(Protocol):
    """Rings for a job in the session's own transaction; `infra.queue.JobQueue` does."""

    async def ring(self, session: AsyncSession, job_id: UUID) -> str:
        """Write the doorbell; returns its id."""
        ...


class PostLimit(Protocol):
    """Says whether one more job of this user is too many."""

    def hit(self, user_id: UUID) -> None:
        """Count one.

        Raises:
            TooManyJobs: with the seconds to wait.
        """
        ...


@dataclass(frozen=True, slots=True)
class JobView:
    """A job and how many stand before it while it waits."""

    job: ReportJob
    queue_position: int | None


async def request_report(
    session: AsyncSession,
    user_id: UUID,
    period: str,
    *,
    doorbell: Doorbell,
    limit: PostLimit,
    request_id: str | None = None,
) -> JobView:
    """Accept a job: its row, its lines and its doorbell in the caller's transaction.

    `request_id` is of the request that asks for it: log lines and provider calls carry it on.

    Raises:
        ActiveJobExists: the unique index found one; nothing is written.
        NoTransactions: nothing to report in that period.
        NothingLeftToReport: everything stands on submitted reports.
        TooManyJobs: more than the allowed number in the last minute.
        SignInDisabled: of this person, meanwhile.
    """
    job = await _add(session, user_id, period, retry_of=None, request_id=request_id)
    limit.hit(user_id)
    total = await lines.take(session, job.id, user_id, period)
    if total == 0:
        await _refuse_empty(session, user_id, period)
    return await _start(session, job, {None: total}, doorbell=doorbell)


async def retry(
    session: AsyncSession,
    user_id: UUID,
    job_id: UUID,
    *,
    doorbell: Doorbell,
    limit: PostLimit,
    request_id: str | None = None,
) -> JobView:
    """A new job for the same period that takes over what the earlier one had settled.

    Raises:
        JobNotFound: not this user's.
        NotRetryable: it is active, or not the latest of its period.
        NothingLeftToRetry: nothing open is left.
    """
    earlier = await jobs.held(session, user_id, job_id)
    if earlier is None:
        raise JobNotFound
    if Status(earlier.status) in rules.ACTIVE or not await jobs.is_latest(session, earlier):
        raise NotRetryable
    try:
        job = await _add(
            session, user_id, earlier.period, retry_of=earlier.id, request_id=request_id
        )
    except ActiveJobExists as other:
        raise NotRetryable(existing_job_id=other.fields["existing_job_id"]) from other
    limit.hit(user_id)
    completed = Status(earlier.status) is Status.Completed
    taken = await lines.take_over(
        session, job.id, user_id, earlier.period, earlier=earlier.id, with_manual=not completed
    )
    if not taken or (completed and not taken.get(None)):
        raise NothingLeftToRetry
    return await _start(session, job, taken, doorbell=doorbell)


async def get(session: AsyncSession, user_id: UUID, job_id: UUID) -> JobView:
    """The job as it is now.

    Raises:
        JobNotFound: not this user's.
    """
    return await _view(session, await _get(session, user_id, job_id))


async def views(session: AsyncSession, job_ids: Collection[UUID]) -> list[JobView]:
    """These jobs, whosever they are, the oldest first; for who has asked whose they are."""
    if not job_ids:
        return []
    found = await jobs.some(session, job_ids)
    positions = await jobs.queue_positions(session, found)
    oldest = sorted(found, key=lambda job: (job.created_at, job.id))
    return [with_place(job, positions) for job in oldest]


async def now(session: AsyncSession) -> datetime:
    """The database's time, by which jobs end."""
    return await jobs.now(session)


async def recent_ids(session: AsyncSession, people: Collection[UUID]) -> list[UUID]:
    """The jobs of these people that have not finished, or only just now."""
    return await jobs.recent_ids(session, people)


async def active_ids(session: AsyncSession, people: Collection[UUID]) -> list[UUID]:
    """The jobs of these people that have not finished, the oldest first."""
    return await jobs.active_ids(session, people)


async def get_active(session: AsyncSession, user_id: UUID, period: str) -> JobView:
    """The active job of a period.

    Raises:
        JobNotFound: there is none.
    """
    job = await jobs.active(session, user_id, period)
    if job is None:
        raise JobNotFound("No report is being generated for this period.")
    return await _view(session, job)


async def list_jobs(
    session: AsyncSession, user_id: UUID, wanted: PageRequest, *, status: Status | None
) -> Page[JobView]:
    """The user's jobs, newest first."""
    page = await jobs.list_page(session, user_id, wanted, status=status)
    positions = await jobs.queue_positions(session, page.items)
    views = [with_place(job, positions) for job in page.items]
    return Page(views, page.total_count, page.page, page.page_size)


async def cancel(session: AsyncSession, user_id: UUID, job_id: UUID) -> JobView:
    """Cancelled if it had not started, else CancellationRequested; asking again is fine.

    Raises:
        JobNotFound: not this user's.
        JobFinished: too late.
    """
    changed = await claims.request_cancel(session, user_id, job_id)
    if changed is not None:
        return await _view(session, changed)
    job = await _get(session, user_id, job_id)
    if Status(job.status) is not Status.CancellationRequested:
        raise JobFinished
    return await _view(session, job)


async def active_by_period(session: AsyncSession, user_id: UUID) -> dict[str, UUID]:
    """The active job of each period that has one."""
    return await jobs.active_by_period(session, user_id)


# -- pieces -----------------------------------------------------------------------------------


async def _get(session: AsyncSession, user_id: UUID, job_id: UUID) -> ReportJob:
    job = await jobs.get(session, user_id, job_id)
    if job is None:
        raise JobNotFound
    return job


def with_place(job: ReportJob, positions: Mapping[UUID, int]) -> JobView:
    """A waiting job that stands nowhere any more was claimed just now: nobody is before it."""
    waits = job.status == int(Status.Pending)
    return JobView(job, positions.get(job.id, 0 if waits else None))


async def _view(session: AsyncSession, job: ReportJob) -> JobView:
    positions = await jobs.queue_positions(session, [job])
    return with_place(job, positions)


async def _add(
    session: AsyncSession,
    user_id: UUID,
    period: str,
    *,
    retry_of: UUID | None,
    request_id: str | None,
) -> ReportJob:
    await people.keep_enabled(session, user_id)
    # The job in the way may finish between our insert and our look at it: then try again.
    for _ in range(10):
        job = await jobs.add(
            session, new_id(), user_id, period, retry_of=retry_of, request_id=request_id
        )
        if job is not None:
            return job
        existing = await jobs.active(session, user_id, period)
        if existing is not None:
            raise ActiveJobExists(existing.id)
    raise RuntimeError("a period's active job came and went ten times")


async def _refuse_empty(session: AsyncSession, user_id: UUID, period: str) -> None:
    found = await statements.count_in_period(session, user_id, period)
    if found.submitted:
        raise NothingLeftToReport(found.submitted_report_ids)
    raise NoTransactions


async def _start(
    session: AsyncSession,
    job: ReportJob,
    taken: Mapping[str | None, int],
    *,
    doorbell: Doorbell,
) -> JobView:
    counters = settled_counters({tier: n for tier, n in taken.items() if tier is not None})
    job.total_lines = sum(taken.values())
    for column, lines_of_tier in counters.items():
        setattr(job, column, lines_of_tier)
    await session.flush()
    announcing.note(session, job)
    await claims.note_doorbell(session, job.id, await doorbell.ring(session, job.id))
    return await _view(session, job)


def settled_counters(by_tier: Mapping[str, int]) -> dict[str, int]:
    """Lines settled by each tier as increments of the job's counters."""
    counters = {_COLUMN_OF_TIER[tier]: n for tier, n in by_tier.items()}
    return {"processed_lines": sum(by_tier.values()), **counters}


def tiers_of(job: ReportJob) -> dict[str, int]:
    """The lines settled by each tier."""
    return {tier: getattr(job, column) for tier, column in _COLUMN_OF_TIER.items()}
