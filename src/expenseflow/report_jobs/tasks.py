"""Background entry points: answer a doorbell, sweep.

A doorbell names a job; whether there is something to do is asked of the job (`claims.claim`).
However a run ends, the job ends finished or claimable:

- done, or failed for a reason: the run's own fenced transaction said so;
- cancelled: Cancelled is written once the run has stopped;
- the worker drains, or the database went away: the lease is given back and the bell rung again;
- the worker dies: the lease runs out and a sweep rings again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra import tracebacks
from expenseflow.infra.db import Database
from expenseflow.report_jobs import rules
from expenseflow.report_jobs.errors import Fenced
from expenseflow.report_jobs.leases import LeaseKeeper, Stop
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.repository import claims
from expenseflow.report_jobs.rules import Status
from expenseflow.report_jobs.running import CannotReport, Leaving, Run, Workshop
from expenseflow.report_jobs.service import Doorbell
from expenseflow.report_jobs.trouble import insisted, is_database_trouble

_log = structlog.get_logger(__name__)


class JobRunner:
    """Runs claimed jobs in this process; one a worker."""

    def __init__(self, workshop: Workshop, keeper: LeaseKeeper, doorbell: Doorbell) -> None:
        self._shop = workshop
        self._keeper = keeper
        self._doorbell = doorbell
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """From now on nothing new is asked; each job is given back when its calls have ended."""
        self._leaving.set()

    @property
    def busy(self) -> bool:
        """Whether a job is being done."""
        return self._keeper.busy

    async def answer(self, job_id: UUID) -> None:
        """Do what there is to do for this job; returns when nothing is left for this worker.

        Cancelling it (the worker drains) gives the lease back.
        """
        job = await self._claim(job_id)
        if job is None:
            return
        with structlog.contextvars.bound_contextvars(**_names(job)):
            _log.info("report_job.claimed", crashes=job.crashes)
            await self._supervise(job)

    async def _claim(self, job_id: UUID) -> ReportJob | None:
        try:
            async with self._shop.database.transaction() as session:
                return await claims.claim(session, job_id)
        except Exception as error:
            if not is_database_trouble(error):
                raise
            _log.warning("report_job.not_claimed", error=type(error).__name__)
            return None  # a sweep rings again once the database is back

    async def _supervise(self, job: ReportJob) -> None:
        loop = asyncio.get_running_loop()
        work = asyncio.create_task(self._work(job))
        reasons: list[Stop] = []

        def stop(reason: Stop) -> None:
            if not reasons:
                reasons.append(reason)
                work.cancel()

        def on_stop(reason: Stop) -> None:
            loop.call_soon_threadsafe(stop, reason)

        self._keeper.hold(job.id, job.attempt, on_stop)
        try:
            await self._wait(work, stop)
        finally:
            self._keeper.let_go(job.id, job.attempt)
        if reasons:
            await self._after_stop(job, reasons[0])

    async def _wait(self, work: asyncio.Task[None], stop: Callable[[Stop], None]) -> None:
        """Wait for the run; when we are cancelled ourselves, stop it first."""
        while not work.done():
            try:
                await asyncio.wait({work})
            except asyncio.CancelledError:
                stop(Stop.DRAIN)
        if not work.cancelled():
            work.result()

    async def _work(self, job: ReportJob) -> None:
        try:
            await Run(self._shop, job, self._leaving).work()
            _log.info("report_job.completed")
        except Fenced:
            await self._after_stop(job, Stop.CANCEL)
        except Leaving:
            await self._after_stop(job, Stop.DRAIN)
        except CannotReport as reason:
            await self._fail(job, message=str(reason), details=repr(reason))
        except Exception as error:  # noqa: BLE001  # whatever it is, the job must not hang
            if is_database_trouble(error):
                _log.warning("report_job.database_lost", error=type(error).__name__)
                await self._after_stop(job, Stop.TROUBLE)
            else:
                _log.exception("report_job.failed")
                await self._fail(job, message=rules.BROKEN, details=tracebacks.told(error))

    async def _fail(self, job: ReportJob, *, message: str, details: str) -> None:
        async def write() -> None:
            async with self._shop.database.transaction() as session:
                failed = await claims.fail(
                    session, job.id, attempt=job.attempt, message=message, details=details
                )
                if failed is None:
                    await claims.cancelled(session, job.id, job.attempt)

        await self._insist(write)

    async def _after_stop(self, job: ReportJob, reason: Stop) -> None:
        """The run has stopped: write down what that means for the job, if it is still ours."""

        async def write() -> None:
            async with self._shop.database.transaction() as session:
                if await claims.cancelled(session, job.id, job.attempt) is not None:
                    _log.info("report_job.cancelled")
                    return
                if reason in (Stop.DRAIN, Stop.TROUBLE):
                    await self._give_back(session, job, ring=reason is Stop.DRAIN)

        if reason is not Stop.LOST:
            await self._insist(write)

    async def _give_back(self, session: AsyncSession, job: ReportJob, *, ring: bool) -> None:
        given = await claims.give_back(session, job.id, job.attempt)
        if given is None:
            return
        # After trouble the sweep rings, some seconds later: ringing at once could spin.
        if ring:
            bell = await self._doorbell.ring(session, job.id)
            await claims.note_doorbell(session, job.id, bell)
        _log.info("report_job.given_back")

    async def _insist(self, write: Callable[[], Awaitable[None]]) -> None:
        """Try for a minute while the database is away; then the lease runs out by itself."""
        try:
            await insisted(write, self._shop.clock)
        except Exception as error:
            if not is_database_trouble(error):
                raise
            _log.error("report_job.left_to_the_sweep")  # nothing to mend here


def _names(job: ReportJob) -> dict[str, Any]:
    """What each log line of a run carries."""
    names = {"job_id": str(job.id), "user_id": str(job.user_id), "attempt": job.attempt}
    return names if job.request_id is None else names | {"request_id": job.request_id}


async def sweep(database: Database, doorbell: Doorbell) -> int:
    """Look after jobs nobody works on; returns how many. It never runs one, it rings again."""
    async with database.transaction() as session:
        orphans = await claims.lock_orphans(session)
        for job in orphans:
            status = Status(job.status).name
            try:
                async with session.begin_nested():
                    await _look_after(session, job, doorbell)
            except DBAPIError as error:
                if is_database_trouble(error):
                    raise
                # One job that cannot be helped must not keep the others from being helped.
                _log.exception("report_job.not_swept", job_id=str(job.id), status=status)
            else:
                _log.warning("report_job.swept", job_id=str(job.id), status=status)
    return len(orphans)


async def _look_after(session: AsyncSession, job: ReportJob, doorbell: Doorbell) -> None:
    if Status(job.status) is Status.CancellationRequested:
        await claims.cancelled(session, job.id, job.attempt)
    elif not await claims.fail_if_it_kills(session, job):
        bell = await doorbell.ring(session, job.id)
        await claims.note_doorbell(session, job.id, bell)


async def keep_sweeping(
    database: Database, doorbell: Doorbell, *, turned: Callable[[], None]
) -> None:
    """Sweep every second until cancelled, whatever the database does.

    `turned` is told of each round.
    """
    while True:
        turned()
        try:
            await sweep(database, doorbell)
        except Exception as error:  # noqa: BLE001  # a sweep that ended would leave zombies
            if not is_database_trouble(error):
                _log.exception("report_job.sweep_failed")
        await asyncio.sleep(rules.SWEEP_SECONDS)
