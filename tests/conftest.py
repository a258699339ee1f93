"""Fixtures that every ring may use."""

import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import Database
from tests.support import database as databases

# A shell that runs the tests in the background has told them, and all their children, to ignore
# Ctrl-C; the children that are tested for it must hear it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """One PostgreSQL server for the whole run, shared by all xdist workers."""
    own = tmp_path_factory.getbasetemp()
    shared: Path = own if worker_id == "master" else own.parent
    with databases.server(shared / "postgres") as url:
        yield url


@pytest.fixture(scope="session")
def database_url(postgres_server: str) -> Iterator[str]:
    """A migrated database of this worker's own."""
    with databases.fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The migrated database; empty at the start of each test."""
    database = Database(database_url, pool_size=20)
    await databases.empty(database)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[AsyncSession]:
    """A session in a transaction that is rolled back."""
    database = Database(database_url, pool_size=2)
    async with database.engine.connect() as connection:
        outer = await connection.begin()
        own = AsyncSession(connection, expire_on_commit=False)
        try:
            yield own
        finally:
            await own.close()
            await outer.rollback()
    await database.close()
