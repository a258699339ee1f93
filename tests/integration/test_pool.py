"""The pool of connections under load and in trouble: in turn, in time, and none is lost."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import exc, text
from tests.support import lines

from expenseflow.infra.db import Database
from expenseflow.infra.patience import HURRIED, PATIENT

TOLD_SECONDS = 4.0
"""Two are promised; a busy machine has more."""
Ask = Callable[[str], Awaitable[tuple[float, bool]]]


@pytest.fixture
async def small(db: Database) -> AsyncIterator[Database]:
    """Two connections."""
    database = Database(db.dsn, pool_size=2, patience=HURRIED)
    yield database
    await database.close()


def asking(database: Database) -> Ask:
    async def ask(statement: str) -> tuple[float, bool]:
        begun = time.monotonic()
        try:
            async with database.look() as session:
                await session.execute(text(statement))
        except (exc.TimeoutError, exc.DBAPIError):
            return time.monotonic() - begun, False
        return time.monotonic() - begun, True

    return ask


async def steadily(ask: Ask, statement: str, *, times: int) -> list[tuple[float, bool]]:
    """40 a second, whatever becomes of those before."""
    asked: list[asyncio.Task[tuple[float, bool]]] = []

    async def one() -> tuple[float, bool]:
        return await ask(statement)

    for _ in range(times):
        asked.append(asyncio.create_task(one()))
        await asyncio.sleep(0.025)
    return await asyncio.gather(*asked)


async def test_whoever_came_first_is_served_first(small: Database) -> None:
    """Newcomers never overtake: with 40 who ask again and again all wait the same."""
    served: Counter[int] = Counter()

    async def client(number: int) -> None:
        while sum(served.values()) < 400:
            async with small.transaction() as session:
                await session.execute(text("SELECT pg_sleep(0.002)"))
            served[number] += 1

    await asyncio.gather(*(client(number) for number in range(40)))

    assert max(served.values()) - min(served[number] for number in range(40)) <= 2


async def test_a_line_that_moves_is_waited_in_for_longer_than_a_stuck_one(db: Database) -> None:
    patience = replace(PATIENT, pool=0.3, queue=30.0)
    database = Database(db.dsn, pool_size=1, patience=patience)
    ask = asking(database)
    answers = await asyncio.gather(*(ask("SELECT pg_sleep(0.05)") for _ in range(20)))
    assert all(well for _, well in answers)
    await database.close()


async def test_while_people_keep_coming_to_a_silent_database_each_is_told_in_time(
    db: Database,
) -> None:
    async with lines.to_database(db.dsn) as line:
        database = Database(line.dsn, pool_size=10, patience=HURRIED)
        ask = asking(database)
        await asyncio.gather(*(ask("SELECT 1") for _ in range(10)))
        line.hush()
        answers = await steadily(ask, "SELECT 1", times=200)
        line.speak()
        await database.close()
    assert not any(well for _, well in answers)
    assert max(seconds for seconds, _ in answers) < TOLD_SECONDS


async def test_while_people_keep_coming_to_a_locked_table_each_is_told_in_time(
    db: Database,
) -> None:
    database = Database(db.dsn, pool_size=10, patience=HURRIED)
    async with db.transaction() as session:
        await session.execute(text("LOCK TABLE statements"))
        answers = await steadily(asking(database), "SELECT count(*) FROM statements", times=200)
    assert not any(well for _, well in answers)
    assert max(seconds for seconds, _ in answers) < TOLD_SECONDS
    assert (await asking(database)("SELECT count(*) FROM statements"))[1]
    await database.close()


async def test_whoever_waited_in_turn_has_all_the_time_there_is_whatever_became_of_others(
    db: Database, small: Database
) -> None:
    """A lock that somebody waited for in vain is nothing to the next one on that connection."""

    async def ask(statement: str) -> None:
        async with small.request() as session:
            await session.execute(text(statement))

    async with db.transaction() as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(1)"))
        before = [asyncio.create_task(ask("SELECT pg_sleep(0.3)")) for _ in range(8)]
        in_vain = asyncio.create_task(ask("SELECT pg_advisory_xact_lock(1)"))
        beside = [asyncio.create_task(ask("SELECT pg_sleep(0.35)")) for _ in range(4)]
        await ask("SELECT pg_sleep(0.5)")
        await asyncio.gather(*before, *beside)
        with pytest.raises(exc.DBAPIError):
            await in_vain


async def test_whoever_goes_away_leaves_the_connection_to_the_next(small: Database) -> None:
    """Cancelled at any moment: in the line, when handed a connection, with one."""

    async def one() -> bool:
        async with small.transaction() as session:
            return await session.scalar(text("SELECT true")) is True

    assert await asyncio.gather(one(), one()) == [True, True]
    for rounds in range(60):
        tasks = [asyncio.create_task(one()) for _ in range(8)]
        for _ in range(rounds % 12):
            await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert all(task.result() for task in tasks[1::2])
    numbers = small.pool()
    assert (numbers.in_use, numbers.waiting) == (0, 0)
