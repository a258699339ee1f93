"""What is old goes, and nothing else."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support import factories, workers
from tests.support.workers import Bench

from expenseflow.infra import queue
from expenseflow.infra.db import Database
from expenseflow.report_jobs.errors import JobNotFound
from expenseflow.report_jobs.upkeep import retention


async def _count(db: Database, table: str) -> int:
    async with db.transaction() as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608  # a name from a test


async def _finished_days_ago(db: Database, job_id: UUID, days: int) -> None:
    async with db.transaction() as session:
        await session.execute(
            text(
                "UPDATE report_generation_jobs SET completed_at = "
                "clock_timestamp() - make_interval(days => :days) WHERE id = :id"
            ),
            {"days": days, "id": job_id},
        )


async def _report(bench: Bench, user: UUID, *, days_ago: int) -> UUID:
    job = await bench.finished(user, await bench.start_job(user))
    await _finished_days_ago(bench.database, job.id, days_ago)
    return job.id


async def _jobs(db: Database) -> set[UUID]:
    async with db.transaction() as session:
        return set(await session.scalars(text("SELECT id FROM report_generation_jobs")))


async def test_old_finished_jobs_go_with_their_lines_and_reports_stay(db: Database) -> None:
    user = await workers.a_month(db, *factories.merchants(3))
    async with workers.bench(db) as bench:
        await _report(bench, user, days_ago=31)
        young = await _report(bench, user, days_ago=29)
        lines = await _count(db, "report_lines")

        await retention.forget_old(db, days=30)

    assert await _jobs(db) == {young}
    assert await _count(db, "report_job_lines") == 3
    assert await _count(db, "expense_reports") == 1
    assert await _count(db, "report_lines") == lines == 3


async def test_a_job_that_has_not_finished_stays_however_old(db: Database) -> None:
    user = await workers.a_month(db, "QZA HOLDINGS")
    async with workers.bench(db) as bench:
        waiting = await bench.start_job(user)
    async with db.transaction() as session:
        await session.execute(
            text("UPDATE report_generation_jobs SET created_at = created_at - interval '1 year'")
        )

    await retention.forget_old(db, days=30)

    assert await _jobs(db) == {waiting}


async def test_a_retry_outlives_the_job_it_took_over_from(db: Database) -> None:
    user = await workers.a_month(db, "QZA HOLDINGS", "STARBUCKS 0423 SEATTLE WA")
    async with workers.bench(db) as bench:
        first = await bench.finished(user, await bench.start_job(user))
        second = await bench.finished(user, await bench.retry(user, first.id))
    await _finished_days_ago(db, first.id, 40)

    await retention.forget_old(db, days=30)

    assert await _jobs(db) == {second.id}


async def test_more_than_one_batch_goes(db: Database) -> None:
    user = await workers.a_month(db, "QZA HOLDINGS")
    async with db.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO report_generation_jobs (id, user_id, period, status, completed_at,"
                " created_at) SELECT gen_random_uuid(), :user, '2020-01', 4, moment, moment "
                "FROM (SELECT clock_timestamp() - interval '40 days') AS t(moment), "
                "generate_series(1, :count)"
            ),
            {"user": user, "count": 2 * retention.AT_ONCE + 1},
        )

    await retention.forget_old(db, days=30)

    assert await _jobs(db) == set()


async def test_keys_answers_and_sign_ins_that_are_of_no_use_go(db: Database) -> None:
    user = await workers.a_month(db, "QZA HOLDINGS")
    async with workers.bench(db) as bench:
        job = await bench.start_job(user)
    async with db.transaction() as session:
        values = {"user": user, "job": job}
        for age, key in (("25 hours", "old"), ("23 hours", "young")):
            await session.execute(
                text(
                    "INSERT INTO idempotency_keys VALUES (:user, :key, 'h', :job, '{}',"
                    " clock_timestamp() - CAST(:age AS interval))"
                ),
                {**values, "age": age, "key": key},
            )
        for age, key in (("181 days", "OLD"), ("179 days", "YOUNG")):
            await session.execute(
                text(
                    "INSERT INTO kept_answers (user_id, merchant_key, sign, context_hash, gl_code,"
                    " department_code, vendor, description, confidence, created_at) VALUES (:user,"
                    " :key, 1, 'c', '60100', '07', 'V', 'D', 0.9,"
                    " clock_timestamp() - CAST(:age AS interval))"
                ),
                {"user": user, "age": age, "key": key},
            )
        for age in ("-1 minute", "1 minute"):
            await session.execute(
                text(
                    "INSERT INTO sign_ins (id, user_id, created_at, expires_at) VALUES"
                    " (gen_random_uuid(), :user, clock_timestamp(),"
                    " clock_timestamp() + CAST(:age AS interval))"
                ),
                {"user": user, "age": age},
            )

    await retention.forget_old(db, days=30)

    assert await _count(db, "idempotency_keys") == 1
    assert await _count(db, "kept_answers WHERE merchant_key = 'YOUNG'") == 1
    assert await _count(db, "kept_answers") == 1
    assert await _count(db, "sign_ins") == 1


async def test_engine_rows_of_dead_workers_are_swept_and_waiting_ones_stay(db: Database) -> None:
    async with db.transaction() as session:
        dead, alive = [
            await session.scalar(
                text(
                    "INSERT INTO procrastinate_workers (last_heartbeat) VALUES "
                    "(now() - CAST(:age AS interval)) RETURNING id"
                ),
                {"age": age},
            )
            for age in ("2 minutes", "1 second")
        ]
        for status, worker in (
            ("doing", dead), ("doing", alive), ("doing", None), ("todo", None), ("succeeded", None),
        ):  # fmt: skip
            await session.execute(
                text(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
                    " VALUES (:q, :task, CAST(:status AS procrastinate_job_status), :worker)"
                ),
                {"q": queue.QUEUE, "task": queue.DOORBELL, "status": status, "worker": worker},
            )

    await retention.sweep_engine(db)

    async with db.transaction() as session:
        left = await session.execute(text("SELECT status::text, worker_id FROM procrastinate_jobs"))
        assert {(row[0], row[1]) for row in left} == {("doing", alive), ("todo", None)}
        beating = await session.scalars(text("SELECT id FROM procrastinate_workers"))
        assert dead not in set(beating)


async def test_a_retry_of_what_is_being_deleted_finds_nothing(db: Database) -> None:
    user = await workers.a_month(db, "QZA HOLDINGS")
    async with workers.bench(db) as bench:
        old = await _report(bench, user, days_ago=40)
        async with db.transaction() as session:
            await session.execute(
                text("DELETE FROM report_generation_jobs WHERE id = :id"), {"id": old}
            )
            retrying = asyncio.create_task(bench.retry(user, old))
            await workers.until(lambda: _somebody_waits(db))
        with pytest.raises(JobNotFound):
            await retrying


async def _somebody_waits(db: Database) -> bool:
    async with db.transaction() as session:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()"
        )
        return bool(await session.scalar(waiting))
