"""A database that is gone, silent or slow: 503 within two seconds, and back by itself."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.support import lines, reports, workers
from tests.support.identity import Visitors
from tests.support.lines import Line
from tests.support.statements import COFFEE, csv

from expenseflow.app.openapi import operations
from expenseflow.infra import patience
from expenseflow.infra.db import Database, advisory_lock
from expenseflow.infra.patience import HURRIED
from expenseflow.kit.ids import new_id

AT_MOST_SECONDS = 4.0
"""Two are promised (`test_what_we_wait_adds_up_to_two_seconds`); a busy machine has more."""
PERIOD = reports.PERIOD


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Line]:
    async with lines.to_database(db.dsn) as line:
        yield line


@pytest.fixture
async def visitors(line: Line) -> AsyncIterator[Visitors]:
    database = Database(line.dsn, pool_size=2, patience=HURRIED)
    those = Visitors(database)
    yield those
    line.speak()
    await those.close()
    await database.close()


async def refused(asking: Any) -> None:
    """The request is refused in time, with a word on when to come back."""
    started = time.monotonic()
    answer: httpx.Response = await asking
    assert time.monotonic() - started < AT_MOST_SECONDS
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 503


def test_what_we_wait_adds_up_to_two_seconds() -> None:
    at_the_end = patience.LEAST_SECONDS + 2 * patience.GRACE_SECONDS
    assert HURRIED.budget + at_the_end <= 2
    assert HURRIED.doubt + HURRIED.connect + at_the_end <= 2.1
    assert HURRIED.pool + HURRIED.connect <= 2
    assert 1 < HURRIED.statement < HURRIED.budget


async def test_a_database_that_is_down_is_503_in_two_seconds_and_recovers(
    line: Line, visitors: Visitors
) -> None:
    ann = await visitors.signed_in()
    assert (await ann.get("/api/me")).status_code == 200
    await line.cut()
    for path in ("/api/me", "/api/accounts", "/api/report-jobs", "/health/ready"):
        await refused(ann.get(path))
    assert (await ann.get("/health/live")).status_code == 200
    assert (await ann.get("/metrics")).status_code == 200
    await line.mend()
    assert (await ann.get("/api/me")).status_code == 200

    async def is_ready() -> bool:
        return (await ann.get("/health/ready")).status_code == 200

    assert await workers.until(is_ready, every=0.2)  # what it finds it tells for a second


def requests(visitors: Visitors) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every route of `/api`, with ids of nothing, and a file where one is sent."""
    for path, method, _ in operations(visitors.app.openapi()):
        given: dict[str, Any] = {}
        if path.startswith("/api/statements") and method == "post":
            given["files"] = {"file": ("january.csv", csv(COFFEE), "text/csv")}
        if path == "/api/sign-in":
            given["json"] = {"code": "x" * 43}
        if path.startswith("/api/") and path != "/api/sign-in-options":  # which asks no database
            yield method, re.sub(r"{\w+}", str(new_id()), path), given


@pytest.mark.parametrize("connections", ["open", "new"])
async def test_every_route_of_a_silent_database_is_503_in_two_seconds(
    line: Line, connections: str
) -> None:
    database = Database(line.dsn, pool_size=60, patience=HURRIED)
    visitors = Visitors(database)
    ann = await visitors.signed_in()
    wanted = list(requests(visitors))
    if connections == "open":
        await asyncio.gather(*(ann.get("/api/me") for _ in wanted))
    else:
        await database.close()
    line.hush()

    await asyncio.gather(*(refused(ann.request(*one[:2], **one[2])) for one in wanted))

    line.speak()
    await workers.until(lambda: _answers(ann))
    await visitors.close()
    await database.close()


async def _answers(client: httpx.AsyncClient) -> bool:
    return (await client.get("/api/me")).status_code == 200


