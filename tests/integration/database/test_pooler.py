"""A pooler before the database: found out, refused where it would be in the way, lived with."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.support import database as databases
from tests.support import workers
from tests.support.pgbouncer import pgbouncer
from tests.support.processes import Stack

from expenseflow.infra import ways
from expenseflow.infra.db import Address, Database, advisory_lock, only_one
from expenseflow.infra.patience import HURRIED
from expenseflow.infra.ways import Way

IN_TRANSACTION_MODE = "leads through a pooler in transaction mode"
SETTINGS = (
    "SELECT current_setting('TimeZone'), current_setting('statement_timeout'),"
    " current_setting('idle_in_transaction_session_timeout')"
)


@pytest.fixture(scope="module")
def direct(postgres_server: str) -> Iterator[str]:
    with databases.fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="module")
def pooled(direct: str) -> Iterator[str]:
    with pgbouncer(direct) as url:
        yield url


@pytest.fixture(scope="module")
def keeping(direct: str) -> Iterator[str]:
    with pgbouncer(direct, pool_mode="session") as url:
        yield url


def test_a_pooler_is_told_from_a_server(direct: str, pooled: str, keeping: str) -> None:
    assert ways.find(direct) is Way.DIRECT
    assert ways.find(pooled) is Way.SHARED
    assert ways.find(keeping) is Way.KEPT


@pytest.mark.parametrize(
    "settings",
    [
        {"default_pool_size": "1"},
        {"server_round_robin": "1"},
        {"pool_mode": "statement"},
        {"ignore_startup_parameters": "options"},
    ],
)
def test_however_it_is_set(direct: str, settings: dict[str, str]) -> None:
    with pgbouncer(direct, **settings) as url:
        assert ways.find(url) is Way.SHARED


def test_a_pooler_that_is_busy_is_found_too(direct: str, pooled: str) -> None:
    """Others take and return its sessions meanwhile."""

    async def work() -> None:
        database = Database(Address(pooled, direct, is_pooled=True))
        try:
            async with asyncio.TaskGroup() as group:
                busy = [group.create_task(_ask(database)) for _ in range(5)]
                found = [await asyncio.to_thread(ways.find, pooled) for _ in range(5)]
                for task in busy:
                    task.cancel()
        finally:
            await database.close()
        assert found == [Way.SHARED] * 5

    asyncio.run(work())


async def _ask(database: Database) -> None:
    while True:
        async with database.transaction() as session:
            await session.execute(text("SELECT count(*) FROM users"))


def test_without_a_way_past_it_nothing_starts(pooled: str, tmp_path: Path) -> None:
    with Stack(pooled, tmp_path) as stack:
        for command in (["serve", "--no-worker"], ["worker"], ["migrate"]):
            done = stack.run(*command)
            assert done.returncode == 2, done.stderr
            assert done.stderr.count("\n") == 1
            assert f"EXPENSEFLOW_DATABASE_URL {IN_TRANSACTION_MODE}" in done.stderr
            assert "set EXPENSEFLOW_DATABASE_LISTEN_URL" in done.stderr
        told = stack.run("doctor")
    assert told.returncode == 1
    assert f"EXPENSEFLOW_DATABASE_URL {IN_TRANSACTION_MODE}" in told.stdout


def test_a_way_past_it_that_leads_through_it_is_none(pooled: str, tmp_path: Path) -> None:
    with Stack(pooled, tmp_path, database_listen_url=pooled) as stack:
        done = stack.run("worker")
    assert done.returncode == 2
    assert f"EXPENSEFLOW_DATABASE_LISTEN_URL {IN_TRANSACTION_MODE}" in done.stderr


def test_a_way_to_another_database_is_refused(
    pooled: str, postgres_server: str, tmp_path: Path
) -> None:
    with Stack(pooled, tmp_path, database_listen_url=postgres_server) as stack:
        done = stack.run("worker")
    assert done.returncode == 2
    assert "EXPENSEFLOW_DATABASE_LISTEN_URL leads to another database" in done.stderr


def test_a_way_that_leads_nowhere_is_said_to(pooled: str, tmp_path: Path) -> None:
    nowhere = "postgresql://ann:secret@127.0.0.1:1/expenseflow"
    with Stack(pooled, tmp_path, database_listen_url=nowhere) as stack:
        done = stack.run("worker")
    assert done.returncode == 1
    assert "127.0.0.1:1/expenseflow cannot be used" in done.stderr
    assert "secret" not in done.stderr


def test_the_other_way_needs_the_first(tmp_path: Path, direct: str) -> None:
    with Stack("", tmp_path, database_listen_url=direct) as stack:
        done = stack.run("worker")
    assert done.returncode == 2
    assert "EXPENSEFLOW_DATABASE_URL, which is not set" in done.stderr


def test_with_a_way_past_it_all_is_well_and_doctor_tells_so(
    direct: str, pooled: str, tmp_path: Path
) -> None:
    with Stack(pooled, tmp_path, database_listen_url=direct) as stack:
        assert stack.run("migrate").returncode == 0
        told = stack.run("doctor")
    assert told.returncode == 0, told.stdout
    assert "Pooler       before the database; what needs a session goes to" in told.stdout


def test_a_pooler_that_keeps_sessions_needs_no_other_way(keeping: str, tmp_path: Path) -> None:
    with Stack(keeping, tmp_path) as stack:
        told = stack.run("doctor")
    assert told.returncode == 0, told.stdout
    assert "in session mode" in told.stdout


@pytest.fixture(params=["pooled", "keeping"])
def behind(request: pytest.FixtureRequest, direct: str) -> Address:
    through: str = request.getfixturevalue(request.param)
    return Address(through, direct if request.param == "pooled" else through, is_pooled=True)


async def test_each_transaction_and_each_look_has_our_settings(behind: Address) -> None:
    database = Database(behind, patience=HURRIED, idle_in_transaction_s=30)
    try:
        for begun in (database.transaction, database.request, database.look):
            async with begun() as session:
                found = (await session.execute(text(SETTINGS))).one()
            assert tuple(found) == ("UTC", "1200ms", "30s")
    finally:
        await database.close()


async def test_nothing_of_ours_stays_in_a_session_that_others_get(direct: str, pooled: str) -> None:
    database = Database(Address(pooled, direct, is_pooled=True), patience=HURRIED, pool_size=1)
    patient = Database(Address(pooled, direct, is_pooled=True), pool_size=1)
    try:
        for _ in range(12):  # the driver prepares what it is asked five times
            async with database.request() as session:
                await session.execute(text("SELECT 1"))
            async with patient.transaction() as session:
                assert await session.scalar(text("SHOW statement_timeout")) == "0"
                prepared = await session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
                assert prepared == 0
    finally:
        await database.close()
        await patient.close()


async def test_a_piece_of_upkeep_is_still_done_by_one(behind: Address) -> None:
    async with only_one(behind.session_dsn, "sweeping") as is_mine:
        for _ in range(5):
            async with only_one(behind.session_dsn, "sweeping") as is_theirs:
                assert not is_theirs
        assert is_mine

    async def is_let_go() -> bool:  # a pooler tidies a session up after we have left it
        async with only_one(behind.session_dsn, "sweeping") as is_theirs:
            return is_theirs

    await workers.until(is_let_go)


async def test_who_holds_a_lock_keeps_others_waiting(behind: Address) -> None:
    database = Database(behind)
    try:
        async with database.transaction() as session:
            await advisory_lock(session, "period", "ann")
            async with database.transaction() as other:
                got_it = await other.scalar(
                    text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"),
                    {"name": "period\x1fann"},
                )
                assert got_it is False
    finally:
        await database.close()


async def test_who_is_cancelled_hangs_up_at_once(direct: str) -> None:
    """All sessions are taken, so that a request to cancel would wait for one."""
    with pgbouncer(direct, default_pool_size="1") as narrow:
        database = Database(Address(narrow, direct, is_pooled=True))
        try:
            async with database.transaction() as session:
                await session.execute(text("SELECT 1"))
                waiting = asyncio.create_task(_ask(database))
                async with asyncio.timeout(5):
                    while database.pool().in_use < 2:
                        await asyncio.sleep(0)
                    waiting.cancel()
                    await asyncio.wait([waiting])
                assert waiting.cancelled()
            async with database.transaction() as session:
                assert await session.scalar(text("SELECT 1")) == 1
        finally:
            await database.close()
