"""A server that accepts and then says nothing: every wait of ours ends by itself."""

import asyncio
import threading
import time
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from tests.support import lines, workers

from expenseflow.infra import db as databases
from expenseflow.infra.db import Database
from expenseflow.infra.patience import HURRIED, Patience
from expenseflow.report_jobs import leases
from expenseflow.report_jobs.leases import LeaseKeeper, Stop


async def test_a_statement_without_an_answer_ends(db: Database) -> None:
    async with lines.to_database(db.dsn) as line:
        behind = Database(line.dsn, pool_size=1, patience=Patience(answer=0.2, ping=0.2))
        async with behind.transaction() as session:
            await session.execute(text("SELECT 1"))
        line.hush()
        with pytest.raises(DBAPIError):
            async with asyncio.timeout(10), behind.transaction() as session:
                await session.execute(text("SELECT 1"))
        line.speak()
        async with behind.transaction() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        await behind.close()


async def test_work_that_takes_its_time_ends_when_the_server_falls_silent(db: Database) -> None:
    async with lines.to_database(db.dsn) as line:
        behind = Database(line.dsn, pool_size=1, patience=HURRIED)
        line.hushed_by = b"pg_sleep"
        started = time.monotonic()
        with pytest.raises(OperationalError):
            await _work(behind, seconds=0)
        assert time.monotonic() - started < 10  # nothing but the doubt ends it before 15 s
        line.speak()
        await behind.close()


async def test_work_that_takes_its_time_may_take_longer_than_a_request(db: Database) -> None:
    behind = Database(db.dsn, pool_size=1, patience=HURRIED)
    await _work(behind, seconds=2.5)
    await behind.close()


async def test_an_ordinary_statement_that_takes_long_is_ended_by_the_server(db: Database) -> None:
    behind = Database(db.dsn, pool_size=1, patience=HURRIED)
    with pytest.raises(OperationalError, match="statement timeout"):
        async with behind.request() as session:
            await session.execute(text("SELECT pg_sleep(30)"))
    async with behind.transaction() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await behind.close()


async def test_a_beat_without_an_answer_does_not_end_the_beats(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "BEAT_PATIENCE_SECONDS", 0.2)
    async with lines.to_database(db.dsn) as line:
        keeper, lost = LeaseKeeper(line.dsn, beat=0.02), threading.Event()
        keeper.hold(uuid4(), 1, lambda reason: lost.set() if reason is Stop.LOST else None)
        line.hush()
        keeper.start()
        await workers.until(lambda: _several(line))
        line.speak()
        await workers.until(lambda: _set(lost))
        await asyncio.to_thread(keeper.close)


async def _work(database: Database, *, seconds: float) -> None:
    async with database.request() as session:
        await databases.take_time(session)
        await session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


async def _several(line: lines.Line) -> bool:
    return line.connections >= 2


async def _set(event: threading.Event) -> bool:
    return event.is_set()
