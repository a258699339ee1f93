"""The pool of database connections, which tells how busy it is."""

import asyncio
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util import await_only

from expenseflow.infra import patience as patiences

USED_LATELY_SECONDS = 1.0
"""A connection that worked a moment ago is not asked for a sign of life first: under load that
would be a fifth of what is asked of the server."""
_RETURNED_AT = "returned_at"


@dataclass(frozen=True, slots=True)
class PoolNumbers:
    """Connections of a pool."""

    size: int
    """There may be so many."""
    in_use: int
    waiting: int
    """So many wait for one, or for one to be made."""


class WatchedPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's own pool does not tell who waits.

    It also begins to wait anew when somebody else could not connect; a request has no time for
    that.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._waiting = 0

    @property
    def numbers(self) -> PoolNumbers:
        return PoolNumbers(self.size(), self.checkedout(), self._waiting)

    def _do_get(self) -> ConnectionPoolEntry:
        if patiences.left() < self.timeout():
            raise exc.TimeoutError("no connection was free in time")
        self._waiting += 1
        try:
            return super()._do_get()
        finally:
            self._waiting -= 1


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
