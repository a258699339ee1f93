"""The job engine as we use it: a doorbell that carries a job id, nothing more.

A doorbell is written in the caller's transaction, has no engine lock, no engine retry and no
engine abort. Running it means asking the job itself (`report_jobs.tasks`) whether there is
something to do, so the engine's known hazards cannot hurt a job: a doorbell may ring twice, late,
or be lost (the sweep rings again).
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

import structlog
from procrastinate import App, PsycopgConnector, jobs
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import KEEPALIVES, driver_connection, libpq_url

QUEUE = "report_jobs"
DOORBELL = "expenseflow.doorbell"
STALLED_SECONDS = 30.0
"""Without a heartbeat so long, a worker of the engine counts as gone; it beats every five."""
SWEPT_AT_ONCE = 10_000
_log = structlog.get_logger(__name__)

Handler = Callable[[UUID], Awaitable[None]]


class JobQueue:
    """Rings doorbells and, in a worker, answers them."""

    def __init__(self, dsn: str) -> None:
        self._app = App(
            connector=PsycopgConnector(
                conninfo=libpq_url(dsn),
                min_size=1,
                max_size=6,
                timeout=5,
                kwargs={
                    "connect_timeout": 2,
                    "application_name": "expenseflow queue",
                    **KEEPALIVES,
                },
            )
        )
        self._handler: Handler | None = None
        self._app.task(name=DOORBELL, queue=QUEUE)(self._answer)
        # Without a periodic task the engine's monitor ends at once, and a listener that died
        # with the database would never be noticed.
        self._app.periodic(cron="*/10 * * * *")(
            self._app.task(name="expenseflow.pulse", queue=QUEUE, queueing_lock="pulse")(_pulse)
        )

    async def ring(self, session: AsyncSession, job_id: UUID) -> str:
        """Write a doorbell in the session's own transaction; returns its id."""
        task = self._app.configure_task(DOORBELL, connection=await driver_connection(session))
        return str(await task.defer_async(job_id=str(job_id)))

    async def work(self, handler: Handler, *, concurrency: int, grace: float) -> None:
        """Answer doorbells until cancelled; then wait `grace` seconds for those under way.

        Restarts the engine's worker when it stops by itself (it does so when one of its own
        connections fails, for instance while PostgreSQL restarts).
        """
        self._handler = handler
        while True:
            try:
                async with self._app.open_async():
                    await self._app.run_worker_async(
                        queues=[QUEUE],
                        concurrency=concurrency,
                        install_signal_handlers=False,
                        fetch_job_polling_interval=1.0,
                        abort_job_polling_interval=60.0,
                        update_heartbeat_interval=5.0,
                        stalled_worker_timeout=STALLED_SECONDS,
                        shutdown_graceful_timeout=grace,
                        delete_jobs=jobs.DeleteJobCondition.ALWAYS,
                    )
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  # whatever stopped it, it must start again
                _log.warning("queue.worker_stopped", error=type(error).__name__)
            await asyncio.sleep(0.5)

    async def _answer(self, job_id: str) -> None:
        if self._handler is None:
            raise RuntimeError("a doorbell was answered before a handler was set")
        await self._handler(UUID(job_id))


async def _pulse(timestamp: int) -> None:
    _log.debug("queue.pulse", timestamp=timestamp)


async def depth(session: AsyncSession) -> int:
    """How many doorbells wait to be answered."""
    found = await session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = :q"),
        {"q": QUEUE},
    )
    return int(found or 0)


async def workers(session: AsyncSession) -> int:
    """How many workers have given a sign of life lately."""
    alive = text(
        "SELECT count(*) FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
    )
    return int(await session.scalar(alive, {"seconds": STALLED_SECONDS / 2}) or 0)


async def forget(session: AsyncSession, job_ids: Collection[UUID]) -> None:
    """Delete the doorbells of these jobs that wait; one that is being answered goes by itself."""
    waiting = text(
        "DELETE FROM procrastinate_jobs WHERE queue_name = :q AND status = 'todo'"
        " AND args->>'job_id' = ANY(:ids)"
    )
    await session.execute(waiting, {"q": QUEUE, "ids": [str(job_id) for job_id in job_ids]})


async def sweep(session: AsyncSession) -> int:
    """Delete the engine's rows that nobody will come back to; returns how many there were.

    Workers without a heartbeat are forgotten (the engine itself does so only when one starts);
    what they answered is deleted, since the sweep of the jobs rings anew; and so are rows that
    have ended, which a worker deletes unless it dies at that very moment.
    """
    await session.execute(
        text("SELECT procrastinate_prune_stalled_workers_v1(:seconds)"),
        {"seconds": STALLED_SECONDS},
    )
    result = await session.execute(
        text(
            "DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM procrastinate_jobs "
            "WHERE queue_name = :q AND (status NOT IN ('todo', 'doing') "
            "OR status = 'doing' AND worker_id IS NULL) LIMIT :limit FOR UPDATE SKIP LOCKED) "
            "RETURNING id"
        ),
        {"q": QUEUE, "limit": SWEPT_AT_ONCE},
    )
    return len(result.all())
