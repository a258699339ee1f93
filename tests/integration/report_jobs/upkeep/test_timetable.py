"""Upkeep is done once when it is due, however many workers there are."""

import asyncio
from datetime import time, timedelta

import pytest
from sqlalchemy import text
from tests.support import workers

from expenseflow.infra.db import Database
from expenseflow.report_jobs.upkeep.rules import Every, Nightly
from expenseflow.report_jobs.upkeep.timetable import Piece, run_if_due

HOURLY = Every(timedelta(hours=1))


class Work:
    """Counts how often it was done; `release` lets it end."""

    def __init__(self, *, waits: bool = False) -> None:
        self.begun = 0
        self.release = asyncio.Event()
        if not waits:
            self.release.set()

    async def __call__(self) -> None:
        self.begun += 1
        await self.release.wait()


async def _age(db: Database, interval: str) -> None:
    async with db.transaction() as session:
        await session.execute(
            text(
                "UPDATE upkeep_runs SET started_at = started_at - CAST(:age AS interval),"
                " finished_at = finished_at - CAST(:age AS interval)"
            ),
            {"age": interval},
        )


async def test_of_many_workers_one_does_it(db: Database) -> None:
    work = Work(waits=True)
    piece = Piece("sweeping", HOURLY, work)
    first = asyncio.create_task(run_if_due(db, piece))

    async def begun() -> bool:
        return work.begun == 1

    await workers.until(begun)
    others = await asyncio.gather(*(run_if_due(db, piece) for _ in range(7)))
    work.release.set()

    assert await first
    assert not any(others)
    assert work.begun == 1


async def test_it_is_not_due_again_before_its_time(db: Database) -> None:
    work = Work()
    piece = Piece("sweeping", HOURLY, work)

    assert await run_if_due(db, piece)
    assert not await run_if_due(db, piece)
    await _age(db, "61 minutes")
    assert await run_if_due(db, piece)
    assert work.begun == 2


async def test_a_night_that_was_missed_is_made_up_for_once(db: Database) -> None:
    work = Work()
    piece = Piece("forgetting", Nightly(time(2, 30)), work)
    assert await run_if_due(db, piece)
    await _age(db, "50 hours")

    assert await run_if_due(db, piece)
    assert not await run_if_due(db, piece)


async def test_what_failed_is_due_again_some_minutes_later_and_not_at_once(db: Database) -> None:
    tries = 0

    async def fail() -> None:
        nonlocal tries
        tries += 1
        raise ValueError("no luck")

    piece = Piece("warming", Nightly(time(2, 30)), fail)
    with pytest.raises(ValueError, match="no luck"):
        await run_if_due(db, piece)
    assert not await run_if_due(db, piece)
    await _age(db, "6 minutes")
    with pytest.raises(ValueError, match="no luck"):
        await run_if_due(db, piece)
    assert tries == 2


async def test_what_a_dead_worker_left_is_done_by_another(db: Database) -> None:
    died = Work(waits=True)
    worker = asyncio.create_task(run_if_due(db, Piece("forgetting", HOURLY, died)))

    async def begun() -> bool:
        return died.begun == 1

    await workers.until(begun)
    worker.cancel()
    await asyncio.wait({worker})
    await _age(db, "6 minutes")

    assert await run_if_due(db, Piece("forgetting", HOURLY, Work()))


async def test_one_piece_does_not_wait_for_another(db: Database) -> None:
    slow = Work(waits=True)
    task = asyncio.create_task(run_if_due(db, Piece("warming", HOURLY, slow)))

    async def begun() -> bool:
        return slow.begun == 1

    await workers.until(begun)
    assert await run_if_due(db, Piece("alerts", HOURLY, Work()))
    slow.release.set()
    assert await task
