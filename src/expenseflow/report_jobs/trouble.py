"""A database that is away for a moment: what that looks like, and trying again."""

from collections.abc import Awaitable, Callable

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from expenseflow.kit.clock import Clock

TRIES = 60
_PAUSE_SECONDS = 1.0
_TROUBLE = ("08", "25P03", "57P", "40001", "40P01", "53300", "55P03")
"""SQLSTATEs of a database that is away, restarting, full of clients, or chose us as the loser."""


def is_database_trouble(error: BaseException) -> bool:
    """Whether the database is away or pushed us out, rather than refusing what we asked."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_trouble(error.orig)
    return isinstance(error, PoolTimeout) or _is_trouble(error)


def _is_trouble(error: BaseException | None) -> bool:
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return error.sqlstate is None or error.sqlstate.startswith(_TROUBLE)
    return isinstance(error, OSError)


async def insisted(
    write: Callable[[], Awaitable[None]],
    clock: Clock,
    *,
    told: Callable[[BaseException], None] = lambda _: None,
) -> None:
    """Write, again each second for a minute while the database is away; `told` of each failure.

    What is written has to be the same when it is written twice: a commit whose answer was lost may
    have been one.

    Raises:
        Exception: what the last try raised, and at once whatever is no trouble of the database.
    """
    for left in reversed(range(TRIES)):
        try:
            await write()
        except Exception as error:
            if not left or not is_database_trouble(error):
                raise
            told(error)
            await clock.sleep(_PAUSE_SECONDS)
        else:
            return
