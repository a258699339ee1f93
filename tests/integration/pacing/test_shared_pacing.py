"""One budget for all workers, in a real PostgreSQL: whatever they do at the same time."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool
from structlog.testing import capture_logs

from expenseflow.infra.db import Database
from expenseflow.pacing.messages import Ask, Ended, Granted, Policy, Reply
from expenseflow.pacing.service import SharedPacing, provider_id

PROVIDER = provider_id("http://provider.example", "key", "model")
TEN_AT_ONCE = Policy(requests_per_minute=1200, window=0.5)
PATIENCE_S = 20.0


@pytest.fixture
async def other(db: Database) -> AsyncIterator[Database]:
    """What a second process has."""
    database = Database(db.dsn, pool_size=10)
    yield database
    await database.close()


def pacing(database: Database, policy: Policy = TEN_AT_ONCE) -> SharedPacing:
    return SharedPacing(database, PROVIDER, policy)


def ask(job: str = "a", fresh: int = 1000, under_way: int = 0) -> Ask:
    return Ask(job, fresh, under_way=under_way, fixed_characters=1000, line_characters=100)


def answered(call: Granted) -> Ended:
    return Ended(call, "answered", 0.0, 0.1, call.lines, prompt_tokens=10, completion_tokens=10)


async def stored(database: Database) -> dict[str, Any]:
    async with database.transaction() as session:
        found = await session.scalar(text("SELECT state FROM provider_states"))
        return json.loads(found or "{}")


def booked(state: dict[str, Any]) -> int:
    """Requests that stand in the log."""
    return sum(entry["requests"] for entry in state["log"]["entries"])


async def store(database: Database, state: str) -> None:
    async with database.transaction() as session:
        await session.execute(
            text("INSERT INTO provider_states (id, state, changed_at) VALUES (:id, :state, now())"),
            {"id": PROVIDER, "state": state},
        )


async def clock(database: Database) -> float:
    async with database.transaction() as session:
        reading = text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS float8)")
        return (await session.execute(reading)).scalar_one()


# --- at the same time ---------------------------------------------------------------------------


async def test_whoever_asks_and_however_fast_no_window_ever_holds_more_than_the_limit(
    db: Database, other: Database
) -> None:
    granted: list[Granted] = []

    async def hammer(database: Database, job: str) -> None:
        shared, ended = pacing(database), list[Ended]()
        while len(granted) < 60:
            reply = await shared.exchange(ended, ask(job))
            granted.extend(reply.granted)
            ended = [answered(call) for call in reply.granted]
            await asyncio.sleep(0 if reply.granted else min(reply.wait, 0.05))
        await shared.leave(ended, job)

    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(hammer((db, other)[number % 2], f"job {number}"))
    moments = sorted(call.sent_at for call in granted)
    for first in moments:
        assert sum(first <= moment < first + 0.5 for moment in moments) <= 10
    assert (await stored(db))["jobs"] == {}


async def test_first_exchanges_that_race_make_one_row_and_share_one_budget(
    db: Database, other: Database
) -> None:
    policy = Policy(requests_per_minute=10, window=60.0)
    async with asyncio.timeout(PATIENCE_S):
        replies: list[Reply] = await asyncio.gather(
            *(
                pacing((db, other)[number % 2], policy).exchange((), ask(f"job {number}"))
                for number in range(16)
            )
        )
    async with db.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM provider_states")) == 1
    assert 0 < sum(len(reply.granted) for reply in replies) <= 10


async def test_what_was_granted_is_what_is_booked(db: Database, other: Database) -> None:
    policy = Policy(requests_per_minute=600, window=60.0)
    async with asyncio.timeout(PATIENCE_S):
        replies = await asyncio.gather(
            *(
                pacing((db, other)[number % 2], policy).exchange((), ask(f"job {number}"))
                for number in range(8)
            )
        )
    state = await stored(db)
    assert booked(state) == sum(len(reply.granted) for reply in replies)


async def test_two_keys_have_two_budgets(db: Database) -> None:
    policy = Policy(requests_per_minute=1, window=60.0)
    for key in ("one", "two"):
        shared = SharedPacing(db, provider_id("http://provider.example", key, "model"), policy)
        assert (await shared.exchange((), ask())).granted


# --- cancelled ----------------------------------------------------------------------------------


async def released(database: Database) -> None:
    """Until no connection of the pool is in use."""
    async with asyncio.timeout(PATIENCE_S):
        pool = database.engine.pool
        assert isinstance(pool, QueuePool)
        while pool.checkedout():
            await asyncio.sleep(0.01)


async def test_an_exchange_that_is_cancelled_while_it_waits_books_nothing(
    db: Database, other: Database
) -> None:
    shared = pacing(other)
    await pacing(db).exchange((), ask(fresh=0))
    async with db.transaction() as session:
        await session.execute(text("SELECT 1 FROM provider_states FOR UPDATE"))
        task = asyncio.ensure_future(shared.exchange((), ask()))
        async with asyncio.timeout(PATIENCE_S):
            while not await _waits_for_a_lock(db):
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await released(other)
    assert (await stored(db))["log"] == {"entries": []}
    assert (await shared.exchange((), ask())).granted


async def _waits_for_a_lock(database: Database) -> bool:
    async with database.transaction() as session:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(await session.scalar(waiting))


async def test_exchanges_that_are_cancelled_at_any_moment_leave_no_connection_behind(
    db: Database, other: Database
) -> None:
    shared, granted = pacing(other, Policy(requests_per_minute=6000, window=60.0)), 0
    for steps in range(40):
        task = asyncio.ensure_future(shared.exchange((), ask(fresh=1)))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        try:
            granted += len((await task).granted)
        except asyncio.CancelledError:
            granted += 1  # perhaps: it is told to nobody, so it may be booked
    await released(other)
    assert booked(await stored(db)) <= granted


# --- whose time ---------------------------------------------------------------------------------


async def test_time_is_the_databases(db: Database) -> None:
    before = await clock(db)
    reply = await pacing(db).exchange((), ask())
    assert before <= reply.granted[0].sent_at <= await clock(db)


@pytest.mark.parametrize("ending", ["committed", "rolled back"])
async def test_time_is_that_after_the_wait_for_others(
    db: Database, other: Database, ending: str
) -> None:
    """However whoever was before has ended: an earlier time would let go of calls too soon."""
    await pacing(db).exchange((), ask(fresh=0))
    async with other.engine.connect() as holder:
        await holder.execute(text("UPDATE provider_states SET changed_at = now()"))
        task = asyncio.ensure_future(pacing(db).exchange((), ask()))
        async with asyncio.timeout(PATIENCE_S):
            while not await _waits_for_a_lock(db):
                await asyncio.sleep(0.01)
            let_go = await clock(db)
            await (holder.commit() if ending == "committed" else holder.rollback())
            reply = await task
    assert reply.granted[0].sent_at >= let_go


# --- what is stored -----------------------------------------------------------------------------


async def test_what_an_earlier_version_stored_still_loads(db: Database) -> None:
    await store(db, '{"totals": {"calls": 7}, "widest": 3, "gone_since": [1, 2]}')
    with capture_logs() as logs:
        assert (await pacing(db).exchange((), ask())).granted
    assert not logs
    state = await stored(db)
    assert state["totals"]["calls"] == 7
    assert state["widest"] >= 3


@pytest.mark.parametrize(
    "broken", ["", "no JSON", "[]", "null", "7", '{"log":', '{"log": {"entries": [7]}}']
)
async def test_what_cannot_be_read_is_begun_afresh_with_a_word(db: Database, broken: str) -> None:
    await store(db, broken)
    with capture_logs() as logs:
        assert (await pacing(db).exchange((), ask())).granted
    assert [entry["event"] for entry in logs] == ["pacing.unreadable_state"]
    with capture_logs() as logs:
        await pacing(db).exchange((), ask())
    assert not logs


async def test_the_totals_outlive_a_member_that_cannot_be_read(db: Database) -> None:
    await store(db, '{"totals": {"calls": 7}, "requests": {"windows": {"headers": 3}}}')
    await pacing(db).exchange((), ask())
    assert (await stored(db))["totals"]["calls"] == 7


async def test_what_is_wrong_with_one_run_is_raised_in_that_run_alone(db: Database) -> None:
    shared = pacing(db)
    broken = Ended(Granted(0.0, 1, 1), "answered", 0.0, 0.1, 1, limits=None)  # pyright: ignore[reportArgumentType]  # a bug of one run
    runs = [shared.exchange([], ask(job)) for job in ("a", "b")]
    done = await asyncio.gather(
        runs[0], shared.exchange([broken], ask("c")), runs[1], return_exceptions=True
    )
    assert [isinstance(one, Reply) for one in done] == [True, False, True]
