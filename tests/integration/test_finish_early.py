"""What works long after its last question does not keep a connection from the others."""

from typing import cast

from sqlalchemy import func, select, text
from sqlalchemy.pool import QueuePool
from tests.support.reports import add_user

from expenseflow.identity.models import User
from expenseflow.infra.db import Database, after_commit, finish_early


async def test_a_finished_transaction_is_committed_and_holds_no_connection(db: Database) -> None:
    pool = cast("QueuePool", db.engine.pool)
    async with db.transaction() as session:
        await add_user(session)
        await finish_early(session)
        assert pool.checkedout() == 0
        async with db.transaction() as other:
            assert await other.scalar(select(func.count()).select_from(User)) == 1


async def test_what_waits_for_the_commit_still_runs_at_the_end(db: Database) -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("committed")

    async with db.transaction() as session:
        await session.execute(text("SELECT 1"))
        after_commit(session, tell)
        await finish_early(session)
    assert told == ["committed"]
