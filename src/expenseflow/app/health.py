"""Is it alive, is it ready, and what does it measure."""

import asyncio
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app.draining import NOT_READY, Drain, leaving
from expenseflow.app.problem_answers import Problem
from expenseflow.app.readings import DOWN, FRESH_SECONDS, PATIENCE, Readings
from expenseflow.infra import migrations
from expenseflow.infra import patience as patiences
from expenseflow.infra.db import Database
from expenseflow.infra.metrics.process import CONTENT_TYPE, Metrics
from expenseflow.infra.metrics.web import WebMetrics
from expenseflow.kit.clock import Clock
from expenseflow.report_jobs.live.hub import Hub

DEGRADED = "degraded: polling"
"""Changes are not told to us; streams go on with what is asked every second."""
NEWER = "of a later release"
"""What a rolling upgrade looks like to those it has not come to yet."""
_FINE = {"ok", DEGRADED, NEWER}

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
async def ready(request: Request) -> JSONResponse:
    """The database answers, its schema is ours or a later one, the job queue is there.

    Not while it drains: it is about to stop, so requests should go elsewhere.
    """
    drain: Drain = request.app.state.drain
    if drain.is_on:
        return leaving().answer(request.url.path)
    readiness: Readiness = request.app.state.readiness
    checks = await readiness.checks() | {"events": _events(request)}
    if all(word in _FINE for word in checks.values()):
        return JSONResponse({"status": "ready", "checks": checks})
    problem = Problem(NOT_READY, _advice(checks), {"checks": checks})
    return problem.answer(request.url.path)


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    readings: Readings = request.app.state.readings
    await readings.refresh()
    of_process: Metrics = request.app.state.metrics
    of_web: WebMetrics = request.app.state.web_metrics
    return Response(of_process.text() + of_web.text(), media_type=CONTENT_TYPE)


def _events(request: Request) -> str:
    hub: Hub = request.app.state.hub
    return "ok" if hub.is_hearing else DEGRADED


class Readiness:
    """What was found at most a second ago, however often it is asked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = asyncio.Lock()
        self._found: dict[str, str] = {}
        self._found_at = -FRESH_SECONDS

    async def checks(self) -> dict[str, str]:
        async with self._lock:
            if self._clock.monotonic() - self._found_at >= FRESH_SECONDS:
                self._found = await _checks(self._database)
                self._found_at = self._clock.monotonic()
            return self._found


async def _checks(database: Database) -> dict[str, str]:
    try:
        with patiences.within(PATIENCE):
            return await _looked(database)
    except DOWN:
        return {"database": "no answer"}


async def _looked(database: Database) -> dict[str, str]:
    async with asyncio.timeout(PATIENCE), database.look() as session:
        return {
            "database": "ok",
            "migrations": await _migrations(session),
            "queue": "ok" if await _exists(session, "procrastinate_jobs") else "missing",
        }


async def _migrations(session: AsyncSession) -> str:
    if not await _exists(session, "alembic_version"):
        return "never run"
    found: str | None = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return _word_of(found or "")


async def _exists(session: AsyncSession, table: str) -> bool:
    found: Any = await session.scalar(text("SELECT to_regclass(:table)"), {"table": table})
    return found is not None


@lru_cache(maxsize=8)
def _word_of(revision: str) -> str:
    """A schema of the next release will do: it was migrated before its processes replace us."""
    if revision == migrations.head():
        return "ok"
    return "out of date" if migrations.is_known(revision) else NEWER


def _advice(checks: dict[str, str]) -> str:
    if checks["database"] != "ok":
        return "The database does not answer."
    return "The database schema is not the one this version needs; run expenseflow migrate."
