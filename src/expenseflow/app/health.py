"""Is it alive, is it ready, and what does it measure."""

import asyncio
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app.problem_answers import Problem
from expenseflow.app.problems import Shape
from expenseflow.infra import migrations, queue
from expenseflow.infra.db import Database
from expenseflow.infra.metrics import CONTENT_TYPE, Metrics, ProviderNumbers
from expenseflow.kit.clock import Clock
from expenseflow.pacing import service as pacing
from expenseflow.pacing.probing import Provider
from expenseflow.pacing.views import Known
from expenseflow.report_jobs.live.hub import Hub
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import Status
from expenseflow.web.deps import ClockDep, DatabaseDep

PATIENCE = 1.5
FRESH_SECONDS = 1.0
DEGRADED = "degraded: polling"
"""Changes are not told to us; streams go on with what is asked every second."""
_FINE = {"ok", DEGRADED}
NOT_READY = Shape("not-ready", "Not ready", HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "2"})
_DOWN = (SQLAlchemyError, psycopg.Error, OSError, TimeoutError)

router = APIRouter(tags=["operations"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get(
    "/health/ready",
    response_model=None,
    responses={503: {"description": "`not-ready`: `checks` names what is missing."}},
)
async def ready(request: Request, database: DatabaseDep) -> JSONResponse:
    """The database answers, its schema is the newest, the job queue is there."""
    checks = await _checks(database) | {"events": _events(request)}
    if all(word in _FINE for word in checks.values()):
        return JSONResponse({"status": "ready", "checks": checks})
    problem = Problem(NOT_READY, _advice(checks), {"checks": checks})
    return problem.answer(request.url.path)


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, database: DatabaseDep, clock: ClockDep) -> Response:
    """Prometheus text."""
    readings: Readings = request.app.state.readings
    await readings.refresh(database, clock)
    return Response(readings.metrics.text(), media_type=CONTENT_TYPE)


class Readings:
    """The numbers of this process, and those of the database, read at most once a second."""

    def __init__(self, metrics: Metrics, *, provider: Provider) -> None:
        self.metrics = metrics
        self._provider = provider
        self._read_at: float | None = None
        self._lock = asyncio.Lock()

    async def refresh(self, database: Database, clock: Clock) -> None:
        async with self._lock:
            if self._read_at is None or clock.monotonic() - self._read_at >= FRESH_SECONDS:
                await self._read(database)
                self._read_at = clock.monotonic()

    async def _read(self, database: Database) -> None:
        try:
            async with asyncio.timeout(PATIENCE), database.transaction() as session:
                jobs, depth = await _jobs_by_status(session), await queue.depth(session)
                known = await pacing.known(session, self._provider.name, self._provider.policy)
        except _DOWN:
            self.metrics.database_is_down()
        else:
            self.metrics.database_says(jobs, queue_depth=depth)
            self.metrics.provider_says(_numbers(known))


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


async def _jobs_by_status(session: AsyncSession) -> dict[str, int]:
    rows = await session.execute(select(ReportJob.status, func.count()).group_by(ReportJob.status))
    counts = {status: count for status, count in rows}  # noqa: C416  # rows are no pairs to dict()
    return {status.name: counts.get(status, 0) for status in Status}


def _events(request: Request) -> str:
    hub: Hub = request.app.state.hub
    return "ok" if hub.is_hearing else DEGRADED


async def _checks(database: Database) -> dict[str, str]:
    try:
        async with asyncio.timeout(PATIENCE), database.transaction() as session:
            return {
                "database": "ok",
                "migrations": await _migrations(session),
                "queue": "ok" if await _exists(session, "procrastinate_jobs") else "missing",
            }
    except _DOWN:
        return {"database": "no answer"}


async def _migrations(session: AsyncSession) -> str:
    if not await _exists(session, "alembic_version"):
        return "never run"
    found = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return "ok" if found == _newest() else "out of date"


async def _exists(session: AsyncSession, table: str) -> bool:
    found: Any = await session.scalar(text("SELECT to_regclass(:table)"), {"table": table})
    return found is not None


@lru_cache(maxsize=1)
def _newest() -> str:
    return migrations.head()


def _advice(checks: dict[str, str]) -> str:
    if checks["database"] != "ok":
        return "The database does not answer."
    return "The database schema is not the one this version needs; run expenseflow migrate."
