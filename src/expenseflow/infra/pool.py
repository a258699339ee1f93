"""The pool of database connections, which tells how busy it is."""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, event, exc
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util import await_only

from expenseflow.infra import patience as patiences
from expenseflow.infra.waiting_line import WaitingLine

USED_LATELY_SECONDS = 1.0
"""A connection that worked a moment ago is not asked for a sign of life first: under load that
would be a fifth of what is asked of the server."""
_RETURNED_AT = "returned_at"
_IN_TROUBLE = "in_trouble"
_waiting_since: ContextVar[float | None] = ContextVar("waiting_since", default=None)


@dataclass(frozen=True, slots=True)
class PoolNumbers:
    """Connections of a pool."""

    size: int
    """There may be so many."""
    in_use: int
    waiting: int
    """So many wait for one, or for one to be made."""


class WatchedPool(AsyncAdaptedQueuePool):
    """A pool that tells how busy it is, and tells busy from stuck.

    As long as connections come back well, somebody in the line has good hope; when none does for a
    while, the database hangs, and whoever waits is told so. SQLAlchemy's own pool knows one time
    for both, and begins to wait anew when somebody else could not connect.
    """

    _queue_class = WaitingLine

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._waiting = 0
        self._line = cast("WaitingLine", self._pool)

    @property
    def longest(self) -> float:
        """Seconds to wait at most while connections come back."""
        return self._line.longest

    @longest.setter
    def longest(self, seconds: float) -> None:
        self._line.longest = seconds

    def recreate(self) -> "WatchedPool":
        fresh = cast("WatchedPool", super().recreate())
        fresh.longest = self.longest
        return fresh

    @property
    def numbers(self) -> PoolNumbers:
        return PoolNumbers(self.size(), self.checkedout(), self._waiting)

    def _do_get(self) -> ConnectionPoolEntry:
        loop = asyncio.get_running_loop()
        since = _waiting_since.get()
        if since is not None:  # somebody else could not connect, and we are asked again
            if loop.time() - max(self._line.moved_at, since) >= self.timeout():
                raise exc.TimeoutError("no connection was free in time")
            return super()._do_get()
        token = _waiting_since.set(begun := loop.time())
        self._waiting += 1
        try:
            found = super()._do_get()
        finally:
            self._waiting -= 1
            _waiting_since.reset(token)
        found.info.pop(_IN_TROUBLE, None)
        is_new = _RETURNED_AT not in found.info
        if is_new or self._line.moved_at >= begun:  # we waited for others, not for the database
            patiences.begin_anew()
        return found

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if record.dbapi_connection is not None and not record.info.get(_IN_TROUBLE):
            self._line.moved_at = asyncio.get_running_loop().time()
        super()._do_return_conn(record)


def set_in_each_transaction(engine: AsyncEngine, settings: Mapping[str, str]) -> None:
    """Begin each transaction with these settings, which end with it."""
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    words = tuple(word for setting in settings.items() for word in setting)

    def _set(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT {calls}", words)

    event.listen(engine.sync_engine, "begin", _set)


def note_trouble(engine: AsyncEngine) -> None:
    """Whose last statement the server had to end comes back, but does not come back well."""
    event.listen(engine.sync_engine, "handle_error", _note_trouble)


def _note_trouble(context: ExceptionContext) -> None:
    if context.connection is not None and not context.is_disconnect:
        context.connection.info[_IN_TROUBLE] = isinstance(
            context.original_exception, psycopg.OperationalError
        )


def ask_before_use(engine: AsyncEngine) -> None:
    """A connection that nobody used for a moment is asked for a sign of life.

    Without one it is thrown away and another one is opened in its place.
    """
    event.listen(engine.sync_engine, "checkin", _note_return)
    event.listen(engine.sync_engine, "checkout", _ask)


def _note_return(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[_RETURNED_AT] = asyncio.get_running_loop().time()


def _ask(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    returned_at = record.info.get(_RETURNED_AT)
    if returned_at is None:  # it was opened just now
        return
    if asyncio.get_running_loop().time() - returned_at < USED_LATELY_SECONDS:
        return
    try:
        await_only(connection.driver_connection.ping())
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise exc.DisconnectionError from error
