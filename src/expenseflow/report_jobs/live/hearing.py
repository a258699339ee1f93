"""Keeps the hub of an API process up to date: hears of changes, reads them, asks when it is deaf.

What is heard is a shortcut. Everything that is watched is read again every few seconds anyway, and
every second while nothing can be heard.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
import structlog

from expenseflow.identity import service as identity
from expenseflow.infra.db import KEEPALIVES, Database, ImpatientConnection, libpq_url
from expenseflow.kit.clock import Clock
from expenseflow.report_jobs import service
from expenseflow.report_jobs.live import announcing
from expenseflow.report_jobs.live.hub import Hub, State
from expenseflow.report_jobs.rules import ACTIVE, Status
from expenseflow.report_jobs.schemas import job_out
from expenseflow.report_jobs.service import JobView

_log = structlog.get_logger(__name__)

READ_EVERY_SECONDS = 0.1
"""At most ten states of a job a second."""
WAITING_EVERY_SECONDS = 1.0
LOOK_EVERY_SECONDS = 5.0
DEAF_EVERY_SECONDS = 1.0
SIGN_INS_EVERY_SECONDS = 60.0
_PING_SECONDS = 5.0
_AGAIN_SECONDS = 0.5


@asynccontextmanager
async def kept_up_to_date(hub: Hub, database: Database, clock: Clock) -> AsyncGenerator[None]:
    """The hub hears and reads for as long as the block runs; at its end all streams end."""
    work: list[Callable[[], Coroutine[Any, Any, None]]] = [
        lambda: _hear(hub, database.dsn),
        lambda: _read(hub, database),
        lambda: _every(WAITING_EVERY_SECONDS, lambda: _look_at_waiting(hub)),
        lambda: _every(DEAF_EVERY_SECONDS, lambda: _look_when_deaf(hub)),
        lambda: _every(LOOK_EVERY_SECONDS, lambda: _look_at_all(hub)),
        lambda: _every(SIGN_INS_EVERY_SECONDS, lambda: _look_at_sign_ins(hub, database, clock)),
    ]
    tasks = [asyncio.create_task(each()) for each in work]
    try:
        yield
    finally:
        hub.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def state_of(view: JobView) -> State:
    """A job as clients see it."""
    job, status = view.job, Status(view.job.status)
    data = job_out(view).model_dump_json(by_alias=True).encode()
    return State(
        job.id, job.user_id, job.version, status not in ACTIVE, status is Status.Pending, data
    )


async def _hear(hub: Hub, dsn: str) -> None:
    """Listen for ever; whatever was missed while nobody listened is looked at afterwards."""
    while True:
        try:
            async with await ImpatientConnection.connect(
                libpq_url(dsn),
                autocommit=True,
                connect_timeout=2,
                application_name="expenseflow listener",
                **KEEPALIVES,
            ) as connection:
                await connection.execute(f"LISTEN {announcing.CHANNEL}")
                hub.is_hearing = True
                await _look_at_all(hub)
                await _listen(hub, connection)
        except Exception as error:  # noqa: BLE001  # a listener that ended would never come back
            _log.warning("report_job.listener_lost", error=type(error).__name__)
        finally:
            hub.is_hearing = False
        await asyncio.sleep(_AGAIN_SECONDS)


async def _listen(hub: Hub, connection: psycopg.AsyncConnection) -> None:
    while True:
        async for notification in connection.notifies(timeout=_PING_SECONDS):
            try:
                changes = announcing.read(notification.payload)
            except ValueError:
                _log.warning("report_job.strange_notification")
                continue
            for job_id, user_id in changes:
                hub.changed(job_id, user_id)
        await connection.execute("SELECT 1")  # a half-open connection shows here


async def _read(hub: Hub, database: Database) -> None:
    """Read what has changed, at most ten times a second, and hand it on."""
    while True:
        jobs, people = await hub.dirty()
        try:
            for state in await _states(database, jobs, people):
                hub.deliver(state)
        except Exception as error:  # noqa: BLE001  # streams wait; it is tried again
            _log.warning("report_job.not_read", error=type(error).__name__)
            hub.read_again(jobs)
            hub.look_at(people)
            await asyncio.sleep(_AGAIN_SECONDS)
        await asyncio.sleep(READ_EVERY_SECONDS)


async def _states(
    database: Database, jobs: Collection[UUID], people: Collection[UUID]
) -> list[State]:
    """As it is now, in one transaction that ends before anybody is told."""
    async with database.transaction() as session:
        begun = await service.active_ids(session, people) if people else []
        views = await service.views(session, {*jobs, *begun})
    return [state_of(view) for view in views]


async def _every(seconds: float, look: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await look()
        except Exception as error:  # noqa: BLE001  # the next look comes soon
            _log.warning("report_job.not_looked_at", error=type(error).__name__)


async def _look_at_waiting(hub: Hub) -> None:
    """A job that waits moves on in the queue, and its version does not."""
    hub.read_again(hub.waiting_jobs)


async def _look_when_deaf(hub: Hub) -> None:
    if not hub.is_hearing:
        await _look_at_all(hub)


async def _look_at_all(hub: Hub) -> None:
    """Everything that is watched, and the jobs that people who watch all of theirs have begun."""
    hub.read_again(hub.open_jobs)
    hub.look_at(hub.people)


async def _look_at_sign_ins(hub: Hub, database: Database, clock: Clock) -> None:
    """Whoever signed out, or was removed, sees no more."""
    if sign_ins := hub.sign_ins:
        async with database.transaction() as session:
            standing = await identity.standing(session, sign_ins, now=clock.now())
        hub.end_of(sign_ins - standing)
