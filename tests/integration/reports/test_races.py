"""Two people, or a person and a job, at the same moment: real transactions, real locks."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support import reports as make
from tests.support.reports import Desk

from expenseflow.infra.db import advisory_lock
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.reports import (
    bulk,
    editing,
    errors,
    exclusion,
    line_queries,
    locking,
    service,
    submitting,
)
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.reports.rules import Change, Content, Status
from expenseflow.statements.errors import TransactionIsSubmitted
from expenseflow.statements.models import Transaction

Step = Callable[[AsyncSession], Awaitable[object]]


async def attempt(desk: Desk, step: Step) -> str:
    """One transaction of its own; how it ended."""
    try:
        async with desk.db.transaction() as session:
            await step(session)
    except ExpenseFlowError as refused:
        return type(refused).__name__
    return "done"


async def at_once(desk: Desk, *steps: Step) -> list[str]:
    """All steps queue for the month's lock before the first of them gets it."""
    async with desk.db.transaction() as gate:
        await advisory_lock(gate, "period", desk.user_id, make.PERIOD)
        running = [asyncio.create_task(attempt(desk, step)) for step in steps]
        await wait_for_waiters(gate, len(steps))
    return await asyncio.gather(*running)


async def wait_for_waiters(session: AsyncSession, how_many: int) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE NOT l.granted AND l.locktype = 'advisory' AND d.datname = current_database()"
    )
    async with asyncio.timeout(10):
        while await session.scalar(waiting) < how_many:
            await asyncio.sleep(0.005)


def submit(desk: Desk) -> Step:
    return lambda session: submitting.submit(
        session, desk.user_id, desk.report_id, accept_unreviewed=True, now=make.NOW
    )


def job(desk: Desk, *also: UUID) -> Step:
    lines = [make.settled(id_, gl_code="64100") for id_ in (*desk.charges, *also)]

    async def run(session: AsyncSession) -> None:
        await locking.hold_period(session, desk.user_id, make.PERIOD)
        await service.bring_up_to_date(
            session, desk.user_id, make.PERIOD, job_id=None, lines=lines, now=make.NOW
        )

    return run


def bulk_edit(desk: Desk, lines: list[dict[str, Any]], **values: str) -> Step:
    """Change these lines as they were seen."""
    seen = [bulk.Seen(UUID(line["id"]), line["version"]) for line in lines]
    change = Change(cast("dict[Content, str | None]", values))
    return lambda session: bulk.edit_lines(
        session, desk.user_id, desk.report_id, seen=seen, change=change, now=make.NOW
    )


def same_vendor(desk: Desk, line: dict[str, Any], **values: str) -> Step:
    change = Change(cast("dict[Content, str | None]", values))
    return lambda session: bulk.edit_same_vendor(
        session, desk.user_id, desk.report_id, UUID(line["id"]), change=change, now=make.NOW
    )


def exclude(desk: Desk, at: int) -> Step:
    return lambda session: exclusion.set_excluded(
        session, desk.user_id, desk.charges[at], excluded=True, now=make.NOW
    )


def delete(desk: Desk) -> Step:
    return lambda session: service.delete_report(session, desk.user_id, desk.report_id)


def reopen(desk: Desk) -> Step:
    return lambda session: submitting.reopen(session, desk.user_id, desk.report_id, now=make.NOW)


async def assert_consistent(desk: Desk) -> None:
    """Each transaction is marked submitted exactly while its line is on a submitted report."""
    async with desk.db.transaction() as session:
        rows = await session.execute(
            select(Transaction, ExpenseReport.id, ExpenseReport.status)
            .outerjoin(ReportLine, ReportLine.transaction_id == Transaction.id)
            .outerjoin(ExpenseReport, ExpenseReport.id == ReportLine.report_id)
        )
        for transaction, report_id, status in rows:
            submitted = status == Status.SUBMITTED
            assert transaction.submitted_report_id == (report_id if submitted else None)
            assert not (transaction.excluded and report_id)
        drafts = await session.scalar(
            select(func.count()).where(ExpenseReport.status == Status.DRAFT)
        )
        assert drafts in (0, 1)


