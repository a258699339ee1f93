"""How a cancel travels from the API to the worker: NOTIFY after the commit, LISTEN in each worker.

It is a shortcut, not the truth: the status is committed first, and each beat reads it again.
"""

from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from expenseflow.infra import notifications
from expenseflow.infra.db import Database
from expenseflow.report_jobs.leases import LeaseKeeper

_log = structlog.get_logger(__name__)

CHANNEL = "expenseflow_cancel"


async def listen(dsn: str, keeper: LeaseKeeper) -> None:
    """Hand each notified cancel to the keeper, for ever (the beat is the fallback)."""
    await notifications.listen(
        dsn, CHANNEL, lambda payload: keeper.cancel(UUID(payload)), name="cancels"
    )


async def notify(database: Database, job_id: UUID) -> None:
    """Tell whoever runs the job; after the commit, since NOTIFY serialises commits."""
    try:
        async with database.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, str(job_id)))
    except (DBAPIError, PoolTimeout) as error:
        # The cancel itself is committed; the worker's next beat sees it within a second.
        _log.warning("report_job.cancel_not_notified", error=type(error).__name__)
