"""The database: one engine a process, and transactions that commit in exactly one place."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, MetaData, delete, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from expenseflow.infra import patience as patiences
from expenseflow.infra.patience import PATIENT, Doorman, ImpatientConnection, Patience
from expenseflow.infra.pool import (
    PoolNumbers,
    WatchedPool,
    ask_before_use,
    note_trouble,
    set_in_each_transaction,
)

AfterCommit = Callable[[], Awaitable[None]]
_AFTER_COMMIT = "after_commit"
_BUDGET = "budget"
_TRANSACTIONS = "transactions"
"""What a session that only looks goes on with when it needs a transaction after all."""
_LOCK_MS = 1200
_LONG = text(
    "SELECT set_config('statement_timeout', '15s', true), set_config('lock_timeout', :lock, true)"
)
"""One round trip; it holds until the transaction ends."""

KEEPALIVES: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's: a peer that is gone without a word is noticed within some ten seconds."""

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
    url = make_url(dsn).set(drivername="postgresql").render_as_string(hide_password=False)
    return url.replace(" ", "%20")  # of a password; the one writes it, the others refuse it


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is reached."""

    dsn: str
    """For statements and transactions."""
    session_dsn: str
    """For what a session keeps: LISTEN, locks beyond a transaction, prepared statements."""
    is_pooled: bool = False
    """A pooler such as pgbouncer stands before the first: from one transaction to the next it may
    give us another session, and settings that a connection begins with are refused or lost."""

    @classmethod
    def of(cls, where: "Address | str") -> "Address":
        """A plain address leads to PostgreSQL itself."""
        return where if isinstance(where, Address) else cls(where, where)


async def connect_alone(dsn: str, application_name: str) -> ImpatientConnection:
    """A connection outside any pool, each statement its own transaction: to listen or to notify."""
    return await ImpatientConnection.connect(
        libpq_url(dsn),
        autocommit=True,
        connect_timeout=2,
        application_name=application_name,
        **KEEPALIVES,
    )


@asynccontextmanager
async def only_one(dsn: str, name: str) -> AsyncGenerator[bool]:
    """Whether the block runs as the only one of this name, however many processes there are.

    The lock is that of a connection of its own: it is gone when the connection is.
    """
    async with await connect_alone(dsn, "expenseflow upkeep") as connection:
        found = await connection.execute(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)
        )
        yield bool(await found.fetchone() == (True,))


class Database:
    """One engine with its pool."""

    def __init__(
        self,
        where: Address | str,
        *,
        pool_size: int = 10,
        application_name: str = "expenseflow",
        idle_in_transaction_s: float = 60,
        patience: Patience = PATIENT,
        info: Mapping[str, Any] | None = None,
    ) -> None:
        """`info` is what every session carries in its own `info`."""
        self.address = address = Address.of(where)
        self.patience = patience
        settings = {
            "timezone": "UTC",
            "idle_in_transaction_session_timeout": f"{int(idle_in_transaction_s * 1000)}",
            "statement_timeout": f"{int(patience.statement * 1000)}",
        }
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(address.dsn),
            poolclass=WatchedPool,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=patience.pool,
            hide_parameters=True,  # errors are logged, and parameters are people's data
            connect_args={
                "async_creator_fn": Doorman(
                    patience, self._connect_to_server, is_pooled=address.is_pooled
                ).connect,
                "connect_timeout": 2,
                **KEEPALIVES,
                "application_name": application_name,
                **(_POOLED if address.is_pooled else _session_settings(settings)),
            },
        )
        if address.is_pooled:
            set_in_each_transaction(self.engine, settings)
        cast("WatchedPool", self.engine.pool).longest = patience.queue
        ask_before_use(self.engine)
        note_trouble(self.engine)
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, info=dict(info or {})
        )
        self._looks = async_sessionmaker(
            self.engine.execution_options(isolation_level="AUTOCOMMIT"),
            expire_on_commit=False,
            info={**(info or {}), _TRANSACTIONS: self.engine.sync_engine},
        )

    @property
    def dsn(self) -> str:
        return self.address.dsn

    def pool(self) -> PoolNumbers:
        """How busy its connections are."""
        return cast("WatchedPool", self.engine.pool).numbers

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

    @asynccontextmanager
    async def request(self) -> AsyncGenerator[AsyncSession]:
        """The transaction of somebody who waits for an answer: in time, or an outage.

        Work that may take long says so with `take_time`.
        """
        with patiences.within(self.patience.budget) as budget:
            async with self.transaction() as session:
                session.info[_BUDGET] = budget
                yield session

    @asynccontextmanager
    async def look(self) -> AsyncGenerator[AsyncSession]:
        """Like `request`, for somebody who only reads: each statement for itself.

        In a transaction of the usual isolation each statement sees what is committed when it
        begins, too; to begin and to end one would be half of what a look asks of the server. Behind
        a pooler only a transaction keeps its settings, the time a statement may take among them.
        """
        if self.address.is_pooled:
            async with self.request() as session:
                yield session
            return
        with patiences.within(self.patience.budget) as budget:
            async with self._looks() as session:
                session.info[_BUDGET] = budget
                yield session

    async def close(self) -> None:
        """Close its connections, once they are all given back.

        Whoever was cancelled gives theirs back behind the scenes, a rollback later.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_GIVEN_BACK_SECONDS):
                while self.pool().in_use:  # noqa: ASYNC110  # a pool has no event for it
                    await asyncio.sleep(_LOOK_SECONDS)
        await self.engine.dispose()

    async def _connect_to_server(self) -> ImpatientConnection:
        """Past a pooler, which answers also for a server that does not."""
        return await connect_alone(self.address.session_dsn, "expenseflow doubt")


