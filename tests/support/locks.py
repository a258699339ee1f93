"""Whether anybody waits for a lock in a test's database."""

from sqlalchemy import text

from expenseflow.infra.db import Database

_WAITING = (
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE NOT granted AND datname = current_database()"
)


async def somebody_waits(db: Database) -> int:
    """How many wait; to be asked until somebody does."""
    async with db.transaction() as session:
        return await session.scalar(text(_WAITING)) or 0
