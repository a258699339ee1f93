"""A provider that is missing, down, slow or wrong never fails a job; over a real socket."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support import factories, workers
from tests.support.simulator import completer

from expenseflow.infra.db import Database
from expenseflow.pacing.messages import Policy
from expenseflow.report_jobs import cancels, rules
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import Status
from expenseflow.simulator import Simulator, behaviour
from expenseflow.simulator.behaviour import Rule
from expenseflow.simulator.provider import Latency

OPEN = Policy(requests_per_minute=60_000, window=60.0)
"""A provider whose limit is known and far away."""


@pytest.fixture
async def provider() -> AsyncGenerator[Simulator]:
    with Simulator() as running:
        yield running


async def _run(
    db: Database,
    provider: Simulator,
    user: UUID,
    *,
    deadline: float = 600,
    patience: float = 120,
    timeout_s: float = 60,
    policy: Policy = OPEN,
) -> ReportJob:
    async with (
        completer(provider, timeout_s=timeout_s) as client,
        workers.bench(
            db, completer=client, deadline=deadline, patience=patience, policy=policy
        ) as bench,
    ):
        return await bench.finished(user, await bench.start_job(user))


async def _reasons(db: Database, job: ReportJob) -> Counter[str | None]:
    async with db.transaction() as session:
        rows = await session.execute(
            text("SELECT review_reason FROM report_job_lines WHERE job_id = :id"), {"id": job.id}
        )
        return Counter(reason for (reason,) in rows)


async def test_distinct_merchants_are_asked_once_however_many_lines_they_have(
    db: Database, provider: Simulator
) -> None:
    user = await workers.a_month(db, *factories.merchants(25, each=4))
    job = await _run(db, provider, user)
    assert (job.status, job.total_lines, job.model_lines) == (Status.Completed, 100, 100)
    assert sum(len(call.descriptions) for call in provider.calls) == 25
    assert set(provider.asked.values()) == {1}
    assert (job.calls, job.rejected_calls, job.retry_count) == (len(provider.calls), 0, 0)
    assert job.prompt_tokens == sum(call.prompt_tokens for call in provider.calls)
    assert job.completion_tokens == sum(call.completion_tokens for call in provider.calls)


async def test_no_more_calls_at_a_time_than_the_settings_allow(
    db: Database, provider: Simulator
) -> None:
    provider.provider.latency = Latency(base=0.1)
    user = await workers.a_month(db, *factories.merchants(200))
    await _run(db, provider, user, policy=replace(OPEN, max_concurrency=4))
    spans = [(call.at, call.finished_at) for call in provider.calls]
    busiest = max(
        sum(1 for start, end in spans if start <= moment < (end or moment + 1))
        for moment, _ in spans
    )
    assert 2 <= busiest <= 4


async def test_paid_answers_are_never_asked_again(db: Database, provider: Simulator) -> None:
    user = await workers.a_month(db, *factories.merchants(12))
    await _run(db, provider, user)
    asked = len(provider.calls)
    job = await _run(db, provider, user)
    assert job.status == Status.Completed
    assert (job.model_lines, job.calls) == (12, 0)
    assert len(provider.calls) == asked


WRONG: dict[str, Sequence[Rule]] = {
    "every answer malformed": [behaviour.malformed()],
    "every answer cut off": [behaviour.truncated()],
    "codes that are not in the lists": [behaviour.foreign_codes()],
    "no choices": [behaviour.no_choices()],
    "a proxy's page": [behaviour.not_json()],
    "the key is refused": [behaviour.status(401)],
    "no such model": [behaviour.status(404)],
    "no credit": [behaviour.no_credit()],
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_provider_leaves_flagged_lines_not_a_failed_job(
    wrong: str, db: Database, provider: Simulator
) -> None:
    provider.script(*WRONG[wrong])
    user = await workers.a_month(db, "QZA HOLDINGS", "QZB HOLDINGS", "STARBUCKS 0423 SEATTLE WA")
    job = await _run(db, provider, user, patience=1)
    assert job.status == Status.Completed
    assert job.processed_lines == job.total_lines == 3
    assert job.failed_lines + job.rule_lines + job.model_lines == 3
    reasons = await _reasons(db, job)
    assert all(reason is None or reason[0].isupper() for reason in reasons)
    assert "401 requests" not in str(reasons)


async def test_a_provider_that_is_down_flags_the_rest_after_its_patience(
    db: Database, provider: Simulator
) -> None:
    provider.refuse()
    user = await workers.a_month(db, *factories.merchants(30))
    job = await _run(db, provider, user, patience=1)
    assert (job.status, job.failed_lines) == (Status.Completed, 30)
    assert await _reasons(db, job) == {"The AI service is not available": 30}


async def test_a_short_outage_loses_nothing(db: Database, provider: Simulator) -> None:
    provider.script(behaviour.status(503, first=3))
    user = await workers.a_month(db, *factories.merchants(30))
    job = await _run(db, provider, user)
    assert (job.status, job.model_lines, job.failed_lines) == (Status.Completed, 30, 0)


async def test_a_limit_is_waited_for(db: Database, provider: Simulator) -> None:
    provider.script(behaviour.limited(first=2, retry_after="1"))
    user = await workers.a_month(db, *factories.merchants(10))
    job = await _run(db, provider, user)
    assert (job.status, job.model_lines) == (Status.Completed, 10)
    assert 1 <= job.rejected_calls <= 2
    assert job.waited_seconds >= 0.9


async def test_a_hanging_provider_ends_at_the_deadline(db: Database, provider: Simulator) -> None:
    provider.script(behaviour.hang(contains="QZB"))
    user = await workers.a_month(db, *factories.merchants(9), "STARBUCKS 0423 SEATTLE WA", "QZB X")
    job = await _run(db, provider, user, deadline=2)
    assert job.status == Status.Completed
    assert job.processed_lines == 11
    reasons = await _reasons(db, job)
    assert reasons["The time limit for generating the report was reached"] >= 1


async def test_a_cancel_drops_the_call_in_flight(db: Database, provider: Simulator) -> None:
    provider.script(behaviour.hang())
    user = await workers.a_month(db, *factories.merchants(10))
    async with (
        completer(provider) as client,
        workers.bench(db, completer=client) as bench,
    ):
        job_id = await bench.start_job(user)
        running = asyncio.create_task(bench.runner.answer(job_id))
        await workers.until(lambda: _called(provider))
        assert await bench.cancel(user, job_id) is Status.CancellationRequested
        await asyncio.wait_for(running, 5)
        job = await bench.job(user, job_id)
        assert job.status == Status.Cancelled
        await workers.until(lambda: _abandoned(provider))


async def test_a_cancel_is_notified_to_the_worker(db: Database, provider: Simulator) -> None:
    provider.script(behaviour.hang())
    user = await workers.a_month(db, *factories.merchants(10))
    async with (
        completer(provider) as client,
        workers.bench(db, completer=client, beat=3600) as bench,
    ):
        listening = asyncio.create_task(cancels.listen(db.dsn, bench.keeper))
        await workers.until(lambda: _listens(db))
        job_id = await bench.start_job(user)
        running = asyncio.create_task(bench.runner.answer(job_id))
        await workers.until(lambda: _called(provider))
        await bench.cancel(user, job_id)
        await cancels.notify(db, job_id)
        await asyncio.wait_for(running, 5)
        assert (await bench.job(user, job_id)).status == Status.Cancelled
        listening.cancel()
        await asyncio.wait({listening})


async def test_a_run_that_lost_its_claim_stops_and_writes_nothing(
    db: Database, provider: Simulator
) -> None:
    provider.script(behaviour.hang())
    user = await workers.a_month(db, *factories.merchants(10))
    async with (
        completer(provider) as client,
        workers.bench(db, completer=client) as bench,
    ):
        job_id = await bench.start_job(user)
        running = asyncio.create_task(bench.runner.answer(job_id))
        await workers.until(lambda: _called(provider))
        async with db.transaction() as session:
            await session.execute(text("UPDATE report_generation_jobs SET attempt = attempt + 1"))
        await asyncio.wait_for(running, 5)
        job = await bench.job(user, job_id)
        assert (job.status, job.processed_lines) == (Status.Processing, 0)
        assert not bench.keeper.busy


async def test_an_estimate_is_shown_once_something_was_measured(
    db: Database, provider: Simulator
) -> None:
    provider.script(behaviour.hang(after=3))
    user = await workers.a_month(db, *factories.merchants(60))
    async with (
        completer(provider) as client,
        workers.bench(db, completer=client) as bench,
    ):
        job_id = await bench.start_job(user)
        running = asyncio.create_task(bench.runner.answer(job_id))

        async def moved() -> bool:
            return (await bench.job(user, job_id)).processed_lines >= 3

        await workers.until(moved)
        job = await bench.job(user, job_id)
        assert job.estimated_completion_at is not None
        assert job.started_at is not None
        assert job.estimated_completion_at > job.started_at
        await bench.cancel(user, job_id)
        await asyncio.wait_for(running, 5)
    assert (await bench.job(user, job_id)).estimated_completion_at is None


async def test_takeovers_with_progress_in_between_never_fail_a_job(
    db: Database, provider: Simulator
) -> None:
    """Each time the worker is gone (no beats) after one more answer; the next takes over."""
    user = await workers.a_month(db, *factories.merchants(60))
    async with (
        completer(provider) as client,
        workers.bench(db, completer=client, beat=3600, policy=OPEN) as bench,
    ):
        job_id = await bench.start_job(user)
        runs: list[asyncio.Task[None]] = []
        for _ in range(rules.MAX_CRASHES + 2):
            before, settled = len(provider.calls), (await bench.job(user, job_id)).processed_lines
            provider.script(behaviour.hang(after=before + 1))
            runs.append(await _taken_over(bench, db, user, job_id))
            await workers.until(partial(_processed, bench, user, job_id, settled + 1))
            # Calls of this run that leave later must not be taken for those of the next.
            await workers.until(partial(_asked, provider, before, 60 - settled))
        provider.script()
        await asyncio.wait_for(await _taken_over(bench, db, user, job_id), 10)
        job = await bench.job(user, job_id)
        await asyncio.wait_for(asyncio.gather(*runs), 5)
    assert (job.status, job.model_lines) == (Status.Completed, 60)
    assert job.attempt == rules.MAX_CRASHES + 3


async def _processed(bench: workers.Bench, user: UUID, job_id: UUID, lines: int) -> bool:
    return (await bench.job(user, job_id)).processed_lines >= lines


async def _taken_over(
    bench: workers.Bench, db: Database, user: UUID, job_id: UUID
) -> asyncio.Task[None]:
    """The next run. The one before is not really gone: its news may renew the lease meanwhile."""
    attempt = (await bench.job(user, job_id)).attempt
    while True:
        await _expire(db)
        run = asyncio.create_task(bench.runner.answer(job_id))
        while not run.done():
            if (await bench.job(user, job_id)).attempt > attempt:
                return run
            await asyncio.sleep(0.01)


async def _expire(db: Database) -> None:
    async with db.transaction() as session:
        await session.execute(
            text(
                "UPDATE report_generation_jobs SET"
                " lease_expires_at = clock_timestamp() - interval '1 ms'"
            )
        )


async def _asked(provider: Simulator, before: int, lines: int) -> bool:
    return sum(len(call.descriptions) for call in provider.calls[before:]) >= lines


async def _called(provider: Simulator) -> bool:
    return bool(provider.calls)


async def _abandoned(provider: Simulator) -> bool:
    return all(call.abandoned for call in provider.calls)


async def _listens(db: Database) -> bool:
    async with db.transaction() as session:
        found = await session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name ="
                " 'expenseflow cancels' AND query LIKE 'LISTEN%'"
                " AND datname = current_database()"
            )
        )
        return bool(found)
