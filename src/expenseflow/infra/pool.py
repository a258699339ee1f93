"""The pool of database connections, which tells how busy it is."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exc
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from expenseflow.infra import patience as patiences


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
