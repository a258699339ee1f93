"""A connection that changes jobs and says so, as a worker's does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tests.support.processes import Stack

from expenseflow.infra.db import Database
from expenseflow.report_jobs.live.announcing import Announcer


@asynccontextmanager
async def announced(
    stack: Stack, *, pool_size: int, is_announced: bool = True
) -> AsyncGenerator[Database]:
    """The database; the API hears of what is committed, unless it is not `is_announced`."""
    dsn = stack.env["EXPENSEFLOW_DATABASE_URL"]
    announcer = Announcer(dsn)
    info = announcer.info if is_announced else None
    database = Database(dsn, pool_size=pool_size, info=info)
    saying = asyncio.create_task(announcer.run())
    try:
        yield database
    finally:
        saying.cancel()
        await asyncio.gather(saying, return_exceptions=True)
        await database.close()
