"""What a person applied or closed is not taken back by a job that knew it otherwise."""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from tests.support import factories, reports, workers
from tests.support.categorization import Call, ScriptedCompleter, good
from tests.support.identity import Visitors, visitors
from tests.support.own_rules import save

from expenseflow.infra.db import Database
from expenseflow.reports import service as report_service

__all__ = ["visitors"]

FUEL = "".join(f"2026-01-{day:02d},SHELL OIL {day},{day}.50\n" for day in range(1, 6))
MONTH = f"Date,Description,Amount\n{FUEL}2026-01-09,QWXZ PLK,5.00\n"


async def _ann(db: Database, visitors: Visitors) -> tuple[httpx.AsyncClient, UUID]:
    ann = await visitors.signed_in("ann@example.com")
    async with db.transaction() as session:
        await reports.add_chart(session)
    answer = await ann.post("/api/statements", files={"file": ("january.csv", MONTH.encode())})
    assert answer.status_code == 201
    return ann, await visitors.user_id("ann@example.com")


async def _fuel(ann: httpx.AsyncClient) -> set[tuple[str | None, str]]:
    report = (await ann.get("/api/reports?period=2026-01")).json()["items"][0]["id"]
    lines: list[dict[str, Any]] = (await ann.get(f"/api/reports/{report}/lines")).json()["items"]
    return {(one["glCode"], one["tier"]) for one in lines if "SHELL" in one["originalDescription"]}


async def test_a_retry_keeps_what_a_rule_was_applied_to(db: Database, visitors: Visitors) -> None:
    ann, user = await _ann(db, visitors)
    async with workers.bench(db) as bench:
        job = await bench.start_job(user)
        await bench.finished(user, job)
        rule = await save(ann, merchantContains="shell oil", glCode="66300", departmentCode="07")
        await ann.post(f"/api/rules/{rule['id']}/apply")
        assert await _fuel(ann) == {("66300", "rule")}
        await bench.finished(user, await bench.retry(user, job))
    assert await _fuel(ann) == {("66300", "rule")}


async def test_a_job_under_way_keeps_what_a_rule_is_applied_to_meanwhile(
    db: Database, visitors: Visitors
) -> None:
    ann, user = await _ann(db, visitors)
    async with workers.bench(db) as bench:
        first = await bench.finished(user, await bench.start_job(user))
    rule = await save(ann, merchantContains="shell oil", glCode="66300", departmentCode="07")
    await ann.post(f"/api/rules/{rule['id']}/apply")
    async with db.transaction() as session:
        # The lines of a job that read the rules before, and writes its report only now.
        await session.execute(text("UPDATE report_job_lines SET known_at = now() - interval '1h'"))
        await report_service.bring_up_to_date_from_job(
            session, user, "2026-01", job_id=first.id, now=factories.NOW
        )
    assert await _fuel(ann) == {("66300", "rule")}


async def test_a_job_that_asks_the_service_keeps_what_a_rule_meanwhile_says_already(
    db: Database, visitors: Visitors
) -> None:
    ann, user = await _ann(db, visitors)
    async with workers.bench(db) as bench:
        await bench.finished(user, await bench.start_job(user))
    told: list[int] = []

    async def meanwhile(call: Call) -> str:
        if not told:
            rule = await save(ann, merchantContains="shell oil", glCode="64100")
            applied = await ann.post(f"/api/rules/{rule['id']}/apply")
            told.append(applied.json()["alreadySo"])
        return good(call)

    async with workers.bench(db, completer=ScriptedCompleter(meanwhile)) as bench:
        await bench.finished(user, await bench.start_job(user))
    assert told == [5]
    assert {code for code, _ in await _fuel(ann)} == {"64100"}


async def test_a_changed_rule_counts_as_it_is_at_once(db: Database, visitors: Visitors) -> None:
    ann, user = await _ann(db, visitors)
    async with workers.bench(db) as bench:
        await bench.finished(user, await bench.start_job(user))
        rule = await save(ann, merchantContains="shell oil", glCode="66300", departmentCode="07")
        await ann.post(f"/api/rules/{rule['id']}/apply")
        said = {"merchantContains": "shell oil", "glCode": "64100", "departmentCode": "02"}
        (await ann.put(f"/api/rules/{rule['id']}", json=said)).raise_for_status()
        await bench.finished(user, await bench.start_job(user))
    assert await _fuel(ann) == {("64100", "rule")}


async def test_a_later_job_knows_the_rules_and_decides_anew(
    db: Database, visitors: Visitors
) -> None:
    ann, user = await _ann(db, visitors)
    async with workers.bench(db) as bench:
        await bench.finished(user, await bench.start_job(user))
        rule = await save(ann, merchantContains="shell oil", glCode="66300", departmentCode="07")
        await ann.post(f"/api/rules/{rule['id']}/apply")
        await ann.delete(f"/api/rules/{rule['id']}")
        await bench.finished(user, await bench.start_job(user))
    assert await _fuel(ann) == {("64100", "rule")}


async def test_a_retry_opens_what_a_closed_account_was_chosen_for(
    db: Database, visitors: Visitors
) -> None:
    ann, user = await _ann(db, visitors)
    async with workers.bench(db) as bench:
        job = await bench.start_job(user)
        await bench.finished(user, job)
        async with db.transaction() as session:
            await session.execute(text("UPDATE accounts SET active = false WHERE code = '64100'"))
        await bench.finished(user, await bench.retry(user, job))
    assert await _fuel(ann) == {(None, "manual")}
