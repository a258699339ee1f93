"""The eight operations on jobs and the reads beside them.

`update` is the one way to change a job's state: a compare-and-set that refuses a transition
`rules.TRANSITIONS` does not name. Only the database's clock decides about leases and times.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text, tuple_
from sqlalchemy import update as sql_update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import delete_some
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.report_jobs import measuring, rules
from expenseflow.report_jobs.errors import Fenced
from expenseflow.report_jobs.live import announcing
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import Status

NOW = func.clock_timestamp()
LEASE = NOW + timedelta(seconds=rules.LEASE_SECONDS)


async def get(session: AsyncSession, user_id: UUID, job_id: UUID) -> ReportJob | None:
    """The job, if it is this user's."""
    return await session.scalar(_fresh(_of(user_id).where(ReportJob.id == job_id)))


async def held(session: AsyncSession, user_id: UUID, job_id: UUID) -> ReportJob | None:
    """The job, if it is this user's; it is not deleted before the transaction ends."""
    query = _of(user_id).where(ReportJob.id == job_id)
    return await session.scalar(_fresh(query.with_for_update(read=True, key_share=True)))


async def active(session: AsyncSession, user_id: UUID, period: str) -> ReportJob | None:
    """The one job of this user and period that has not finished."""
    return await session.scalar(
        _fresh(_of(user_id).where(ReportJob.period == period, _is_active()))
    )


async def list_page(
    session: AsyncSession, user_id: UUID, wanted: PageRequest, *, status: Status | None
) -> Page[ReportJob]:
    """The user's jobs, newest first."""
    newest = (ReportJob.created_at.desc(), ReportJob.id.desc())
    mine = select(ReportJob.id).where(ReportJob.user_id == user_id)
    if status is not None:
        mine = mine.where(ReportJob.status == int(status))
    # The ids come from the index: what stands on earlier pages is not read.
    page = mine.order_by(*newest).offset(wanted.offset).limit(wanted.page_size).subquery()
    query = _of(user_id).join(page, page.c.id == ReportJob.id).order_by(*newest)
    rows = await session.scalars(_fresh(query))
    total = await count(session, user_id, status=status)
    return Page(list(rows), total, wanted.page, wanted.page_size)


async def count(session: AsyncSession, user_id: UUID, *, status: Status | None = None) -> int:
    """How many jobs the user has, of one status or of all."""
    query = select(func.count()).select_from(ReportJob).where(ReportJob.user_id == user_id)
    if status is not None:
        query = query.where(ReportJob.status == int(status))
    return await session.scalar(query) or 0


async def add(
    session: AsyncSession,
    job_id: UUID,
    user_id: UUID,
    period: str,
    *,
    retry_of: UUID | None,
    request_id: str | None = None,
) -> ReportJob | None:
    """A new Pending job; None when the period has an active one (the unique index decides)."""
    statement = (
        insert(ReportJob)
        .values(
            id=job_id,
            user_id=user_id,
            period=period,
            retry_of=retry_of,
            request_id=request_id,
            created_at=NOW,
        )
        .on_conflict_do_nothing(
            index_elements=["user_id", "period"],
            index_where=text("status NOT IN (2, 3, 4)"),
        )
        .returning(ReportJob)
    )
    return await session.scalar(statement)


async def update(
    session: AsyncSession,
    job_id: UUID,
    values: Mapping[str, Any],
    *,
    expected: Collection[Status],
    to: Status | None = None,
    attempt: int | None = None,
    user_id: UUID | None = None,
    where: Collection[ColumnElement[bool]] = (),
) -> ReportJob | None:
    """Compare-and-set of named columns; the new row, or None when the job is not as expected.

    With `attempt` it is fenced: only the worker that holds that claim gets through.
    """
    state: dict[str, Any] = {}
    if to is not None:
        _refuse_unknown_transitions(expected, to)
        state["status"] = int(to)
    statement = sql_update(ReportJob).where(
        ReportJob.id == job_id, ReportJob.status.in_([int(state) for state in expected]), *where
    )
    if attempt is not None:
        statement = statement.where(ReportJob.attempt == attempt)
    if user_id is not None:
        statement = statement.where(ReportJob.user_id == user_id)
    changed = statement.values(version=ReportJob.version + 1, **state, **values)
    job = await session.scalar(
        changed.returning(ReportJob),
        execution_options={"populate_existing": True, "synchronize_session": False},
    )
    if job is not None:
        announcing.note(session, job)
        if to is not None:
            measuring.moved(session, job)
    return job


