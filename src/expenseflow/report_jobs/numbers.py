"""How the jobs of everybody stand, cheaply however long their history is.

Those that have not finished are read by their partial index, the others by when they finished.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import ACTIVE, FINISHED, Status
from expenseflow.report_jobs.upkeep.alerting import FAILURE_RATE
from expenseflow.report_jobs.upkeep.models import Alert

# A job waits while it is pending, and again while no worker has its lease.
_ACTIVE = text("""
SELECT status, count(*) AS jobs,
       extract(epoch FROM max(now() - CASE
           WHEN status = 0 THEN created_at
           WHEN lease_expires_at IS NULL THEN rung_at
           WHEN lease_expires_at < now() THEN lease_expires_at
       END)) AS waited,
       extract(epoch FROM max(now() - started_at)) AS ran,
       count(*) FILTER (WHERE lease_expires_at >= now()) AS leased
FROM report_generation_jobs WHERE status IN (0, 1, 5) GROUP BY status
""")
# now(), not clock_timestamp(): an index takes no value that changes from row to row.
_LAST_HOUR = (
    select(ReportJob.status, func.count())
    .where(ReportJob.completed_at > func.now() - text("interval '1 hour'"))
    .group_by(ReportJob.status)
)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Times in seconds."""

    by_status: Mapping[str, int]
    leased: int
    """Those that a worker has now; one that was killed at work leaves its job `Processing`."""
    longest_wait: float
    """For a worker."""
    longest_run: float
    """Since its first start."""


async def unfinished(session: AsyncSession) -> Unfinished:
    """The jobs that have not finished."""
    rows = list(await session.execute(_ACTIVE))
    return Unfinished(
        _named({row.status: row.jobs for row in rows}, sorted(ACTIVE)),
        sum(row.leased for row in rows),
        _longest(row.waited for row in rows),
        _longest(row.ran for row in rows),
    )


async def finished_last_hour(session: AsyncSession) -> Mapping[str, int]:
    """How many jobs came to each end within the last hour."""
    rows = await session.execute(_LAST_HOUR)
    return _named({row[0]: row[1] for row in rows}, sorted(FINISHED))


def failure_rate(finished: Mapping[str, int]) -> float:
    """Failed ones among those that ended by themselves, 0 to 1; 0 of none."""
    failed = finished[Status.Failed.name]
    return failed / max(1, failed + finished[Status.Completed.name])


async def is_failure_warned_of(session: AsyncSession) -> bool:
    """Whether the alert of too many failures is firing."""
    query = select(Alert.firing).where(Alert.name == FAILURE_RATE)
    return bool(await session.scalar(query))


def _named(counts: Mapping[int, int], statuses: Iterable[Status]) -> dict[str, int]:
    return {status.name: counts.get(int(status), 0) for status in statuses}


def _longest(found: Iterable[Decimal | None]) -> float:
    """0 when nobody waits or runs; a clock that was set back does not make it negative."""
    return max((float(seconds) for seconds in found if seconds and seconds > 0), default=0.0)
