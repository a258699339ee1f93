"""Says that jobs have changed: after the commit, together, on a connection of its own.

A NOTIFY inside a business transaction would make every commit of the database wait for the one
before it. What is said is only which job; whoever hears it reads the job.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import after_commit, connect_alone
from expenseflow.infra.logs import Outage
from expenseflow.report_jobs.models import ReportJob

CHANNEL = "expenseflow_jobs"
EVERY_SECONDS = 0.05
_AGAIN_SECONDS = 0.5
_PER_NOTIFY = 100
"""A payload has less than 8,000 bytes, and a job with its person 66."""
_INFO = "announcer"
Change = tuple[UUID, UUID]
"""A job, and whose it is."""
NO_JOB = UUID(int=0)
"""In the place of a job: the sign-ins of this person have ended."""


class Announcer:
    """Collects the changes of one process; holds at most one entry for each job and person."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._changed: dict[Change, None] = {}
        self._something = asyncio.Event()

    @property
    def info(self) -> Mapping[str, Any]:
        """What sessions carry, so that `note` finds us."""
        return {_INFO: self}

    def changed(self, job_id: UUID, user_id: UUID) -> None:
        """Say so within `EVERY_SECONDS`."""
        self._changed[job_id, user_id] = None
        self._something.set()

    async def run(self) -> None:
        """Say what changes until cancelled; reconnects for ever, and forgets nothing meanwhile."""
        speaking = Outage("report_jobs.announcing")
        while True:
            try:
                async with await connect_alone(self._dsn, "expenseflow announcer") as connection:
                    speaking.is_over()
                    await self._say(connection)
            except Exception as error:  # noqa: BLE001  # one that ended would never speak again
                speaking.goes_on(error)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _say(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            changed, self._changed = self._changed, {}
            try:
                for payload in payloads(changed):
                    await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
            except BaseException:
                self._changed = changed | self._changed
                self._something.set()
                raise
            await asyncio.sleep(EVERY_SECONDS)


def note(session: AsyncSession, job: ReportJob) -> None:
    """The job changes with this transaction, if it is committed."""
    announcer = session.info.get(_INFO)
    if announcer is not None:
        after_commit(session, partial(_tell, announcer, job.id, job.user_id))


def note_sign_ins(session: AsyncSession, user_id: UUID) -> None:
    """The sign-ins of this person end with this transaction, and so do their streams."""
    announcer = session.info.get(_INFO)
    if announcer is not None:
        after_commit(session, partial(_tell, announcer, NO_JOB, user_id))


async def _tell(announcer: Announcer, job_id: UUID, user_id: UUID) -> None:
    announcer.changed(job_id, user_id)


def payloads(changes: Iterable[Change]) -> Iterator[str]:
    """The changes as texts that each fit into one NOTIFY."""
    said = [f"{job_id.hex}:{user_id.hex}" for job_id, user_id in changes]
    for start in range(0, len(said), _PER_NOTIFY):
        yield ",".join(said[start : start + _PER_NOTIFY])


def read(payload: str) -> list[Change]:
    """The changes in a payload; raises ValueError for what is none."""
    pairs = (part.split(":") for part in payload.split(","))
    return [(UUID(job_id), UUID(user_id)) for job_id, user_id in pairs]
