"""A person's rules beside jobs, edits and other rules: real transactions, real locks."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support import factories, workers
from tests.support.workers import PERIOD

from expenseflow.categorization.own_rules import service as own_rules
from expenseflow.categorization.own_rules.rules import Content
from expenseflow.infra.db import Database
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.reports import editing, line_queries, rule_applying
from expenseflow.reports.rule_queries import Scope
from expenseflow.reports.rule_testing import Verdict
from expenseflow.reports.rules import Change
from expenseflow.reports.views import LineView

FUEL, MEALS = "64100", "66300"
QZX = Content(FUEL, merchant_contains="qzx", name="All of QZX")


async def a_draft(db: Database, bench: workers.Bench, *descriptions: str) -> tuple[UUID, UUID]:
    """A person with a finished report of these charges: user and report."""
    user = await workers.a_month(db, *descriptions)
    job = await bench.finished(user, await bench.start_job(user))
    assert job.generated_report_id is not None
    return user, job.generated_report_id


async def save(db: Database, user: UUID, content: Content) -> UUID:
    async with db.transaction() as session:
        view = await own_rules.add_rule(session, user, content, now=factories.NOW)
    return view.rule.id


async def lines_of(db: Database, user: UUID, report: UUID) -> Sequence[LineView]:
    async with db.transaction() as session:
        found = await line_queries.every(session, user, report)
    return sorted(found, key=lambda line: line.original_description)


async def edit(
    session: AsyncSession, user: UUID, report: UUID, line: LineView, change: Change
) -> None:
    await editing.edit_line(
        session, user, report, line.id, version=line.version, change=change, now=factories.NOW
    )


async def test_a_job_asks_the_rules_first(db: Database) -> None:
    async with workers.bench(db) as bench:
        user = await workers.a_month(db, "STARBUCKS 0423 SEATTLE WA", "QZX HOLDINGS", "QZY LTD")
        await save(db, user, Content(FUEL, "02", merchant_contains="starbucks", name="Odd"))
        await save(db, user, QZX)
        job = await bench.finished(user, await bench.start_job(user))
    assert job.generated_report_id is not None
    qzx, qzy, starbucks = await lines_of(db, user, job.generated_report_id)
    assert (starbucks.tier, starbucks.gl_code, starbucks.needs_review) == ("rule", FUEL, False)
    assert (starbucks.department_code, starbucks.explanation) == ("02", "Your rule “Odd”")
    assert (qzx.tier, qzx.gl_code, qzx.explanation) == ("rule", FUEL, "Your rule “All of QZX”")
    assert qzy.tier == "manual"
    assert (job.rule_lines, job.failed_lines) == (2, 1)


async def test_a_rule_comes_before_memory(db: Database) -> None:
    async with workers.bench(db) as bench:
        user, report = await a_draft(db, bench, "QZX HOLDINGS", "QZX HOLDINGS")
        first, second = await lines_of(db, user, report)
        async with db.transaction() as session:
            await edit(session, user, report, first, Change({"gl_code": MEALS}))
        await bench.finished(user, await bench.start_job(user))
        lines = {line.id: line for line in await lines_of(db, user, report)}
        assert (lines[second.id].tier, lines[second.id].gl_code) == ("memory", MEALS)
        await save(db, user, QZX)
        await bench.finished(user, await bench.start_job(user))
    lines = {line.id: line for line in await lines_of(db, user, report)}
    assert (lines[second.id].tier, lines[second.id].gl_code) == ("rule", FUEL)
    assert lines[second.id].confidence == Decimal("0.99")


@pytest.mark.parametrize(
    "change",
    [Change({"gl_code": MEALS}), Change(needs_review=False), Change({"note": "mine"})],
    ids=["edited", "accepted", "noted"],
)
async def test_neither_job_nor_rule_overwrites_what_is_the_persons(
    db: Database, change: Change
) -> None:
    async with workers.bench(db) as bench:
        user, report = await a_draft(db, bench, "QZX HOLDINGS", "STARBUCKS")
        theirs, _ = await lines_of(db, user, report)
        async with db.transaction() as session:
            await edit(session, user, report, theirs, change)
        before, _ = await lines_of(db, user, report)
        rule = await save(db, user, QZX)
        async with db.transaction() as session:
            counts = await rule_applying.apply_rule(
                session, user, rule, scope=Scope(), now=factories.NOW
            )
        await bench.finished(user, await bench.start_job(user))
    after, _ = await lines_of(db, user, report)
    assert counts[Verdict.WOULD_CHANGE] == (0 if before.edited_by_user else 1)
    assert counts[Verdict.KEPT_EDITED] == (1 if before.edited_by_user else 0)
    assert (after.id, after.note) == (before.id, before.note)
    if before.edited_by_user:
        assert after == before


async def test_rules_made_at_once_all_land(db: Database) -> None:
    async with db.transaction() as session:
        user = await factories.a_user(session)
        await factories.a_chart(session)
    contents = [Content(FUEL, merchant_contains=f"shop {number}") for number in range(8)]
    made = await asyncio.gather(*(save(db, user, content) for content in contents))
    async with db.transaction() as session:
        found = await own_rules.every(session, user)
        places = await session.scalars(text("SELECT position FROM own_rules"))
    assert sorted(rule.id for rule in found) == sorted(made)
    assert len(set(places)) == len(made)


async def test_always_for_this_merchant_at_once_makes_one_rule(db: Database) -> None:
    async with db.transaction() as session:
        user = await factories.a_user(session)
        await factories.a_chart(session)

    async def once(gl_code: str) -> bool:
        async with db.transaction() as session:
            content = Content(gl_code, merchant_contains="QZX HOLDINGS")
            _, is_new = await own_rules.always(session, user, content, now=factories.NOW)
            return is_new

    new = await asyncio.gather(*(once(code) for code in (FUEL, MEALS, FUEL, MEALS)))
    assert sorted(new) == [False, False, False, True]
    async with db.transaction() as session:
        [rule] = await own_rules.every(session, user)
    assert rule.position == 1


async def test_an_edit_and_a_rule_at_once_leave_the_edit(db: Database) -> None:
    async with workers.bench(db) as bench:
        user, report = await a_draft(db, bench, *["QZX HOLDINGS"] * 5)
    rule = await save(db, user, QZX)
    lines = await lines_of(db, user, report)

    async def apply() -> str:
        async with db.transaction() as session:
            await rule_applying.apply_rule(
                session, user, rule, scope=Scope(period=PERIOD), now=factories.NOW
            )
        return "applied"

    async def correct(line: LineView) -> str:
        try:
            async with db.transaction() as session:
                await edit(session, user, report, line, Change({"gl_code": MEALS}))
        except ExpenseFlowError:
            return "stale"
        return "edited"

    _, *ends = await asyncio.gather(apply(), *(correct(line) for line in lines))
    after = {line.id: line for line in await lines_of(db, user, report)}
    for line, end in zip(lines, ends, strict=True):
        edited = end == "edited"
        assert after[line.id].gl_code == (MEALS if edited else FUEL)
        assert after[line.id].edited_by_user is edited
        assert after[line.id].version == 2


async def test_rules_go_with_their_person(db: Database) -> None:
    async with db.transaction() as session:
        user = await factories.a_user(session)
        await factories.a_chart(session)
        await own_rules.add_rule(session, user, QZX, now=factories.NOW)
    async with db.transaction() as session:
        await session.execute(text("DELETE FROM users"))
        assert await session.scalar(text("SELECT count(*) FROM own_rules")) == 0
