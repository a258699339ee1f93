"""Listening to the database's notifications for as long as a process lives."""

import asyncio
from collections.abc import Callable

import psycopg
import structlog
from psycopg import sql

from expenseflow.infra.db import connect_alone
from expenseflow.infra.logs import Outage

_log = structlog.get_logger(__name__)

AGAIN_SECONDS = 0.5
_PING_SECONDS = 5.0


def _nothing() -> None:
    pass


async def listen(
    dsn: str,
    channel: str,
    hear: Callable[[str], None],
    *,
    name: str,
    hearing: Callable[[], None] = _nothing,
    deaf: Callable[[], None] = _nothing,
) -> None:
    """Hand each payload of the channel to `hear`, which raises ValueError for what is none.

    Reconnects for ever; `hearing` is called whenever it listens (again), `deaf` when it no longer
    does: what was notified in between is lost.
    """
    told = Outage("notifications", channel=channel)
    while True:
        try:
            async with await connect_alone(dsn, f"expenseflow {name}") as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                told.is_over()
                hearing()
                await _hear(connection, hear)
        except Exception as error:  # noqa: BLE001  # a listener that ended would never come back
            told.goes_on(error)
        finally:
            deaf()
        await asyncio.sleep(AGAIN_SECONDS)


async def _hear(connection: psycopg.AsyncConnection, hear: Callable[[str], None]) -> None:
    while True:
        async for notification in connection.notifies(timeout=_PING_SECONDS):
            try:
                hear(notification.payload)
            except ValueError:
                _log.warning("notifications.strange", channel=notification.channel)
        await connection.execute("SELECT 1")  # a half-open connection shows here
