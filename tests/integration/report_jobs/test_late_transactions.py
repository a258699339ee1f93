"""What happens to charges that arrive after their month was submitted, with real jobs."""

from uuid import UUID

import pytest
from sqlalchemy import select
from tests.support import factories, workers
from tests.support.workers import PERIOD, Bench

from expenseflow.infra.db import Database
from expenseflow.report_jobs.rules import Status as JobStatus
from expenseflow.reports import bulk, editing, errors, exclusion, line_queries, service, submitting
from expenseflow.reports.bulk import Seen
from expenseflow.reports.models import ExpenseReport
from expenseflow.reports.rules import Change, Status
from expenseflow.reports.views import LineView
from expenseflow.statements import service as statements

JANUARY = ("STARBUCKS 0423 SEATTLE WA", "QZX HOLDINGS")
LATE = "QZLATE HOLDINGS"


async def run(bench: Bench, user: UUID) -> UUID:
    """A job for the month, to its end; the report it made."""
    job = await bench.finished(user, await bench.start_job(user))
    assert job.status == JobStatus.Completed
    assert job.generated_report_id is not None
    return job.generated_report_id


async def submit(db: Database, user: UUID, report: UUID) -> None:
    async with db.transaction() as session:
        await submitting.submit(session, user, report, accept_unreviewed=True, now=factories.NOW)


async def reopen(db: Database, user: UUID, report: UUID) -> None:
    async with db.transaction() as session:
        await submitting.reopen(session, user, report, now=factories.NOW)


async def one_more(db: Database, user: UUID, description: str = LATE) -> UUID:
    async with db.transaction() as session:
        (late,) = await factories.some_transactions(session, user, descriptions=[description])
    return late


async def lines(db: Database, user: UUID, report: UUID) -> dict[str, LineView]:
    async with db.transaction() as session:
        found = await line_queries.every(session, user, report)
    return {line.original_description: line for line in found}


async def states(db: Database, user: UUID) -> dict[UUID, Status]:
    async with db.transaction() as session:
        rows = await session.execute(
            select(ExpenseReport.id, ExpenseReport.status).where(ExpenseReport.user_id == user)
        )
        return {id_: Status(status) for id_, status in rows}


async def test_late_charges_go_on_a_supplementary_report_and_both_are_submitted(
    db: Database,
) -> None:
    user = await workers.a_month(db, *JANUARY)
    async with workers.bench(db) as bench:
        first = await run(bench, user)
        await submit(db, user, first)
        frozen = await lines(db, user, first)
        await one_more(db, user)
        second = await run(bench, user)
    assert await states(db, user) == {first: Status.SUBMITTED, second: Status.DRAFT}
    assert set(await lines(db, user, second)) == {LATE}
    await submit(db, user, second)
    assert set((await states(db, user)).values()) == {Status.SUBMITTED}
    assert await lines(db, user, first) == frozen
    async with db.transaction() as session:
        assert await statements.reportable(session, user, PERIOD) == []


async def test_a_second_late_charge_joins_the_supplementary_draft(db: Database) -> None:
    user = await workers.a_month(db, *JANUARY)
    async with workers.bench(db) as bench:
        await submit(db, user, await run(bench, user))
        await one_more(db, user)
        second = await run(bench, user)
        await one_more(db, user, "QZLATER HOLDINGS")
        assert await run(bench, user) == second
    assert set(await lines(db, user, second)) == {LATE, "QZLATER HOLDINGS"}


async def test_the_first_is_not_reopened_while_the_supplementary_is_a_draft(db: Database) -> None:
    user = await workers.a_month(db, *JANUARY)
    async with workers.bench(db) as bench:
        first = await run(bench, user)
        await submit(db, user, first)
        await one_more(db, user)
        second = await run(bench, user)
        with pytest.raises(errors.AnotherDraftExists) as refused:
            await reopen(db, user, first)
        assert refused.value.fields == {"report_id": second}
        await submit(db, user, second)
        await reopen(db, user, first)
        with pytest.raises(errors.AnotherDraftExists):
            await reopen(db, user, second)
    assert await states(db, user) == {first: Status.DRAFT, second: Status.SUBMITTED}


async def test_late_charges_join_a_reopened_report_and_leave_the_others_where_they_are(
    db: Database,
) -> None:
    user = await workers.a_month(db, *JANUARY)
    async with workers.bench(db) as bench:
        first = await run(bench, user)
        await submit(db, user, first)
        await one_more(db, user)
        second = await run(bench, user)
        await submit(db, user, second)
        await reopen(db, user, first)
        before = await lines(db, user, first)
        await one_more(db, user, "QZLATER HOLDINGS")
        assert await run(bench, user) == first
    after = await lines(db, user, first)
    assert set(after) == {*JANUARY, "QZLATER HOLDINGS"}
    assert {name: after[name].id for name in JANUARY} == {
        name: line.id for name, line in before.items()
    }
    assert set(await lines(db, user, second)) == {LATE}


async def test_what_was_changed_in_bulk_and_reopened_survives_the_next_jobs(db: Database) -> None:
    user = await workers.a_month(db, *JANUARY)
    async with workers.bench(db) as bench:
        report = await run(bench, user)
        seen = [Seen(line.id, line.version) for line in (await lines(db, user, report)).values()]
        async with db.transaction() as session:
            done = await bulk.edit_lines(
                session,
                user,
                report,
                seen=seen,
                change=Change({"note": "trip", "vendor": "Mine"}, needs_review=False),
                now=factories.NOW,
            )
        await run(bench, user)
        await submit(db, user, report)
        await reopen(db, user, report)
        await run(bench, user)
    assert done.conflicts == []
    mine = {line.original_description: line for line in done.updated}
    assert await lines(db, user, report) == mine


async def test_an_undone_accept_hands_the_line_back_to_the_jobs(db: Database) -> None:
    user = await workers.a_month(db, "QZX HOLDINGS", "QZX HOLDINGS")
    async with workers.bench(db) as bench:
        report = await run(bench, user)
        async with db.transaction() as session:
            accepted, other = await line_queries.every(session, user, report)
            for change in (Change(needs_review=False), Change(needs_review=True)):
                accepted = await editing.edit_line(
                    session, user, report, accepted.id,
                    version=accepted.version, change=change, now=factories.NOW,
                )  # fmt: skip
            await editing.edit_line(
                session, user, report, other.id, version=other.version,
                change=Change({"gl_code": "66300"}), now=factories.NOW,
            )  # fmt: skip
        await run(bench, user)
        async with db.transaction() as session:
            after = await service.get_line(session, user, report, line_id=accepted.id)
    assert (after.tier, after.gl_code, after.edited_by_user) == ("memory", "66300", False)


async def test_an_excluded_charge_leaves_the_draft_and_comes_back_with_the_next_job(
    db: Database,
) -> None:
    user = await workers.a_month(db, *JANUARY)
    async with workers.bench(db) as bench:
        report = await run(bench, user)
        charge = (await lines(db, user, report))[JANUARY[1]].transaction_id
        for excluded, expected in ((True, {JANUARY[0]}), (False, set(JANUARY))):
            async with db.transaction() as session:
                await exclusion.set_excluded(
                    session, user, charge, excluded=excluded, now=factories.NOW
                )
            assert await run(bench, user) == report
            assert set(await lines(db, user, report)) == expected
