"""The numbers of the whole installation, read from the database when somebody scrapes."""

import asyncio
from collections.abc import Mapping

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra import patience as patiences
from expenseflow.infra import queue
from expenseflow.infra.db import Database
from expenseflow.infra.metrics.installation import InstallationCollector, JobNumbers
from expenseflow.infra.metrics.provider import ProviderNumbers
from expenseflow.infra.metrics.web import WebMetrics
from expenseflow.kit.clock import Clock
from expenseflow.pacing import service as pacing
from expenseflow.pacing.probing import Provider
from expenseflow.pacing.views import Known
from expenseflow.report_jobs import numbers

PATIENCE = 1.5
FRESH_SECONDS = 1.0
HOUR_FRESH_SECONDS = 5.0
"""What the last hour brought, and whether it is warned of, changes least."""
DOWN = (SQLAlchemyError, psycopg.Error, OSError, TimeoutError)


class Readings:
    """What is read at most once a second, however often it is asked for."""

    def __init__(
        self, metrics: WebMetrics, clock: Clock, *, database: Database, provider: Provider
    ) -> None:
        self._said = InstallationCollector()
        metrics.registry.register(self._said)
        self._clock = clock
        self._database = database
        self._provider = provider
        self._read_at: float | None = None
        self._hour: Mapping[str, int] = {}
        self._alert_firing = False
        self._hour_read_at: float | None = None
        self._lock = asyncio.Lock()

    async def refresh(self) -> None:
        async with self._lock:
            if self._is_older(self._read_at, FRESH_SECONDS):
                await self._read()
                self._read_at = self._clock.monotonic()

    def _is_older(self, read_at: float | None, seconds: float) -> bool:
        return read_at is None or self._clock.monotonic() - read_at >= seconds

    async def _read(self) -> None:
        try:
            with patiences.within(PATIENCE):
                jobs, known = await self._looked()
        except DOWN:
            self._said.is_down()
        else:
            self._said.says(jobs, _numbers(known))

    async def _looked(self) -> tuple[JobNumbers, Known]:
        async with asyncio.timeout(PATIENCE), self._database.look() as session:
            jobs = await self._jobs(session)
            known = await pacing.known(session, self._provider.name, self._provider.policy)
        return jobs, known

    async def _jobs(self, session: AsyncSession) -> JobNumbers:
        if self._is_older(self._hour_read_at, HOUR_FRESH_SECONDS):
            self._hour = await numbers.finished_last_hour(session)
            self._alert_firing = await numbers.is_failure_warned_of(session)
            self._hour_read_at = self._clock.monotonic()
        now = await numbers.unfinished(session)
        return JobNumbers(
            active=now.by_status,
            leased=now.leased,
            last_hour=self._hour,
            failure_rate=numbers.failure_rate(self._hour),
            queue_depth=await queue.depth(session),
            queue_age=now.longest_wait,
            longest_run=now.longest_run,
            alert_firing=self._alert_firing,
        )


def _numbers(known: Known) -> ProviderNumbers:
    totals = known.totals
    until = known.blocked_until
    limits = {"requests": known.requests, "tokens": known.tokens}
    return ProviderNumbers(
        calls=totals.calls,
        rejected=totals.rejected,
        failed=totals.failed,
        prompt_tokens=totals.prompt_tokens,
        completion_tokens=totals.completion_tokens,
        lines=totals.lines,
        answered_seconds=totals.seconds,
        waited_seconds=totals.waited,
        under_way=known.under_way,
        waiting_jobs=known.waiting_jobs,
        blocked_seconds=0.0 if until is None else (until - known.now).total_seconds(),
        breaker_open=known.breaker_open,
        limits={
            kind: (limit.amount, limit.window_seconds)
            for kind, limit in limits.items()
            if limit is not None
        },
    )
