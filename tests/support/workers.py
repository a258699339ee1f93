"""A worker for tests: real database, real provider client, doorbells answered by hand."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from expenseflow.categorization.calls import Completer
from expenseflow.categorization.model_tier import ModelTier
from expenseflow.infra.db import Database
from expenseflow.kit.clock import Clock, SystemClock
from expenseflow.pacing.messages import Policy
from expenseflow.pacing.service import SharedPacing
from expenseflow.report_jobs import service
from expenseflow.report_jobs.leases import LeaseKeeper
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.repository import jobs
from expenseflow.report_jobs.rules import Status
from expenseflow.report_jobs.running import Workshop
from expenseflow.report_jobs.tasks import JobRunner
from tests.support import factories
from tests.support.fakes import CountingDoorbell, NoLimit

PERIOD = "2026-01"


@dataclass
class Bench:
    """One worker's parts, and shortcuts over them."""

    database: Database
    runner: JobRunner
    keeper: LeaseKeeper
    bell: CountingDoorbell

    async def start_job(self, user_id: UUID, period: str = PERIOD) -> UUID:
        async with self.database.transaction() as session:
            view = await service.request_report(
                session, user_id, period, doorbell=self.bell, limit=NoLimit()
            )
            return view.job.id

    async def retry(self, user_id: UUID, job_id: UUID) -> UUID:
        async with self.database.transaction() as session:
            view = await service.retry(
                session, user_id, job_id, doorbell=self.bell, limit=NoLimit()
            )
            return view.job.id

    async def cancel(self, user_id: UUID, job_id: UUID) -> Status:
        async with self.database.transaction() as session:
            return Status((await service.cancel(session, user_id, job_id)).job.status)

    async def job(self, user_id: UUID, job_id: UUID) -> ReportJob:
        async with self.database.transaction() as session:
            job = await jobs.get(session, user_id, job_id)
            assert job is not None
            return job

    async def finished(self, user_id: UUID, job_id: UUID) -> ReportJob:
        """Answer the doorbell in place, then read the job."""
        await self.runner.answer(job_id)
        return await self.job(user_id, job_id)


@asynccontextmanager
async def bench(
    database: Database,
    *,
    completer: Completer | None = None,
    clock: Clock | None = None,
    deadline: float = 600,
    patience: float = 120,
    beat: float = 0.05,
    policy: Policy | None = None,
    pacing: SharedPacing | None = None,
) -> AsyncGenerator[Bench]:
    """A worker that beats fast; `completer` None means that no provider is configured."""
    the_clock = clock or SystemClock()
    tier = None
    if completer is not None:
        pacing = pacing or SharedPacing(database, "test-provider", policy or Policy())
        tier = ModelTier(completer, pacing, the_clock, outage_patience=patience)
    keeper = LeaseKeeper(database.dsn, beat=beat)
    bell = CountingDoorbell()
    shop = Workshop(
        database=database,
        clock=the_clock,
        model_tier=tier,
        model_name="test-model",
        deadline_seconds=deadline,
    )
    keeper.start()
    try:
        yield Bench(database, JobRunner(shop, keeper, bell), keeper, bell)
    finally:
        keeper.close()


async def a_month(database: Database, *descriptions: str, period: str = PERIOD) -> UUID:
    """A person with the starter chart and these transactions."""
    async with database.transaction() as session:
        user = await factories.a_user(session)
        await factories.a_chart(session)
        await factories.some_transactions(session, user, period, descriptions=descriptions)
    return user


async def until(
    condition: Callable[[], Awaitable[Any]], *, seconds: float = 20, every: float = 0.02
) -> Any:
    """Ask again and again; fails the test when the time is over."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):
            await asyncio.sleep(every)
    return found
