"""A database is closed when everybody has given their connection back."""

import asyncio

from sqlalchemy import text

from expenseflow.infra.db import Database


async def test_whoever_still_has_a_connection_is_waited_for(db: Database) -> None:
    database = Database(db.dsn, pool_size=1)
    has_one, lets_go = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
            has_one.set()
            await lets_go.wait()

    working = asyncio.create_task(work())
    await has_one.wait()
    closing = asyncio.create_task(database.close())
    asyncio.get_running_loop().call_later(0.1, lets_go.set)
    await closing
    assert working.done()
    await working
