"""What is old goes: finished jobs with their lines, keys, paid answers, sign-ins, engine rows.

Reports stay. In small transactions with a pause between them, so that nobody waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import service as categorization
from expenseflow.identity import service as identity
from expenseflow.infra import queue
from expenseflow.infra.db import Database
from expenseflow.report_jobs.repository import jobs, keys
from expenseflow.report_jobs.upkeep import repository

_log = structlog.get_logger(__name__)

AT_ONCE = 200
_PAUSE_SECONDS = 0.05

Forget = Callable[[AsyncSession, int], Awaitable[int]]
"""Deletes at most so many rows; how many it found."""


async def forget_old(database: Database, *, days: int) -> None:
    """Delete what has been of no use to anybody for so many days."""
    async with database.transaction() as session:
        now = await repository.now(session)
    for name, forget in _old(now, days).items():
        if gone := await _until_none_is_left(database, forget):
            _log.info("upkeep.forgotten", what=name, rows=gone)


def _old(now: datetime, days: int) -> dict[str, Forget]:
    return {
        "jobs": partial(_jobs, before=now - timedelta(days=days)),
        "idempotency keys": _keys,
        "answers": partial(_answers, now=now),
        "sign-ins": partial(_sign_ins, now=now),
    }


async def _jobs(session: AsyncSession, limit: int, *, before: datetime) -> int:
    return await jobs.delete_older_than(session, before, limit=limit)


async def _keys(session: AsyncSession, limit: int) -> int:
    return await keys.forget_old(session, limit=limit)


async def _answers(session: AsyncSession, limit: int, *, now: datetime) -> int:
    return await categorization.forget_old_answers(session, now=now, limit=limit)


async def _sign_ins(session: AsyncSession, limit: int, *, now: datetime) -> int:
    return await identity.forget_expired(session, now=now, limit=limit)


async def _until_none_is_left(database: Database, forget: Forget) -> int:
    gone = 0
    while True:
        async with database.transaction() as session:
            some = await forget(session, AT_ONCE)
        gone += some
        if some < AT_ONCE:
            return gone
        await asyncio.sleep(_PAUSE_SECONDS)


async def sweep_engine(database: Database) -> None:
    """The engine's own rows of workers that are gone."""
    async with database.transaction() as session:
        if swept := await queue.sweep(session):
            _log.info("upkeep.engine_swept", rows=swept)
