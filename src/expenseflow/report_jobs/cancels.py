"""How a cancel travels from the API to the worker: NOTIFY after the commit, LISTEN in each worker.

It is a shortcut, not the truth: the status is committed first, and each beat reads it again.
"""

import asyncio
from uuid import UUID

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from expenseflow.infra.db import KEEPALIVES, Database, ImpatientConnection, libpq_url
from expenseflow.report_jobs.leases import LeaseKeeper

_log = structlog.get_logger(__name__)

CHANNEL = "expenseflow_cancel"


async def listen(dsn: str, keeper: LeaseKeeper) -> None:
    """Hand each notified cancel to the keeper; reconnects for ever (the beat is the fallback)."""
    while True:
        try:
            async with await ImpatientConnection.connect(
                libpq_url(dsn),
                autocommit=True,
                connect_timeout=2,
                application_name="expenseflow cancels",
                **KEEPALIVES,
            ) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                await _hear(connection, keeper)
        except Exception as error:  # noqa: BLE001  # a listener that ended would never come back
            _log.info("report_job.listener_lost", error=type(error).__name__)
        await asyncio.sleep(0.5)


async def _hear(connection: psycopg.AsyncConnection, keeper: LeaseKeeper) -> None:
    while True:
        async for notification in connection.notifies(timeout=5):
            try:
                keeper.cancel(UUID(notification.payload))
            except ValueError:
                _log.warning("report_job.strange_notification")
        await connection.execute("SELECT 1")  # a half-open connection shows here


async def notify(database: Database, job_id: UUID) -> None:
    """Tell whoever runs the job; after the commit, since NOTIFY serialises commits."""
    try:
        async with database.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, str(job_id)))
    except (DBAPIError, PoolTimeout) as error:
        # The cancel itself is committed; the worker's next beat sees it within a second.
        _log.warning("report_job.cancel_not_notified", error=type(error).__name__)
