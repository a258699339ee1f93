"""`expenseflow report`: a month becomes a report while you watch."""

import asyncio
import contextlib
import json
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import typer

from expenseflow.app import server, startup
from expenseflow.app.cli import common
from expenseflow.app.cli.common import Failed, UserOption
from expenseflow.app.cli.progress import FINISHED, JobProgress, seconds_taken, tiers
from expenseflow.app.server import Stopper
from expenseflow.app.wiring import Parts
from expenseflow.identity import service as identity
from expenseflow.infra.db import after_commit
from expenseflow.infra.settings import Settings
from expenseflow.report_jobs import cancels, service, tasks
from expenseflow.report_jobs.errors import JobFinished
from expenseflow.report_jobs.schemas import job_out
from expenseflow.report_jobs.service import JobView

Job = dict[str, Any]
LOOK_EVERY = 0.1
GRACE = 0.5
"""Jobs of others that our worker took are handed back this soon."""
DATABASE_PATIENCE = 30.0


def report(
    period: Annotated[
        str, typer.Argument(metavar="PERIOD", callback=common.period, help="Such as 2026-01.")
    ],
    user: UserOption,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the finished job as JSON, for machines.")
    ] = False,
) -> int:
    """Make the report of a month, live.

    Ctrl-C cancels the job.
    """
    settings = common.begin()
    with startup.open_database(settings) as dsn:
        job = server.run(_report(settings, dsn, user, period))
    if as_json:
        print(json.dumps(job, indent=2))
    if job["status"] == "Cancelled":
        return server.INTERRUPTED
    if job["status"] == "Failed":
        raise Failed(job["errorMessage"] or job["statusMessage"])
    if not as_json:
        _tell(job)
    return 0


async def _report(settings: Settings, dsn: str, user: str, period: str) -> Job:
    with Stopper().listening() as stopper:
        async with server.parts_of(settings, dsn) as parts:
            user_id, job_id = await _request(parts, user, period)
            stop_working = asyncio.Event()
            worker = asyncio.create_task(server.keep_working(parts, stop_working, grace=GRACE))
            try:
                with JobProgress(common.stderr(), parts.clock) as progress:
                    return await _watch(parts, user_id, job_id, stopper, progress)
            finally:
                stop_working.set()
                await worker


async def _request(parts: Parts, user: str, period: str) -> tuple[UUID, UUID]:
    async with parts.database.transaction() as session:
        person = await identity.ensure_user(session, user, now=parts.clock.now())
        view = await service.request_report(
            session, person.id, period, doorbell=parts.queue, limit=parts.post_limit
        )
        return person.id, view.job.id


async def _watch(
    parts: Parts, user_id: UUID, job_id: UUID, stopper: Stopper, progress: JobProgress
) -> Job:
    """Show the job until it has finished; cancel it when we are told to stop."""
    cancelled = False
    while True:
        job = await _look(parts, user_id, job_id)
        progress.show(job)
        if job["status"] in FINISHED:
            return job
        if stopper.stopping.is_set() and not cancelled:
            cancelled = True
            await _cancel(parts, user_id, job_id)
        await _pause(None if cancelled else stopper.stopping)


async def _pause(stopping: asyncio.Event | None) -> None:
    if stopping is None:
        await asyncio.sleep(LOOK_EVERY)
        return
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), LOOK_EVERY)


async def _look(parts: Parts, user_id: UUID, job_id: UUID) -> Job:
    """The job as the API would show it; waits for a database that is starting again."""
    give_up = parts.clock.monotonic() + DATABASE_PATIENCE
    while True:
        try:
            async with parts.database.transaction() as session:
                return _wire(await service.get(session, user_id, job_id))
        except Exception as error:
            if not tasks.is_database_trouble(error) or parts.clock.monotonic() > give_up:
                raise
            await asyncio.sleep(LOOK_EVERY)


async def _cancel(parts: Parts, user_id: UUID, job_id: UUID) -> None:
    with contextlib.suppress(JobFinished):
        async with parts.database.transaction() as session:
            await service.cancel(session, user_id, job_id)
            after_commit(session, partial(cancels.notify, parts.database, job_id))


def _wire(view: JobView) -> Job:
    return job_out(view).model_dump(mode="json", by_alias=True)


def _tell(job: Job) -> None:
    flagged = job["failedLines"]
    print(f"{job['period']}: {job['totalLines']} lines in {seconds_taken(job):.1f} s: {tiers(job)}")
    if flagged:
        print(f"{flagged} of them need a look: nothing could settle them")
    print(f"Report {job['generatedReportId']}")
    print(f"As a file: expenseflow export {job['generatedReportId']} --format xlsx")
