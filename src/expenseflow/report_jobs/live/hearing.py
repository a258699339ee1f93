"""Keeps the hub of an API process up to date: hears of changes, reads them, asks when it is deaf.

What is heard is a shortcut. Everything that is watched is read again every few seconds anyway, and
every second while nothing can be heard.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog

from expenseflow.identity import service as identity
from expenseflow.infra import notifications
from expenseflow.infra.db import Database
from expenseflow.infra.logs import Outage
from expenseflow.kit.clock import Clock
from expenseflow.report_jobs import service
from expenseflow.report_jobs.live import announcing, streaming
from expenseflow.report_jobs.live.hub import TURNS, Hub, State
from expenseflow.report_jobs.rules import ACTIVE, Status
from expenseflow.report_jobs.schemas import job_out
from expenseflow.report_jobs.service import JobView

_log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 15.0
READ_EVERY_SECONDS = 0.1
"""At most ten states of a job a second."""
WAITING_EVERY_SECONDS = 1.0
LOOK_EVERY_SECONDS = 5.0
DEAF_EVERY_SECONDS = 1.0
SIGN_INS_EVERY_SECONDS = 30.0
_AGAIN_SECONDS = 0.5
_AT_ONCE = 500


@asynccontextmanager
async def kept_up_to_date(hub: Hub, database: Database, clock: Clock) -> AsyncGenerator[None]:
    """The hub hears and reads for as long as the block runs; at its end all streams end."""
    work: list[Coroutine[Any, Any, None]] = [
        _hear(hub, database.address.session_dsn),
        _read(hub, database),
        _every(WAITING_EVERY_SECONDS, _look_at_waiting, hub),
        _every(DEAF_EVERY_SECONDS, _look_when_deaf, hub),
        _every(LOOK_EVERY_SECONDS, _look_at_all, hub),
        _beat(hub),
        _check_sign_ins(hub, database, clock),
    ]
    tasks = [asyncio.create_task(each) for each in work]
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
        job_id=job.id,
        user_id=job.user_id,
        version=job.version,
        is_final=status not in ACTIVE,
        finished_at=job.completed_at,
        is_waiting=status is Status.Pending,
        data=data,
        event=streaming.event("job", data, version=job.version),
        event_of_many=streaming.event("job", data),
    )


async def _hear(hub: Hub, dsn: str) -> None:
    """Listen for ever; whatever was missed while nobody listened is looked at afterwards."""

    def hear(payload: str) -> None:
        for job_id, user_id in announcing.read(payload):
            if job_id == announcing.NO_JOB:
                hub.doubt(user_id)
            else:
                hub.changed(job_id, user_id)

    def hearing() -> None:
        hub.is_hearing = True
        hub.doubt()
        _look_at_all(hub)

    def deaf() -> None:
        hub.is_hearing = False

    await notifications.listen(
        dsn, announcing.CHANNEL, hear, name="listener", hearing=hearing, deaf=deaf
    )


async def _read(hub: Hub, database: Database) -> None:
    """Read what has changed, at most ten times a second, and hand it on."""
    reading = Outage("report_jobs.reading")
    while True:
        jobs, people = await hub.dirty()
        try:
            for state in await _states(database, jobs, people):
                hub.deliver(state)
            reading.is_over()
        except Exception as error:  # noqa: BLE001  # streams wait; it is tried again
            reading.goes_on(error)
            hub.read_again(jobs)
            hub.look_at(people)
            await asyncio.sleep(_AGAIN_SECONDS)
        await asyncio.sleep(READ_EVERY_SECONDS)


async def _states(
    database: Database, jobs: Collection[UUID], people: Collection[UUID]
) -> list[State]:
    """As it is now; some hundred at a time, so that nobody waits long for the loop."""
    states: list[State] = []
    async with database.look() as session:
        theirs = await service.recent_ids(session, people) if people else []
        wanted = list({*jobs, *theirs})
        for start in range(0, len(wanted), _AT_ONCE):
            views = await service.views(session, wanted[start : start + _AT_ONCE])
            states += [state for view in views if (state := _readable(view)) is not None]
            await asyncio.sleep(0)
    return states


def _readable(view: JobView) -> State | None:
    try:
        return state_of(view)
    except ValueError:  # one job that cannot be told must not silence all others
        _log.exception("report_job.not_told", job_id=str(view.job.id))
        return None


async def _every(seconds: float, look: Callable[[Hub], None], hub: Hub) -> None:
    while True:
        await asyncio.sleep(seconds)
        look(hub)


async def _beat(hub: Hub) -> None:
    for turn in itertools.cycle(range(TURNS)):
        await asyncio.sleep(HEARTBEAT_SECONDS / TURNS)
        hub.beat(turn)


def _look_at_waiting(hub: Hub) -> None:
    """A job that waits moves on in the queue, and its version does not."""
    hub.read_again(hub.waiting_jobs)


def _look_when_deaf(hub: Hub) -> None:
    if not hub.is_hearing:
        _look_at_all(hub)


def _look_at_all(hub: Hub) -> None:
    """Everything that is watched, and the jobs that people who watch all of theirs have begun."""
    hub.read_again(hub.open_jobs)
    hub.look_at(hub.people)


async def _check_sign_ins(hub: Hub, database: Database, clock: Clock) -> None:
    """Whoever signed out, or was removed, sees no more."""
    while True:
        await hub.doubted(SIGN_INS_EVERY_SECONDS)
        if not (sign_ins := hub.sign_ins):
            continue
        try:
            async with database.transaction() as session:
                standing = await identity.standing(session, sign_ins, now=clock.now())
        except Exception as error:  # noqa: BLE001  # it is tried again
            _log.warning("report_job.sign_ins_not_checked", error=type(error).__name__)
            hub.doubt()
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            hub.end_of(sign_ins - standing)