_GIVEN_BACK_SECONDS, _LOOK_SECONDS = 1.0, 0.01
_POOLED: Mapping[str, Any] = {"prepare_threshold": None}
"""What is prepared in one session is not known in the next."""


def _session_settings(settings: Mapping[str, str]) -> Mapping[str, Any]:
    return {"options": " ".join(f"-c {name}={value}" for name, value in settings.items())}


async def take_time(session: AsyncSession) -> None:
    """What follows in this transaction is work, not a look: nobody cuts it while it goes on.

    A server that stops answering ends it all the same, and so does a lock that is not let go.
    """
    if (engine := session.info.pop(_TRANSACTIONS, None)) is not None:
        await session.close()
        session.sync_session.bind = engine
    if (budget := session.info.get(_BUDGET)) is not None:
        budget.lift()
        await session.execute(_LONG, {"lock": f"{_LOCK_MS}ms"})


async def finish_early(session: AsyncSession) -> None:
    """Commit now and give the connection back, before long work that needs no database.

    The session answers no question after it; what was registered with `after_commit` still runs
    at the end of the block.
    """
    await session.commit()


def after_commit(session: AsyncSession, callback: AfterCommit) -> None:
    """Run the callback once this session's transaction has been committed, and only then."""
    session.info.setdefault(_AFTER_COMMIT, []).append(callback)


async def delete_some(
    session: AsyncSession,
    model: type[Model],
    *where: ColumnElement[bool],
    limit: int,
    order_by: Sequence[InstrumentedAttribute[Any]] = (),
) -> int:
    """Delete at most `limit` rows that are not in use; returns how many went.

    Fewer than `limit` means that none is left, or only such as somebody holds.
    """
    key = inspect(model).primary_key
    # As a CTE, which is read once: a subquery may be read again, and so pass the limit.
    some = (
        select(*key)
        .where(*where)
        .order_by(*order_by)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("some")
    )
    gone = await session.execute(
        delete(model)
        .where(*(column == some.c[column.key] for column in key))
        .returning(key[0])
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


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