async def test_of_eight_edits_of_one_version_exactly_one_wins(desk: Desk) -> None:
    line = await desk.line(0)
    answers = await asyncio.gather(
        *(desk.edit(line, {"note": f"note {number}"}) for number in range(8))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert await desk.line(0) == winner
    assert all(a.json()["current"] == winner for a in answers if a.status_code == 412)


async def test_of_four_submits_exactly_one_wins(desk: Desk) -> None:
    ended = await at_once(desk, *(submit(desk) for _ in range(4)))
    assert Counter(ended) == {"done": 1, errors.ReportIsSubmitted.__name__: 3}
    await assert_consistent(desk)


@pytest.mark.parametrize("job_first", [True, False], ids=["job-first", "submit-first"])
async def test_a_submit_beside_a_job_puts_no_charge_on_two_reports(
    desk: Desk, job_first: bool
) -> None:
    async with desk.db.transaction() as session:
        (late,) = await make.add_transactions(session, desk.user_id)
    steps = [job(desk, late), submit(desk)]
    ended = await at_once(desk, *(steps if job_first else reversed(steps)))
    assert ended == ["done", "done"]
    await assert_consistent(desk)
    async with desk.db.transaction() as session:
        submitted = await line_queries.every(session, desk.user_id, desk.report_id)
        everything = await session.scalar(select(func.count()).select_from(ReportLine))
    assert {line.transaction_id for line in submitted} >= set(desk.charges)
    assert everything == 4


async def test_an_exclusion_beside_a_job_is_never_undone_by_it(desk: Desk) -> None:
    assert await at_once(desk, exclude(desk, 0), job(desk)) == ["done", "done"]
    await assert_consistent(desk)
    assert (await desk.report())["lineCount"] == 2


async def test_an_exclusion_beside_a_submit_wins_or_is_refused(desk: Desk) -> None:
    excluded, submitted = await at_once(desk, exclude(desk, 0), submit(desk))
    assert submitted == "done"
    assert excluded in ("done", TransactionIsSubmitted.__name__)
    await assert_consistent(desk)


async def test_an_edit_that_waited_for_a_submit_is_refused(desk: Desk) -> None:
    line = await desk.line(0)

    async def edit(session: AsyncSession) -> None:
        await editing.edit_line(
            session,
            desk.user_id,
            desk.report_id,
            UUID(line["id"]),
            version=line["version"],
            change=Change({"note": "too late"}),
            now=make.NOW,
        )

    submitted, edited = await at_once(desk, submit(desk), edit)
    assert submitted == "done"
    assert edited in ("done", errors.ReportIsSubmitted.__name__)
    note = (await desk.line(0))["note"]
    assert note == ("too late" if edited == "done" else None)


async def test_a_delete_beside_a_job_leaves_one_draft_or_none(desk: Desk) -> None:
    assert await at_once(desk, delete(desk), job(desk)) == ["done", "done"]
    await assert_consistent(desk)


async def test_a_delete_beside_a_submit_lets_one_of_them_win(desk: Desk) -> None:
    ended = await at_once(desk, delete(desk), submit(desk))
    assert ended in (
        ["done", errors.ReportNotFound.__name__],
        [errors.ReportIsSubmitted.__name__, "done"],
    )
    await assert_consistent(desk)


async def test_a_reopen_beside_a_job_leaves_one_draft(desk: Desk) -> None:
    assert await attempt(desk, submit(desk)) == "done"
    async with desk.db.transaction() as session:
        (late,) = await make.add_transactions(session, desk.user_id)
    reopened, ran = await at_once(desk, reopen(desk), job(desk, late))
    assert ran == "done"
    assert reopened in ("done", errors.AnotherDraftExists.__name__)
    await assert_consistent(desk)


async def test_of_eight_bulk_edits_of_one_version_each_line_is_changed_by_one(desk: Desk) -> None:
    lines = await desk.lines()
    rotated = [lines[at % 3 :] + lines[: at % 3] for at in range(8)]
    bodies = [
        {
            "lines": [{"id": line["id"], "version": line["version"]} for line in named],
            "set": {"note": f"note {at}"},
        }
        for at, named in enumerate(rotated)
    ]
    answers = await asyncio.gather(
        *(desk.client.post(f"{desk.path}/lines/bulk", json=body) for body in bodies)
    )
    assert {answer.status_code for answer in answers} == {200}
    winners = [answer.json() for answer in answers if answer.json()["updated"]]
    assert len(winners) == 1
    updated = sorted(winners[0]["updated"], key=lambda line: line["postedOn"])
    assert (updated, winners[0]["conflicts"]) == (await desk.lines(), [])
    losers = [answer.json() for answer in answers if not answer.json()["updated"]]
    assert all({each["version"] for each in loser["conflicts"]} == {2} for loser in losers)


@pytest.mark.parametrize("job_first", [True, False], ids=["job-first", "bulk-first"])
async def test_a_bulk_edit_beside_a_job_is_whole_or_a_conflict_and_never_undone(
    desk: Desk, job_first: bool
) -> None:
    seen = await desk.lines()
    steps = [job(desk), bulk_edit(desk, seen, gl_code="66300", note="mine")]
    assert await at_once(desk, *(steps if job_first else reversed(steps))) == ["done"] * 2
    after = {line["id"]: line for line in await desk.lines()}
    for was in seen:
        line = after[was["id"]]
        assert line["version"] == was["version"] + 1, "one of the two changed it, not both"
        expected = ("66300", "mine", True) if line["note"] else ("64100", None, False)
        assert (line["glCode"], line["note"], line["editedByUser"]) == expected
    assert await attempt(desk, job(desk)) == "done"
    assert {line["id"]: line for line in await desk.lines()} == after


async def test_a_bulk_edit_that_waited_for_a_submit_is_refused(desk: Desk) -> None:
    lines = await desk.lines()
    ended = await at_once(
        desk,
        submit(desk),
        bulk_edit(desk, lines, gl_code="64100"),
        same_vendor(desk, lines[0], gl_code="64100"),
    )
    assert ended[0] == "done"
    assert set(ended[1:]) <= {"done", errors.ReportIsSubmitted.__name__}
    await assert_consistent(desk)
    frozen = await desk.lines()
    assert await attempt(desk, bulk_edit(desk, frozen, note="late")) == "ReportIsSubmitted"
    assert await desk.lines() == frozen


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(8)), tag=st.uuids())
async def test_what_a_person_decided_survives_everything_else_in_any_order(
    desk: Desk, order: list[int], tag: UUID
) -> None:
    """Jobs, bulk edits, an exclusion, a submit and a reopen queue for the lock in this order.

    A line of the person's is as the last of their own calls was told that it is.
    """
    note = str(tag)
    lines = await desk.lines()
    told = {line["id"]: (line["note"], line["glCode"]) for line in lines}

    async def by_hand(session: AsyncSession, which: Step) -> None:
        done = cast("bulk.BulkEdit", await which(session))
        told.update({str(line.id): (line.note, line.gl_code) for line in done.updated})

    def bulk_step(at: int) -> Step:
        edit = bulk_edit(desk, lines, note=f"{note} {at}", gl_code="66300")
        return lambda session: by_hand(session, edit)

    def vendor_step(at: int) -> Step:
        edit = same_vendor(desk, lines[0], note=f"{note} {at}")
        return lambda session: by_hand(session, edit)

    steps = [
        job(desk), bulk_step(1), job(desk), vendor_step(3), exclude(desk, 2), submit(desk),
        reopen(desk), bulk_step(7),
    ]  # fmt: skip
    await at_once(desk, *(steps[at] for at in order))
    await assert_consistent(desk)
    await attempt(desk, reopen(desk))
    await attempt(desk, job(desk))
    for line in await desk.lines():
        if line["editedByUser"]:
            assert (line["note"], line["glCode"]) == told[line["id"]]
        else:
            assert line["note"] is None


async def test_everything_at_once_never_breaks_the_books(desk: Desk) -> None:
    """Forty-two steps, fourteen at a time, in whatever order the locks are given out."""
    async with desk.db.transaction() as session:
        late = await make.add_transactions(session, desk.user_id, 3)
    kinds = [submit(desk), reopen(desk), job(desk, *late), exclude(desk, 2), job(desk)]
    for round_ in range(3):
        lines = await desk.lines()
        kinds[5:] = [
            bulk_edit(desk, lines[::-1], note=f"round {round_}"),
            same_vendor(desk, lines[0], gl_code="64100"),
        ]
        await at_once(desk, *(kinds * 2))
        await assert_consistent(desk)
