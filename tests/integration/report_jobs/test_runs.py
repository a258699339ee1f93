"""A claimed job runs to its report, whatever is in the way."""

import asyncio
import contextlib
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support import factories, workers
from tests.support.workers import PERIOD

from expenseflow.infra.db import Database
from expenseflow.report_jobs import rules, tasks
from expenseflow.report_jobs.errors import (
    ActiveJobExists,
    JobFinished,
    NothingLeftToReport,
    NothingLeftToRetry,
    NoTransactions,
)
from expenseflow.report_jobs.repository import claims
from expenseflow.report_jobs.rules import Status
from expenseflow.reports import submitting
from expenseflow.statements import service as statements


async def _report_lines(database: Database, report_id: UUID | None) -> Sequence[tuple[str, ...]]:
    async with database.transaction() as session:
        rows = await session.execute(
            text(
                "SELECT l.id::text, l.transaction_id::text, l.tier, l.review_reason"
                " FROM report_lines l WHERE l.report_id = :id ORDER BY l.transaction_id"
            ),
            {"id": report_id},
        )
        return [tuple(row) for row in rows]


async def test_a_month_becomes_a_report_without_a_provider(db: Database) -> None:
    user = await workers.a_month(db, "STARBUCKS 0423 SEATTLE WA", "QZX HOLDINGS", "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        job = await bench.finished(user, await bench.start_job(user))
    assert job.status == Status.Completed
    assert (job.total_lines, job.processed_lines, job.failed_lines) == (3, 3, 2)
    assert job.rule_lines == 1
    lines = await _report_lines(db, job.generated_report_id)
    assert len(lines) == 3
    assert [reason for *_, tier, reason in lines if tier == "manual"] == [
        "No AI service is configured"
    ] * 2


async def test_nothing_to_report_makes_no_job(db: Database) -> None:
    async with db.transaction() as session:
        user = await factories.a_user(session)
        await factories.some_transactions(session, user, excluded=True)
        await factories.some_transactions(session, user, is_payment=True)
    async with workers.bench(db) as bench:
        with pytest.raises(NoTransactions):
            await bench.start_job(user)
    async with db.transaction() as session:
        count = await session.scalar(text("SELECT count(*) FROM report_generation_jobs"))
    assert count == 0


async def test_a_month_on_a_submitted_report_names_it(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        job = await bench.finished(user, await bench.start_job(user))
        assert job.generated_report_id is not None
        async with db.transaction() as session:
            rows = await statements.reportable(session, user, PERIOD)
            await statements.mark_submitted(
                session, user, [row.id for row in rows], job.generated_report_id
            )
        with pytest.raises(NothingLeftToReport) as refused:
            await bench.start_job(user)
    assert refused.value.fields["report_ids"] == [job.generated_report_id]


async def test_a_second_job_keeps_report_and_line_ids(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS", "QZY HOLDINGS")
    async with workers.bench(db) as bench:
        first = await bench.finished(user, await bench.start_job(user))
        before = await _report_lines(db, first.generated_report_id)
        second = await bench.finished(user, await bench.start_job(user))
    assert second.generated_report_id == first.generated_report_id
    assert await _report_lines(db, second.generated_report_id) == before


async def test_no_accounts_fails_with_what_to_do(db: Database) -> None:
    async with db.transaction() as session:
        user = await factories.a_user(session)
        await factories.some_transactions(session, user)
    async with workers.bench(db) as bench:
        job = await bench.finished(user, await bench.start_job(user))
    assert job.status == Status.Failed
    assert job.error_message == rules.NO_ACCOUNTS


async def test_a_refused_final_transaction_fails_the_job_and_frees_the_period(
    db: Database,
) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with db.transaction() as session:
        await session.execute(
            text(
                "CREATE FUNCTION pg_temp_refuse() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN RAISE EXCEPTION ''no''; END'"
            )
        )
        await session.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON report_lines"
                " EXECUTE FUNCTION pg_temp_refuse()"
            )
        )
    try:
        async with workers.bench(db) as bench:
            job = await bench.finished(user, await bench.start_job(user))
            assert job.status == Status.Failed
            assert job.error_message == rules.BROKEN
            assert "Traceback" in (job.error_details or "")
            assert job.generated_report_id is None
            async with db.transaction() as session:
                drafts = await session.scalar(text("SELECT count(*) FROM expense_reports"))
            assert drafts == 0
    finally:
        async with db.transaction() as session:
            await session.execute(text("DROP FUNCTION pg_temp_refuse() CASCADE"))
    async with workers.bench(db) as bench:
        again = await bench.finished(user, await bench.retry(user, job.id))
    assert again.status == Status.Completed


async def test_a_database_that_goes_away_mid_run_only_delays_the_job(db: Database) -> None:
    user = await workers.a_month(db, *factories.merchants(50))
    async with workers.bench(db) as bench:
        job_id = await bench.start_job(user)
        running = asyncio.create_task(bench.runner.answer(job_id))
        async with db.transaction() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await running
        job = await bench.job(user, job_id)
        if job.status != Status.Completed:
            assert job.status in (Status.Processing, Status.Pending)
            job = await bench.finished(user, job_id)
    assert job.status == Status.Completed


async def test_a_job_that_kills_its_worker_three_times_is_failed(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        job_id = await bench.start_job(user)
        for _ in range(rules.MAX_CRASHES):
            await _claimed_and_killed(db, bench, job_id)
        job = await bench.job(user, job_id)
    assert job.status == Status.Failed
    assert job.error_message == rules.CRASHED
    assert len(bench.bell.rung) == rules.MAX_CRASHES


async def test_an_excluded_transaction_leaves_the_final_report(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS", "QZY HOLDINGS")
    async with workers.bench(db) as bench:
        job_id = await bench.start_job(user)
        async with db.transaction() as session:
            rows = await statements.reportable(session, user, PERIOD)
            await statements.set_excluded(session, user, rows[0].id, True)
        job = await bench.finished(user, job_id)
    assert (job.total_lines, job.processed_lines) == (2, 2)
    lines = await _report_lines(db, job.generated_report_id)
    assert [line[1] for line in lines] == [str(rows[1].id)]


async def test_retry_of_a_completed_job_takes_over_what_was_settled(db: Database) -> None:
    user = await workers.a_month(db, "STARBUCKS 0423 SEATTLE WA", "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        first = await bench.finished(user, await bench.start_job(user))
        retry_id = await bench.retry(user, first.id)
        pending = await bench.job(user, retry_id)
        assert (pending.total_lines, pending.processed_lines, pending.rule_lines) == (2, 1, 1)
        second = await bench.finished(user, retry_id)
    assert second.status == Status.Completed
    assert second.generated_report_id == first.generated_report_id


async def test_retry_of_a_completed_job_without_flagged_lines_is_refused(db: Database) -> None:
    user = await workers.a_month(db, "STARBUCKS 0423 SEATTLE WA")
    async with workers.bench(db) as bench:
        job = await bench.finished(user, await bench.start_job(user))
        with pytest.raises(NothingLeftToRetry):
            await bench.retry(user, job.id)


async def test_a_waiting_job_is_cancelled_at_once_and_never_runs(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        job_id = await bench.start_job(user)
        assert await bench.cancel(user, job_id) is Status.Cancelled
        job = await bench.finished(user, job_id)
    assert job.status == Status.Cancelled
    assert job.started_at is None


async def test_cancel_and_completion_race_to_exactly_one_end(db: Database) -> None:
    outcomes: set[int] = set()
    user = await workers.a_month(db, *factories.merchants(5))
    async with workers.bench(db) as bench:
        for step in range(12):
            job_id = await bench.start_job(user)
            running = asyncio.create_task(bench.runner.answer(job_id))
            await asyncio.sleep(step * 0.006)
            with contextlib.suppress(JobFinished):
                await bench.cancel(user, job_id)
            await running
            job = await bench.job(user, job_id)
            outcomes.add(job.status)
            assert job.status in (Status.Completed, Status.Cancelled)
            assert (job.generated_report_id is not None) == (job.status == Status.Completed)
    assert outcomes <= {Status.Completed, Status.Cancelled}


async def test_one_hundred_simultaneous_posts_make_one_job(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        answers = await asyncio.gather(
            *(bench.start_job(user) for _ in range(100)), return_exceptions=True
        )
    jobs = [answer for answer in answers if isinstance(answer, UUID)]
    refused = [answer for answer in answers if isinstance(answer, ActiveJobExists)]
    assert (len(jobs), len(refused)) == (1, 99)
    assert {error.fields["existing_job_id"] for error in refused} == set(jobs)


async def test_a_lease_that_ran_out_while_the_database_was_down_is_no_crash(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        job_id = await bench.start_job(user)
        for _ in range(rules.MAX_CRASHES + 1):
            await _claimed_and_killed(
                db, bench, job_id, ran_out="pg_postmaster_start_time() - interval '1 s'"
            )
        job = await bench.finished(user, job_id)
    assert (job.status, job.crashes) == (Status.Completed, 0)


async def test_a_month_submitted_while_its_job_runs_leaves_no_empty_draft(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        first = await bench.finished(user, await bench.start_job(user))
        job_id = await bench.start_job(user)
        async with db.transaction() as session:
            assert first.generated_report_id is not None
            await submitting.submit(
                session,
                user,
                first.generated_report_id,
                accept_unreviewed=True,
                now=factories.NOW,
            )
        second = await bench.finished(user, job_id)
    assert second.status == Status.Completed
    assert second.generated_report_id == first.generated_report_id
    async with db.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM expense_reports")) == 1


async def _claimed_and_killed(
    db: Database,
    bench: workers.Bench,
    job_id: UUID,
    *,
    ran_out: str = "clock_timestamp() - interval '1 ms'",
) -> None:
    async with db.transaction() as session:
        assert await claims.claim(session, job_id) is not None
    async with db.transaction() as session:
        table = "report_generation_jobs"
        over = f"UPDATE {table} SET rung_at = NULL, lease_expires_at = {ran_out}"  # noqa: S608  # ours
        await session.execute(text(over))
    await tasks.sweep(db, bench.bell)
