"""An import is undone while a job works on what it brought."""

import asyncio
from uuid import UUID

from sqlalchemy import text
from tests.support import factories, workers
from tests.support.categorization import Call, ScriptedCompleter, good
from tests.support.statements import Ledger, csv

from expenseflow.infra.db import Database
from expenseflow.report_jobs.rules import Status
from expenseflow.reports import exclusion

KEPT = "2026-01-05,QZX HOLDINGS,4.50"
GONE = ("2026-01-06,QZY HOLDINGS,3.50", "2026-01-07,QZZ HOLDINGS,2.50")


async def two_files(db: Database) -> Ledger:
    async with db.transaction() as session:
        await factories.a_chart(session)
        ledger = Ledger(db, await factories.a_user(session))
    await ledger.take(csv(KEPT))
    await ledger.take(csv(KEPT, *GONE))
    return ledger


async def reported(db: Database, report_id: UUID | None) -> list[str]:
    async with db.transaction() as session:
        found = await session.scalars(
            text(
                "SELECT t.description FROM report_lines l JOIN transactions t"
                " ON t.id = l.transaction_id WHERE l.report_id = :id ORDER BY 1"
            ),
            {"id": report_id},
        )
        return list(found)


async def test_a_job_that_waits_reports_what_is_left(db: Database) -> None:
    ledger = await two_files(db)
    async with workers.bench(db) as bench:
        job_id = await bench.start_job(ledger.user_id)
        await ledger.undo(ledger.imports[1])
        job = await bench.finished(ledger.user_id, job_id)

    assert job.status == Status.Completed
    assert await reported(db, job.generated_report_id) == ["QZX HOLDINGS"]


async def test_a_job_that_is_asking_the_provider_reports_what_is_left(db: Database) -> None:
    ledger = await two_files(db)

    async def undo_first(call: Call) -> str:
        if len(ledger.imports) > 1:
            await ledger.undo(ledger.imports.pop())
        return good(call)

    async with workers.bench(db, completer=ScriptedCompleter(undo_first)) as bench:
        job = await bench.finished(ledger.user_id, await bench.start_job(ledger.user_id))

    assert (job.status, job.retry_count) == (Status.Completed, 0)
    assert job.processed_lines <= job.total_lines, "counters never go down, the total neither"
    assert await reported(db, job.generated_report_id) == ["QZX HOLDINGS"]


async def test_undoing_everything_while_a_job_runs_leaves_an_empty_draft(db: Database) -> None:
    ledger = await two_files(db)

    async def undo_all(call: Call) -> str:
        while ledger.imports:
            await ledger.undo(ledger.imports.pop())
        return good(call)

    async with workers.bench(db, completer=ScriptedCompleter(undo_all)) as bench:
        job = await bench.finished(ledger.user_id, await bench.start_job(ledger.user_id))

    assert job.status == Status.Completed
    assert await reported(db, job.generated_report_id) == []


async def test_jobs_asked_for_and_run_while_imports_are_undone_never_stumble(
    db: Database,
) -> None:
    """Each in its own order of locks: none waits for another that waits for it."""
    ledger = await two_files(db)
    async with workers.bench(db) as bench:
        for _ in range(15):
            taken = await ledger.take(csv(*GONE, "2026-02-01,QZW HOLDINGS,1.00"))
            _, job_id = await asyncio.gather(ledger.undo(taken), bench.start_job(ledger.user_id))
            again = await ledger.take(csv("2026-01-09,QZV HOLDINGS,1.00"))
            _, job = await asyncio.gather(
                ledger.undo(again), bench.finished(ledger.user_id, job_id)
            )
            assert job.status == Status.Completed
            assert await reported(db, job.generated_report_id) == [
                "QZX HOLDINGS", "QZY HOLDINGS", "QZZ HOLDINGS",
            ]  # fmt: skip


async def test_a_line_that_was_set_aside_goes_with_its_import(db: Database) -> None:
    ledger = await two_files(db)
    async with workers.bench(db) as bench:
        await bench.finished(ledger.user_id, await bench.start_job(ledger.user_id))
    async with db.transaction() as session:
        for charge in await ledger.ids():
            await exclusion.set_excluded(
                session, ledger.user_id, charge, excluded=True, now=factories.NOW
            )

    for statement in ledger.imports:
        await ledger.undo(statement)

    assert await ledger.rows_of("report_lines", "transactions") == {
        "report_lines": 0, "transactions": 0,
    }  # fmt: skip
