"""Old jobs go a portion at a time, whatever else holds them."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from tests.support import workers

from expenseflow.infra.db import Database
from expenseflow.report_jobs.repository import jobs


async def _finished(db: Database, *ages: int) -> list[UUID]:
    """A person's finished jobs of one line, which ended so many days ago."""
    user = await workers.a_month(db, "STARBUCKS 0423 SEATTLE WA")
    found: list[UUID] = []
    async with workers.bench(db) as bench:
        for days in ages:
            job = await bench.finished(user, await bench.start_job(user))
            await _change(
                db,
                "UPDATE report_generation_jobs SET completed_at = completed_at"
                " - make_interval(days => :days) WHERE id = :id",
                id=job.id,
                days=days,
            )
            found.append(job.id)
    return found


async def _change(db: Database, statement: str, **values: object) -> None:
    async with db.transaction() as session:
        await session.execute(text(statement), values)


async def _left(db: Database) -> set[UUID]:
    async with db.transaction() as session:
        return set(await session.scalars(text("SELECT id FROM report_generation_jobs")))


async def _delete(db: Database, *, limit: int) -> int:
    async with db.transaction() as session:
        cutoff = await session.scalar(text("SELECT clock_timestamp()")) - timedelta(days=30)
        return await jobs.delete_older_than(session, cutoff, limit=limit)


async def test_no_more_jobs_go_at_once_than_asked_the_oldest_first(db: Database) -> None:
    middle, oldest, youngest = await _finished(db, 40, 50, 31)
    assert await _delete(db, limit=1) == 1
    assert await _left(db) == {middle, youngest}
    assert await _delete(db, limit=2) == 2
    assert await _delete(db, limit=2) == 0
    assert oldest not in await _left(db)


async def test_an_old_job_that_somebody_uses_is_left_for_the_next_time(db: Database) -> None:
    used, free = await _finished(db, 50, 40)
    async with db.transaction() as session:
        await session.execute(
            text("SELECT id FROM report_generation_jobs WHERE id = :id FOR KEY SHARE"),
            {"id": used},
        )
        assert await _delete(db, limit=10) == 1
    assert await _left(db) == {used}
    assert free not in await _left(db)


async def test_every_reference_to_jobs_and_transactions_has_an_index(db: Database) -> None:
    """Without one, each deleted row reads the whole table that refers to it."""
    async with db.transaction() as session:
        bare = await session.scalars(
            text(
                "SELECT conrelid::regclass || '.' || attname FROM pg_constraint AS fk"
                " JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
                " WHERE contype = 'f' AND conrelid::regclass::text NOT LIKE 'procrastinate%'"
                " AND confrelid IN ('report_generation_jobs'::regclass, 'transactions'::regclass,"
                "                   'statements'::regclass, 'expense_reports'::regclass)"
                " AND NOT EXISTS (SELECT FROM pg_index"
                "                 WHERE indrelid = conrelid AND indkey[0] = conkey[1])"
            )
        )
        assert list(bare) == []
