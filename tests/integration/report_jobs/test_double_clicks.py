"""Two POSTs at once are one job, however many people click."""

import asyncio
from collections import Counter

import httpx
from sqlalchemy import text
from tests.support import factories, streams
from tests.support.identity import Visitors

from expenseflow.infra.db import Database

PEOPLE = 20
MONTHS = [f"2025-{month:02d}" for month in range(1, 6)]
AT_ONCE = 8
"""Double-clicks under way; each needs two of the ten database connections for a moment."""


async def _tokens(visitors: Visitors) -> list[str]:
    emails = [f"person{number}@example.org" for number in range(PEOPLE)]
    for email in emails:
        user = (await visitors.user(email)).id
        async with visitors.parts.database.transaction() as session:
            for month in MONTHS:
                await factories.some_transactions(session, user, month)
    return [await visitors.token(email) for email in emails]


async def test_a_hundred_double_clicks_make_a_hundred_jobs(db: Database) -> None:
    visitors = Visitors(db)
    statuses = Counter[int]()
    named: list[tuple[str, str]] = []
    gate = asyncio.Semaphore(AT_ONCE)

    async def click_twice(client: httpx.AsyncClient, token: str, month: str) -> None:
        async with gate:
            answers = await asyncio.gather(*(_post(client, token, month) for _ in range(2)))
        statuses.update(answer.status_code for answer in answers)
        first, second = sorted(answers, key=lambda answer: answer.status_code)
        named.append((first.json()["id"], second.json().get("existingJobId")))

    tokens = await _tokens(visitors)
    async with (
        streams.serving(visitors) as server,
        httpx.AsyncClient(base_url=server.url, timeout=60) as client,
        asyncio.TaskGroup() as group,
    ):
        for month in MONTHS:
            for token in tokens:
                group.create_task(click_twice(client, token, month))
        # The group ends before the client and the server do.
    await visitors.close()
    assert statuses == {202: 100, 409: 100}
    assert all(accepted == existing for accepted, existing in named)
    async with db.transaction() as session:
        jobs = await session.scalar(text("SELECT count(*) FROM report_generation_jobs"))
        doorbells = await session.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
    assert (jobs, doorbells) == (100, 100)


async def _post(client: httpx.AsyncClient, token: str, month: str) -> httpx.Response:
    return await client.post(
        "/api/report-jobs", json={"period": month}, headers={"Authorization": f"Bearer {token}"}
    )
