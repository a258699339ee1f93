"""At DEBUG the log tells more, and still nothing of what people entered."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.support import canaries, factories, streams
from tests.support.canaries import CANARIES, PERSON
from tests.support.identity import Visitors
from tests.support.workers import until

from expenseflow.infra import logs
from expenseflow.infra.db import Database
from expenseflow.simulator import Simulator
from expenseflow.simulator import behaviour as does


@pytest.fixture
async def talkative(db: Database) -> AsyncIterator[Visitors]:
    """An application that logs all it can, beside a provider."""
    logs.configure("json", level=logging.DEBUG)
    with Simulator() as provider:
        provider.script(does.not_json(), does.status(500))
        visitors = Visitors(
            db, announces=True, llm_base_url=provider.base_url, llm_api_key=CANARIES["key"]
        )
        yield visitors
        await visitors.close()
    logs.configure("json", level=logging.WARNING)


async def _finished(client: httpx.AsyncClient) -> dict[str, Any]:
    job = (await client.post("/api/report-jobs", json={"period": "2026-01"})).json()

    async def ended() -> dict[str, Any] | None:
        now = (await client.get(f"/api/report-jobs/{job['id']}")).json()
        return now if now["completedAt"] else None

    return await until(ended, seconds=60)


async def test_at_debug_level_nothing_is_told_either(
    talkative: Visitors, db: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    async with db.transaction() as session:
        await factories.a_chart(session)
    token = await talkative.token(PERSON)
    headers = {"Authorization": f"Bearer {token}"}
    async with streams.serving(talkative, with_worker=True) as server:
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
            file = (f"{CANARIES['file']}.csv", canaries.statement())
            imported = await client.post("/api/statements", files={"file": file})
            assert imported.status_code == 201, imported.text
            done = await _finished(client)
            ids = await _own_things(client, done, imported.json()["id"])
            document = (await client.get("/openapi.json")).json()
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as walker:
            sent = await asyncio.to_thread(canaries.Walk(walker, document, ids).go)
    out, told = capfd.readouterr()
    assert sent > 150
    assert '"level": "debug"' in told
    assert canaries.found_in(out + told, {**CANARIES, "token": token}) == set()


async def _own_things(
    client: httpx.AsyncClient, job: dict[str, Any], statement: str
) -> dict[str, str]:
    report = job["generatedReportId"]
    line = (await client.get(f"/api/reports/{report}/lines")).json()["items"][0]
    rule = {"merchantContains": CANARIES["description"], "glCode": "66300"}
    made = await client.post("/api/rules", json=rule)
    return {
        "job_id": job["id"],
        "report_id": report,
        "line_id": line["id"],
        "transaction_id": line["transactionId"],
        "statement_id": statement,
        "rule_id": made.json()["id"],
        "user_id": (await client.get("/api/me")).json()["id"],
    }
