"""The database: one engine a process, and transactions that commit in exactly one place."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase

AfterCommit = Callable[[], Awaitable[None]]
_AFTER_COMMIT = "after_commit"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """The root of every table."""

    metadata = MetaData(naming_convention=NAMES)


def sqlalchemy_url(dsn: str) -> str:
    """Any PostgreSQL address as SQLAlchemy wants it, with the psycopg 3 driver."""
    url = make_url(dsn)
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def libpq_url(dsn: str) -> str:
    """The same address as psycopg itself and Procrastinate want it."""
    return make_url(dsn).set(drivername="postgresql").render_as_string(hide_password=False)


class Database:
    """One engine with its pool."""

    def __init__(
        self,
        dsn: str,
        *,
        pool_size: int = 10,
        application_name: str = "expenseflow",
        idle_in_transaction_s: float = 60,
    ) -> None:
        self.dsn = dsn
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(dsn),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=1.5,
            pool_pre_ping=True,
            hide_parameters=True,  # errors are logged, and parameters are people's data
            connect_args={
                "connect_timeout": 2,
                "application_name": application_name,
                "options": (
                    "-c timezone=UTC -c idle_in_transaction_session_timeout="
                    f"{int(idle_in_transaction_s * 1000)}"
                ),
            },
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        What was registered with `after_commit` runs once the commit has succeeded.
        """
        async with self._sessions() as session:
            async with session.begin():
                yield session
            for callback in session.info.pop(_AFTER_COMMIT, []):
                await callback()

    async def close(self) -> None:
        await self.engine.dispose()


def after_commit(session: AsyncSession, callback: AfterCommit) -> None:
    """Run the callback once this session's transaction has been committed, and only then."""
    session.info.setdefault(_AFTER_COMMIT, []).append(callback)


async def advisory_lock(session: AsyncSession, *key: object) -> None:
    """Hold the lock named by `key` until the transaction ends; waits for whoever has it."""
    name = "\x1f".join(str(part) for part in key)
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
    )


async def driver_connection(session: AsyncSession) -> Any:
    """The psycopg connection below the session, inside its transaction."""
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection
