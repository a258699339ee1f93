"""A database is closed when everybody has given their connection back."""

import asyncio

import pytest
from sqlalchemy import text

from expenseflow.infra.db import Database


async def test_whoever_is_cancelled_still_gives_their_connection_back(db: Database) -> None:
    database = Database(db.dsn, pool_size=1)
    begun = asyncio.Event()

    async def work() -> None:
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
            begun.set()
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await begun.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await database.close()
    assert database.pool().in_use == 0
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not [task for task in others if "AsyncSession" in repr(task.get_coro())]
