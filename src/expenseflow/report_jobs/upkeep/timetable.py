"""Does upkeep when it is due, once however many workers there are.

Each worker looks; whoever gets the lock of a piece does it. The lock belongs to a connection, so
it goes with the process that held it. When it was last begun stands in a table, and not in a
process: a night that nobody was there for is made up for in the morning.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog

from expenseflow.infra.db import Database, only_one
from expenseflow.infra.logs import Outage
from expenseflow.report_jobs.trouble import is_database_trouble
from expenseflow.report_jobs.upkeep import repository
from expenseflow.report_jobs.upkeep.rules import Schedule

_log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to do again and again; doing it twice must do no harm."""

    name: str
    schedule: Schedule
    work: Callable[[], Awaitable[object]]
    longest: timedelta = timedelta(minutes=5)
    """What takes longer hangs: it is broken off, and due again some minutes later."""


async def keep_up(database: Database, pieces: Collection[Piece]) -> None:
    """Do all of it when it is due, until cancelled; none waits for another."""
    await asyncio.gather(*(_keep_up(database, piece) for piece in pieces))


async def _keep_up(database: Database, piece: Piece) -> None:
    at_database = Outage("upkeep.database", piece=piece.name)
    while True:
        try:
            await run_if_due(database, piece)
            at_database.is_over()
        except Exception as error:  # noqa: BLE001  # whatever it was, it is tried again
            if is_database_trouble(error):
                at_database.goes_on(error)
            else:
                _log.exception("upkeep.failed", piece=piece.name)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def run_if_due(database: Database, piece: Piece) -> bool:
    """Do it if it is due and nobody else does; whether it was done.

    What raises, or dies, is due again after some minutes.
    """
    async with database.transaction() as session:
        due = piece.schedule.last_due(await repository.now(session))
        if not await repository.is_due(session, piece.name, due):
            return False
    async with only_one(database.address.session_dsn, f"upkeep {piece.name}") as is_mine:
        if not is_mine:
            return False
        async with database.transaction() as session:
            if not await repository.begin(session, piece.name, due):
                return False
        async with asyncio.timeout(piece.longest.total_seconds()):
            await piece.work()
        async with database.transaction() as session:
            await repository.finish(session, piece.name)
    _log.debug("upkeep.done", piece=piece.name)
    return True
