"""A rule is applied while lines change: it was judged before its months were held."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from tests.integration.reports.test_races import wait_for_waiters
from tests.support import own_rules as support
from tests.support import reports as make
from tests.support.reports import Desk

from expenseflow.infra.db import advisory_lock
from expenseflow.reports import rule_applying, rule_testing
from expenseflow.reports.models import ReportLine
from expenseflow.reports.rule_queries import Scope
from expenseflow.reports.rule_testing import Verdict


async def apply(desk: Desk, rule_id: str, scope: Scope) -> dict[Verdict, int]:
    async with desk.db.transaction() as session:
        return await rule_applying.apply_rule(
            session, desk.user_id, UUID(rule_id), scope=scope, now=make.NOW
        )


@asynccontextmanager
async def while_it_waits(
    desk: Desk, rule: dict[str, Any], scope: Scope
) -> AsyncGenerator[tuple[AsyncSession, "asyncio.Task[dict[Verdict, int]]"]]:
    """The rule is judged and waits for the month until the block ends."""
    async with desk.db.transaction() as gate:
        await advisory_lock(gate, "period", desk.user_id, make.PERIOD)
        applying = asyncio.create_task(apply(desk, rule["id"], scope))
        await wait_for_waiters(gate, 1)
        yield gate, applying


async def edited(session: AsyncSession, line_id: str) -> None:
    values = {"edited_by_user": True, "gl_code": "66300", "version": 9}
    await session.execute(update(ReportLine).where(ReportLine.id == UUID(line_id)).values(**values))


async def test_a_line_that_was_edited_while_the_rule_waited_is_kept(desk: Desk) -> None:
    rule = await support.save(desk.client, merchantContains="blue bottle", departmentCode="07")
    mine = await desk.line(0)
    async with while_it_waits(desk, rule, Scope(period=make.PERIOD)) as (gate, applying):
        await edited(gate, mine["id"])

    assert await applying == {Verdict.KEPT_EDITED: 1, Verdict.WOULD_CHANGE: 2}
    assert [line["glCode"] for line in await desk.lines()] == ["66300", "64100", "64100"]


async def test_a_rule_that_changed_while_it_waited_counts_as_it_is_now(desk: Desk) -> None:
    rule = await support.save(desk.client, merchantContains="blue bottle", departmentCode="07")
    async with while_it_waits(desk, rule, Scope()) as (_, applying):
        wanted = {"merchantContains": "blue bottle", "glCode": "64100", "departmentCode": "02"}
        changed = await desk.client.put(f"/api/rules/{rule['id']}", json=wanted)
        assert changed.status_code == 200, changed.text

    await applying
    assert {line["departmentCode"] for line in await desk.lines()} == {"02"}


async def test_a_draft_of_a_month_that_is_not_held_is_left_alone(desk: Desk) -> None:
    """Its job has asked the rules itself, and writes to it meanwhile."""
    rule = await support.save(desk.client, merchantContains="blue bottle", departmentCode="07")
    async with (
        while_it_waits(desk, rule, Scope()) as (_, applying),
        desk.db.transaction() as job,
    ):
        (late,) = await make.add_transactions(job, desk.user_id, period="2026-02")
        report = await make.make_draft(job, desk.user_id, [make.settled(late)], period="2026-02")

    assert await applying == {Verdict.WOULD_CHANGE: 3}
    page = await desk.client.get(f"/api/reports/{report}/lines")
    assert [line["glCode"] for line in page.json()["items"]] == ["66300"]


async def test_nothing_is_judged_twice_when_nothing_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look, with the months held, must not take the seconds of the first."""
    rule = await support.save(desk.client, merchantContains="blue bottle", departmentCode="07")
    looks: list[int] = []
    judge = rule_testing.judge_each

    def counted(lines: list[rule_testing.Candidate], court: rule_testing.Court) -> object:
        looks.append(len(lines))
        return judge(lines, court)

    monkeypatch.setattr(rule_testing, "judge_each", counted)
    await apply(desk, rule["id"], Scope())
    assert looks == [3]
