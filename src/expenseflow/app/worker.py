"""The worker: answers doorbells, keeps leases, sweeps, listens for cancels."""

import asyncio
import contextlib

import structlog

from expenseflow.app import wiring
from expenseflow.app.wiring import Parts
from expenseflow.infra.db import Database
from expenseflow.report_jobs import cancels, rules, tasks
from expenseflow.report_jobs.leases import LeaseKeeper

_log = structlog.get_logger(__name__)

GRACE_SECONDS = 5.0
"""On SIGTERM, jobs that can finish this soon do; the others give their lease back."""


async def run_worker(
    parts: Parts, stopping: asyncio.Event, *, grace: float = GRACE_SECONDS
) -> None:
    """Work until `stopping` is set; then no new job, and every lease finished or given back."""
    concurrency = parts.settings.worker_concurrency
    # A pool of its own: requests in the same process must not starve the jobs, or be starved.
    # A worker that is paused in the middle of a transaction must not hold its locks past its lease.
    database = Database(
        parts.dsn,
        pool_size=concurrency + 3,
        application_name="expenseflow worker",
        idle_in_transaction_s=rules.LEASE_SECONDS,
    )
    keeper = LeaseKeeper(parts.dsn)
    runner = wiring.runner(parts, database, keeper)
    keeper.start()
    background = [
        asyncio.create_task(tasks.keep_sweeping(database, parts.queue)),
        asyncio.create_task(cancels.listen(parts.dsn, keeper)),
    ]
    work = asyncio.create_task(
        parts.queue.work(runner.answer, concurrency=concurrency, grace=grace)
    )
    _log.info("worker.started", concurrency=concurrency)
    try:
        await _until(stopping, work)
    finally:
        await _cancelled(work)
        for task in background:
            await _cancelled(task)
        keeper.close()
        await database.close()
        _log.info("worker.stopped")


async def _until(stopping: asyncio.Event, work: asyncio.Task[None]) -> None:
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({stop, work}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
