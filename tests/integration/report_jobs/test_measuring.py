"""What happens to jobs is counted once it is committed; how they stand is read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text, update
from tests.support import factories, workers
from tests.support.simulator import completer
from tests.support.workers import PERIOD

from expenseflow.infra.db import Database
from expenseflow.infra.metrics.process import Metrics
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs import measuring, numbers
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.repository import claims, jobs
from expenseflow.report_jobs.rules import Status
from expenseflow.simulator import Simulator
from expenseflow.simulator import behaviour as does

_JOB = "expenseflow_report_job"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def measured(db: Database, metrics: Metrics) -> AsyncIterator[Database]:
    """The test's database; what is committed there is counted."""
    database = Database(db.dsn, info=measuring.info(metrics.work))
    metrics.pools.add("test", database.pool)
    yield database
    await database.close()


def _value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


async def test_a_completed_job_counts_its_start_its_end_and_its_lines(
    measured: Database, metrics: Metrics
) -> None:
    user = await workers.a_month(measured, *factories.merchants(3))
    async with workers.bench(measured) as bench:
        job_id = await bench.start_job(user)

        async def completed() -> bool:  # a run that lost its lease is taken up again
            return (await bench.finished(user, job_id)).status == Status.Completed

        await workers.until(completed)
    assert _value(metrics, f"{_JOB}_start_seconds_count") == 1
    assert _value(metrics, f"{_JOB}_seconds_count", status="Completed") == 1
    assert _value(metrics, f"{_JOB}_seconds_count", status="Failed") == 0
    lines = [_value(metrics, "expenseflow_report_lines_total", tier=tier)
             for tier in ("rule", "memory", "similar", "model", "manual")]  # fmt: skip
    assert sum(filter(None, lines)) == 3


async def test_a_running_job_that_is_cancelled_counts_how_long_that_took(
    measured: Database, metrics: Metrics
) -> None:
    user = await workers.a_month(measured, *factories.merchants(2))
    async with (
        Simulator(does.hang()) as provider,
        completer(provider) as client,
        workers.bench(measured, completer=client) as bench,
    ):
        job_id = await bench.start_job(user)
        run = asyncio.create_task(bench.runner.answer(job_id))
        await workers.until(lambda: _asked(provider))
        assert await bench.cancel(user, job_id) is Status.CancellationRequested
        await run
        job = await bench.job(user, job_id)
    assert _value(metrics, f"{_JOB}_cancel_seconds_count") == 1
    assert job.cancel_requested_at is not None
    assert job.completed_at is not None
    took = (job.completed_at - job.cancel_requested_at).total_seconds()
    assert _value(metrics, f"{_JOB}_cancel_seconds_sum") == pytest.approx(took)


async def _asked(provider: Simulator) -> bool:
    return bool(provider.calls)


async def test_what_is_rolled_back_is_not_counted(measured: Database, metrics: Metrics) -> None:
    user = await workers.a_month(measured, *factories.merchants(1))
    async with workers.bench(measured) as bench:
        job_id = await bench.start_job(user)

    async def claim_in_vain() -> None:
        async with measured.transaction() as session:
            assert await claims.claim(session, job_id) is not None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await claim_in_vain()
    assert _value(metrics, f"{_JOB}_start_seconds_count") == 0


async def test_who_scales_workers_by_the_database_sees_how_long_jobs_wait(db: Database) -> None:
    """With the query of the guide."""
    guide = (Path(__file__).parents[3] / "docs/howto/deploy.md").read_text()
    block = guide.split("```yaml\n", 1)[1].split("```", 1)[0]
    [trigger] = yaml.safe_load(block)
    query = text(trigger["metadata"]["query"])
    user = await workers.a_month(db, *factories.merchants(1))
    async with workers.bench(db) as bench, db.transaction() as session:
        assert await session.scalar(query) == 0
        await _make_older(db, await bench.start_job(user), "created_at")
    async with db.transaction() as session:
        told = await session.scalar(query)
        assert told is not None
        assert float(told) == (await numbers.unfinished(session)).longest_wait > 0


async def test_how_long_jobs_wait_and_run_is_told(db: Database) -> None:
    user = await workers.a_month(db, *factories.merchants(1))
    async with workers.bench(db) as bench:
        await _make_older(db, await bench.start_job(user), "created_at")
        async with db.transaction() as session:
            waiting = await numbers.unfinished(session)
        assert waiting.by_status == {"Pending": 1, "Processing": 0, "CancellationRequested": 0}
        assert 3600 <= waiting.longest_wait < 7200
        assert waiting.longest_run == 0
        assert waiting.leased == 0
    await _runs(db)


async def _runs(db: Database) -> None:
    async with db.transaction() as session:
        job_id = await session.scalar(text("SELECT id FROM report_generation_jobs"))
        assert await claims.claim(session, job_id) is not None
    await _make_older(db, job_id, "started_at")
    async with db.transaction() as session:
        running = await numbers.unfinished(session)
    assert running.longest_wait == 0
    assert running.leased == 1
    assert 3600 <= running.longest_run < 7200
    await _make_older(db, job_id, "lease_expires_at")
    async with db.transaction() as session:
        orphaned = await numbers.unfinished(session)
    assert 3500 <= orphaned.longest_wait < 7200, "nobody has its lease"
    assert orphaned.by_status["Processing"] == 1
    assert orphaned.leased == 0, "its worker is gone"


async def _make_older(db: Database, job_id: object, column: str) -> None:
    an_hour_ago = {column: getattr(ReportJob, column) - timedelta(hours=1)}
    async with db.transaction() as session:
        await session.execute(update(ReportJob).where(ReportJob.id == job_id).values(an_hour_ago))


async def test_the_failure_rate_is_that_of_the_last_hour(db: Database) -> None:
    user = await workers.a_month(db, *factories.merchants(1))
    async with db.transaction() as session:
        now = await session.scalar(text("SELECT clock_timestamp()"))
        assert now is not None
        for status, hours in ((2, 0), (2, 0), (3, 0), (4, 0), (3, 2)):
            job = ReportJob(id=new_id(), user_id=user, period=PERIOD, created_at=now, status=status)
            job.completed_at = now - timedelta(hours=hours)
            session.add(job)
        await session.flush()
        finished = await numbers.finished_last_hour(session)
    assert finished == {"Completed": 2, "Failed": 1, "Cancelled": 1}
    assert numbers.failure_rate(finished) == pytest.approx(1 / 3)


async def test_a_pool_tells_who_has_and_who_wants_connections(
    measured: Database, metrics: Metrics
) -> None:
    async with measured.transaction() as session:
        await jobs.active_ids(session, [])
        assert _value(metrics, "expenseflow_database_pool_in_use", pool="test") == 1
    assert _value(metrics, "expenseflow_database_pool_in_use", pool="test") == 0
    assert _value(metrics, "expenseflow_database_pool_size", pool="test") == 10
    assert _value(metrics, "expenseflow_database_pool_waiting", pool="test") == 0


async def test_those_who_wait_for_a_connection_are_counted(db: Database) -> None:
    small = Database(db.dsn, pool_size=1)

    async def use() -> None:
        async with small.transaction() as session:
            await session.execute(text("SELECT 1"))

    async def two_wait() -> bool:
        return small.pool().waiting == 2

    async with asyncio.TaskGroup() as group, small.transaction() as session:
        await session.execute(text("SELECT 1"))
        group.create_task(use())
        group.create_task(use())
        await workers.until(two_wait)
        assert small.pool().in_use == 1
    assert small.pool().waiting == 0
    await small.close()
