"""The worker: answers doorbells, keeps leases, sweeps, listens for cancels."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from expenseflow.app import wiring
from expenseflow.app.wiring import Parts
from expenseflow.categorization.similar import learning
from expenseflow.infra.db import Database
from expenseflow.report_jobs import cancels, rules, tasks
from expenseflow.report_jobs.leases import LeaseKeeper
from expenseflow.report_jobs.tasks import JobRunner
from expenseflow.report_jobs.upkeep import timetable

_log = structlog.get_logger(__name__)

GRACE_SECONDS = 8.0
"""On SIGTERM, jobs that can finish this soon do, and calls that are under way are waited for this
long: they are paid for. The others give their lease back."""


ASK_AGAIN_SECONDS = 0.5
"""How often `work_on` asks whether its job can be claimed."""


async def run_worker(
    parts: Parts, stopping: asyncio.Event, *, grace: float = GRACE_SECONDS
) -> None:
    """Work until `stopping` is set; then no new job, and every lease finished or given back."""
    concurrency = parts.settings.worker_concurrency
    async with _at_work(parts, concurrency, for_all=True) as runner:
        work = parts.queue.work(runner.answer, concurrency=concurrency, grace=grace)
        await _until(stopping, asyncio.create_task(work), runner, grace=grace)


async def work_on(parts: Parts, job_id: UUID, stopping: asyncio.Event) -> None:
    """Do this one job until `stopping` is set, and nobody else's.

    Other jobs belong to the workers of the installation, which know its AI provider. If one of
    them has this job it is left there, and taken over when its lease runs out.
    """

    async def ask_again_and_again() -> None:
        while True:
            await runner.answer(job_id)
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    async with _at_work(parts, 1) as runner:
        await _until(stopping, asyncio.create_task(ask_again_and_again()), runner, grace=0)


@asynccontextmanager
async def _at_work(
    parts: Parts, concurrency: int, *, for_all: bool = False
) -> AsyncGenerator[JobRunner]:
    """Someone who can run jobs, with leases kept, orphans swept and cancels heard.

    `for_all`: also does its share of what the installation needs: trains the `similar` tier when
    there is enough to learn, and keeps things up.
    """
    # A pool of its own: requests in the same process must not starve the jobs, or be starved.
    # A worker that is paused in the middle of a transaction must not hold its locks past its lease.
    database = Database(
        parts.database.address,
        pool_size=concurrency + 5,
        application_name="expenseflow worker",
        idle_in_transaction_s=rules.LEASE_SECONDS,
        info=parts.session_info,
    )
    keeper = LeaseKeeper(database.address.session_dsn)
    runner = wiring.runner(parts, database, keeper)
    keeper.start()
    background = [
        asyncio.create_task(
            tasks.keep_sweeping(database, parts.queue, turned=parts.metrics.worker.turned)
        ),
        asyncio.create_task(cancels.listen(database.address.session_dsn, keeper)),
    ]
    if for_all:
        background.append(asyncio.create_task(learning.keep_learning(database, parts.clock)))
        pieces = wiring.upkeep(parts, database)
        background.append(asyncio.create_task(timetable.keep_up(database, pieces)))
    _log.info("worker.started", concurrency=concurrency)
    try:
        with parts.metrics.pools.watched("worker", database.pool):
            parts.metrics.worker.begins(concurrency)
            yield runner
    finally:
        parts.metrics.worker.ends()
        for task in background:
            await _cancelled(task)
        keeper.close()
        await database.close()
        _log.info("worker.stopped")


async def _until(
    stopping: asyncio.Event, work: asyncio.Task[None], runner: JobRunner, *, grace: float
) -> None:
    """Let it work until we are to stop; what it raises is raised here."""
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({stop, work}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set() and runner.busy:
            _log.info("worker.stopping", jobs="finished or given back", at_most_seconds=grace)
        if grace:
            runner.leave()
    finally:
        stop.cancel()
        await _cancelled(work)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
