"""`expenseflow report`: a month becomes a report while you watch."""

import asyncio
import contextlib
import itertools
import json
from collections import Counter
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import typer

from expenseflow.app import server, startup
from expenseflow.app.cli import common
from expenseflow.app.cli.common import UserOption
from expenseflow.app.cli.progress import (
    AI,
    FINISHED,
    SIMULATED_AI,
    JobProgress,
    seconds_taken,
    tiers,
)
from expenseflow.app.refusals import Failed
from expenseflow.app.server import Stopper
from expenseflow.app.wiring import Parts
from expenseflow.infra.db import Address, after_commit
from expenseflow.infra.settings import Settings
from expenseflow.kit.paging import PageRequest
from expenseflow.report_jobs import cancels, overview, service
from expenseflow.report_jobs.errors import ActiveJobExists, JobFinished
from expenseflow.report_jobs.schemas import job_out
from expenseflow.report_jobs.service import JobView
from expenseflow.report_jobs.trouble import is_database_trouble
from expenseflow.reports import service as reports
from expenseflow.reports.rules import NO_REASON
from expenseflow.reports.views import LineQuery

Job = dict[str, Any]
Reasons = Counter[str]
REASONS = 5
PAGE = 500
LOOK_EVERY = 0.1
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
    with startup.open_database(settings) as where:
        job, review, ai = server.run(_report(settings, where, user, period))
    if as_json:
        print(json.dumps(job, indent=2))
    if job["status"] == "Cancelled":
        return server.INTERRUPTED
    if job["status"] == "Failed":
        raise Failed(job["errorMessage"] or job["statusMessage"])
    if not as_json:
        _tell(job, review, user, ai=ai)
    return 0


async def _report(
    settings: Settings, where: Address, user: str, period: str
) -> tuple[Job, Reasons, str]:
    with Stopper().listening() as stopper:
        async with server.parts_of(settings, where) as parts:
            user_id, job_id = await _request(parts, user, period)
            stop_working = asyncio.Event()
            worker = asyncio.create_task(server.keep_working(parts, stop_working, only=job_id))
            async with server.announced(parts):
                try:
                    with JobProgress(common.stderr(), parts.clock) as progress:
                        job = await _watch(parts, user_id, job_id, stopper, progress)
                    return job, await _to_review(parts, user_id, job), await _ai_of(parts, job_id)
                finally:
                    stop_working.set()
                    await worker


async def _request(parts: Parts, user: str, period: str) -> tuple[UUID, UUID]:
    """A new job, or the one that is already under way: it may be that its worker has died."""
    async with parts.database.transaction() as session:
        person = await common.person(session, parts, user)
    try:
        async with parts.database.transaction() as session:
            view = await service.request_report(
                session, person.id, period, doorbell=parts.queue, limit=parts.post_limit
            )
            return person.id, view.job.id
    except ActiveJobExists as other:
        words = f"A report for {period} is already being generated; watching it."
        common.stderr().print(words, markup=False, soft_wrap=True)
        return person.id, UUID(str(other.fields["existing_job_id"]))


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
            if not is_database_trouble(error) or parts.clock.monotonic() > give_up:
                raise
            await asyncio.sleep(LOOK_EVERY)


async def _cancel(parts: Parts, user_id: UUID, job_id: UUID) -> None:
    with contextlib.suppress(JobFinished):
        async with parts.database.transaction() as session:
            await service.cancel(session, user_id, job_id)
            after_commit(session, partial(cancels.notify, parts.database, job_id))


def _wire(view: JobView) -> Job:
    return job_out(view).model_dump(mode="json", by_alias=True)


async def _to_review(parts: Parts, user_id: UUID, job: Job) -> Reasons:
    """Why lines of the report need a look, and how many of them."""
    found: Reasons = Counter()
    if job["generatedReportId"] is None:
        return found
    report_id = UUID(job["generatedReportId"])
    async with parts.database.transaction() as session:
        for number in itertools.count(1):
            wanted = PageRequest(page=number, page_size=PAGE)
            query = LineQuery(paging=wanted, needs_review=True)
            page = await reports.list_lines(session, user_id, report_id, query=query)
            found.update(line.review_reason or NO_REASON for line in page.items)
            if number * PAGE >= page.total_count:
                break
    return found


async def _ai_of(parts: Parts, job_id: UUID) -> str:
    """What the AI service that the job asked is called."""
    async with parts.database.transaction() as session:
        simulated = await overview.simulated_jobs(session, [job_id])
    return SIMULATED_AI if simulated else AI


def _tell(job: Job, review: Reasons, user: str, *, ai: str) -> None:
    report_id: str = job["generatedReportId"]
    lines = common.plural(job["totalLines"], "line", "lines")
    print(f"{job['period']}: {lines} in {seconds_taken(job):.1f} s: {tiers(job, ai=ai)}")
    if job["usage"]["calls"]:
        print(usage_words(job["usage"]))
    if review:
        print(review_words(review))
    print(f"Report {report_id}")
    link = common.command("sign-in-link", "--user", user)
    print(f"Look at it: {link} (while {common.command('serve')} runs)")
    print(f"As a file: {common.command('export', report_id, '--format', 'xlsx')}")


def review_words(review: Reasons) -> str:
    """How many lines need a look, and why: the commonest reasons, each with its number."""
    told = [f"{reason.rstrip('.')} ({count})" for reason, count in review.most_common(REASONS)]
    others = review.total() - sum(count for _, count in review.most_common(REASONS))
    if others:
        told.append(f"other reasons ({others})")
    lines = common.plural(review.total(), "line needs a look", "lines need a look")
    return f"{lines}: {'; '.join(told)}"


def usage_words(usage: dict[str, Any]) -> str:
    """What the AI service was asked and what it cost, in one line."""
    calls = common.plural(usage["calls"], "call", "calls")
    waited = f", {usage['waitedSeconds']:.0f} s held back" if usage["waitedSeconds"] >= 1 else ""
    return (
        f"AI service: {calls}, {usage['rejectedCalls']} rejected, "
        f"{usage['promptTokens']:,} + {usage['completionTokens']:,} tokens{waited}"
    )