async def progress(
    session: AsyncSession, job_id: UUID, attempt: int, values: Mapping[str, Any] | None = None
) -> ReportJob:
    """A fenced write of a running job, which also renews the lease.

    Raises:
        Fenced: another attempt owns the job, or it is to stop.
    """
    renewed = {"lease_expires_at": LEASE, **(values or {})}
    job = await update(session, job_id, renewed, expected={Status.Processing}, attempt=attempt)
    if job is None:
        raise Fenced
    return job


async def delete_older_than(session: AsyncSession, cutoff: datetime, *, limit: int) -> int:
    """Remove at most `limit` jobs that finished before the cutoff, the oldest first.

    Their lines and idempotency keys go with them; their reports stay. Returns how many went:
    fewer than `limit` means that the rest is younger, or in use and left for the next time.
    """
    return await delete_some(
        session,
        ReportJob,
        ReportJob.completed_at < cutoff,
        limit=limit,
        order_by=[ReportJob.completed_at],
    )


# -- reads --------------------------------------------------------------------------------


async def queue_positions(session: AsyncSession, jobs: Collection[ReportJob]) -> dict[UUID, int]:
    """How many waiting jobs of anybody stand before each of these waiting ones."""
    waiting = [job.id for job in jobs if job.status == int(Status.Pending)]
    if not waiting:
        return {}
    place = func.row_number().over(order_by=(ReportJob.created_at, ReportJob.id)) - 1
    queue = (
        select(ReportJob.id, place.label("place"))
        .where(ReportJob.status == int(Status.Pending))
        .subquery()
    )
    query = select(queue.c.id, queue.c.place).where(queue.c.id.in_(waiting))
    return {row[0]: row[1] for row in await session.execute(query)}


async def some(session: AsyncSession, job_ids: Collection[UUID]) -> list[ReportJob]:
    """These jobs, whosever they are, as far as they are there."""
    return list(await session.scalars(_fresh(select(ReportJob).where(ReportJob.id.in_(job_ids)))))


async def active_ids(session: AsyncSession, people: Collection[UUID]) -> list[UUID]:
    """The jobs of these people that have not finished, the oldest first."""
    query = select(ReportJob.id).where(ReportJob.user_id.in_(people), _is_active())
    return list(await session.scalars(query.order_by(ReportJob.created_at, ReportJob.id)))


async def recent_ids(session: AsyncSession, people: Collection[UUID]) -> list[UUID]:
    """The jobs of these people that are active, or ended within the last two minutes."""
    just_now = ReportJob.completed_at > func.now() - timedelta(minutes=2)
    ended = select(ReportJob.id).where(ReportJob.user_id.in_(people), just_now)
    return [*await active_ids(session, people), *await session.scalars(ended)]


async def now(session: AsyncSession) -> datetime:
    """The database's time."""
    return (await session.execute(select(NOW))).scalar_one()


async def is_latest(session: AsyncSession, job: ReportJob) -> bool:
    """Whether no later job of the same user and period exists."""
    later = (
        _of(job.user_id)
        .where(
            ReportJob.period == job.period,
            tuple_(ReportJob.created_at, ReportJob.id) > tuple_(job.created_at, job.id),
        )
        .exists()
    )
    return not await session.scalar(select(later))


async def seconds_running(session: AsyncSession, job_id: UUID) -> float:
    """Seconds since the job was first claimed, by the database's clock."""
    elapsed = await session.scalar(
        select(func.extract("epoch", NOW - ReportJob.started_at)).where(ReportJob.id == job_id)
    )
    return float(elapsed or 0.0)


async def state_of(session: AsyncSession, job_id: UUID) -> tuple[Status, int] | None:
    """Status and attempt as they are now."""
    row = (
        await session.execute(
            select(ReportJob.status, ReportJob.attempt).where(ReportJob.id == job_id)
        )
    ).one_or_none()
    return None if row is None else (Status(row.status), row.attempt)


async def active_by_period(session: AsyncSession, user_id: UUID) -> dict[str, UUID]:
    """The active job of each period that has one."""
    rows = await session.execute(
        select(ReportJob.period, ReportJob.id).where(ReportJob.user_id == user_id, _is_active())
    )
    return {row[0]: row[1] for row in rows}


def _of(user_id: UUID) -> Select[ReportJob]:
    """The one place where a person's jobs are told from everybody else's."""
    return select(ReportJob).where(ReportJob.user_id == user_id)


def _is_active() -> ColumnElement[bool]:
    # Written like the partial index, so that PostgreSQL uses it.
    return ReportJob.status.not_in([int(state) for state in sorted(rules.FINISHED)])


def _fresh(query: Any) -> Any:
    return query.execution_options(populate_existing=True)


def _refuse_unknown_transitions(expected: Collection[Status], to: Status) -> None:
    unknown = set(expected) - rules.sources_of(to)
    if unknown:
        raise ValueError(f"no such transition: {sorted(s.name for s in unknown)} -> {to.name}")