async def test_many_at_once_are_all_refused_in_time(line: Line, visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    line.hush()
    await asyncio.gather(*(refused(ann.get("/api/report-jobs")) for _ in range(30)))


async def test_connections_that_come_back_dead_are_no_hope(line: Line) -> None:
    """One after the other tries in vain: nobody behind them waits for their turn to do so, too."""
    brisk = replace(HURRIED, pool=1.0, queue=60.0, connect=0.3, ping=0.1, doubt=0.1)
    database = Database(line.dsn, pool_size=1, patience=brisk)
    visitors = Visitors(database)
    ann = await visitors.signed_in()
    line.hush()
    await asyncio.gather(*(refused(ann.get("/api/report-jobs")) for _ in range(30)))
    line.speak()
    await visitors.close()
    await database.close()


async def test_a_table_that_somebody_locks_is_503(db: Database, visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    async with db.transaction() as session:
        await session.execute(text("LOCK TABLE report_generation_jobs, statements"))
        await refused(ann.get("/api/report-jobs"))
        await refused(ann.post("/api/report-jobs", json={"period": PERIOD}))
        await refused(ann.post("/api/statements", files={"file": ("a.csv", csv(COFFEE))}))
    assert (await ann.get("/api/report-jobs")).status_code == 200


async def test_somebody_waits_for_a_month_that_another_holds(
    db: Database, visitors: Visitors
) -> None:
    ann = await visitors.signed_in()
    user_id = await visitors.user_id()
    async with db.transaction() as session:
        await reports.add_chart(session)
        [charge] = await reports.add_transactions(session, user_id)
    async with db.transaction() as session:
        await advisory_lock(session, "period", user_id, PERIOD)
        waiting = asyncio.create_task(
            ann.patch(f"/api/transactions/{charge}", json={"excluded": True})
        )
        await session.execute(text("SELECT pg_sleep(0.7)"))
    assert (await waiting).status_code == 200


async def test_a_pool_that_stays_used_up_is_503(db: Database) -> None:
    database = Database(db.dsn, pool_size=1, patience=replace(HURRIED, pool=0.1))
    visitors = Visitors(database)
    try:
        ann = await visitors.signed_in()
        async with database.transaction() as session:
            await session.connection()
            await refused(ann.get("/api/me"))
        assert (await ann.get("/api/me")).status_code == 200
    finally:
        await visitors.close()
        await database.close()


async def test_whoever_waits_behind_others_is_served_in_turn(db: Database) -> None:
    """It takes longer than a stuck pool is waited for, and nothing is stuck."""
    database = Database(db.dsn, pool_size=1, patience=replace(HURRIED, pool=0.15))
    visitors = Visitors(database)
    try:
        ann = await visitors.signed_in()

        async def hold() -> None:
            async with database.transaction() as session:
                await session.execute(text("SELECT pg_sleep(0.05)"))

        others = [asyncio.create_task(hold()) for _ in range(10)]
        await asyncio.sleep(0)
        assert (await ann.get("/api/me")).status_code == 200
        await asyncio.gather(*others)
    finally:
        await visitors.close()
        await database.close()


async def a_month(db: Database, visitors: Visitors) -> None:
    user_id = await visitors.user_id()
    async with db.transaction() as session:
        await reports.add_chart(session)
        await reports.add_transactions(session, user_id)


async def test_a_job_whose_acceptance_was_not_heard_is_shown_to_whoever_asks_again(
    db: Database, line: Line, visitors: Visitors
) -> None:
    ann = await visitors.signed_in()
    await a_month(db, visitors)
    line.hushed_by = b"COMMIT"
    await refused(ann.post("/api/report-jobs", json={"period": PERIOD}))
    line.speak()

    again = await ann.post("/api/report-jobs", json={"period": PERIOD})
    [job] = (await ann.get("/api/report-jobs")).json()["items"]
    assert again.status_code == 409
    assert again.json()["existingJobId"] == job["id"]


async def test_an_acceptance_that_was_not_heard_is_given_again_to_the_same_key(
    db: Database, line: Line, visitors: Visitors
) -> None:
    ann = await visitors.signed_in()
    await a_month(db, visitors)
    body, key = {"period": PERIOD}, {"Idempotency-Key": "one"}
    line.hushed_by = b"COMMIT"
    await refused(ann.post("/api/report-jobs", json=body, headers=key))
    line.speak()

    again = await ann.post("/api/report-jobs", json=body, headers=key)
    listed = (await ann.get("/api/report-jobs")).json()
    assert again.status_code == 202
    assert [job["id"] for job in listed["items"]] == [again.json()["id"]]


async def test_a_post_that_was_not_committed_has_made_no_job(
    db: Database, line: Line, visitors: Visitors
) -> None:
    ann = await visitors.signed_in()
    await a_month(db, visitors)
    line.hushed_by = b"INSERT INTO report_job_lines"
    await refused(ann.post("/api/report-jobs", json={"period": PERIOD}))
    line.speak()

    answer = await ann.post("/api/report-jobs", json={"period": PERIOD})
    assert answer.status_code == 202
