"""The worker with its real queue: doorbells, sweep, cancel notifications, drain."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from tests.support import workers
from tests.support.fakes import NoLimit
from tests.support.identity import parts_for

from expenseflow.app.wiring import Parts
from expenseflow.app.worker import run_worker, work_on
from expenseflow.infra.db import Database
from expenseflow.report_jobs import cancels, service
from expenseflow.report_jobs.rules import Status


@asynccontextmanager
async def _worker(parts: Parts, *, grace: float = 5.0) -> AsyncGenerator[asyncio.Event]:
    stopping = asyncio.Event()
    task = asyncio.create_task(run_worker(parts, stopping, grace=grace))
    try:
        yield stopping
    finally:
        stopping.set()
        await task


async def _post(parts: Parts, user: UUID, period: str = "2026-01") -> UUID:
    async with parts.database.transaction() as session:
        view = await service.request_report(
            session, user, period, doorbell=parts.queue, limit=NoLimit()
        )
        return view.job.id


async def _status(parts: Parts, job_id: UUID) -> Status:
    async with parts.database.transaction() as session:
        found = await session.scalar(
            text("SELECT status FROM report_generation_jobs WHERE id = :id"), {"id": job_id}
        )
        return Status(found)


async def _is(parts: Parts, job_id: UUID, *wanted: Status) -> bool:
    return await _status(parts, job_id) in wanted


async def test_a_posted_job_is_done_by_the_worker(db: Database) -> None:
    parts = parts_for(db)
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with _worker(parts):
        job_id = await _post(parts, user)
        await workers.until(lambda: _is(parts, job_id, Status.Completed))


async def test_a_rolled_back_post_rings_nobody(db: Database) -> None:
    parts = parts_for(db)
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with parts.database.transaction() as session:
        await service.request_report(
            session, user, "2026-01", doorbell=parts.queue, limit=NoLimit()
        )
        await session.rollback()
    async with parts.database.transaction() as session:
        counts = await session.execute(
            text(
                "SELECT (SELECT count(*) FROM procrastinate_jobs),"
                " (SELECT count(*) FROM report_generation_jobs),"
                " (SELECT count(*) FROM report_job_lines)"
            )
        )
        assert tuple(counts.one()) == (0, 0, 0)


async def test_a_lost_doorbell_is_rung_again(db: Database) -> None:
    parts = parts_for(db)
    user = await workers.a_month(db, "QZX HOLDINGS")
    job_id = await _post(parts, user)
    async with parts.database.transaction() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    async with _worker(parts):
        await workers.until(lambda: _is(parts, job_id, Status.Completed))


async def test_a_worker_that_died_is_followed_by_the_next(db: Database) -> None:
    parts = parts_for(db)
    user = await workers.a_month(db, "QZX HOLDINGS")
    job_id = await _post(parts, user)
    async with parts.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE report_generation_jobs SET status = 1, attempt = 1, rung_at = NULL,"
                " started_at = now(), lease_expires_at = clock_timestamp() + interval '1 s'"
            )
        )
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    async with _worker(parts):
        await workers.until(lambda: _is(parts, job_id, Status.Completed))


async def test_the_worker_survives_losing_every_connection(db: Database) -> None:
    parts = parts_for(db)
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with _worker(parts):
        first = await _post(parts, user)
        await workers.until(lambda: _is(parts, first, Status.Completed))
        async with parts.database.transaction() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        second = await _post(parts, user)
        await workers.until(lambda: _is(parts, second, Status.Completed))


async def test_a_notification_of_a_cancel_never_breaks_the_request(db: Database) -> None:
    parts = parts_for(db)
    await parts.database.close()
    unreachable = Database("postgresql://nobody@127.0.0.1:1/nowhere", pool_size=1)
    await cancels.notify(unreachable, UUID(int=1))
    await unreachable.close()


async def test_a_command_does_its_own_job_and_nobody_elses(db: Database) -> None:
    parts = parts_for(db)
    ann = await workers.a_month(db, "QZX HOLDINGS")
    bob = await workers.a_month(db, "QZX HOLDINGS")
    others = await _post(parts, bob)
    own = await _post(parts, ann)
    stopping = asyncio.Event()
    working = asyncio.create_task(work_on(parts, own, stopping))
    await workers.until(lambda: _is(parts, own, Status.Completed))
    stopping.set()
    await working
    assert await _status(parts, others) is Status.Pending
