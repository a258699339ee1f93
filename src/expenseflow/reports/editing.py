"""A person changes one line of a draft; many lines: `bulk.py`."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import service as categorization
from expenseflow.chart import service as chart_service
from expenseflow.reports import (
    changing,
    errors,
    line_queries,
    locking,
    rules,
    teaching,
)
from expenseflow.reports.models import ExpenseReport
from expenseflow.reports.rules import Change
from expenseflow.reports.views import LineView


async def edit_line(
    session: AsyncSession,
    user_id: UUID,
    report_id: UUID,
    line_id: UUID,
    *,
    version: int,
    change: Change,
    now: datetime,
) -> LineView:
    """Apply a change to the line if it is still the version the person saw.

    Raises:
        LineChangedMeanwhile: it is not.
        ReportIsSubmitted, UnknownAccount, UnknownDepartment, ReportNotFound, LineNotFound.
    """
    report = await locking.hold(session, user_id, report_id)
    found = await line_queries.lock(session, user_id, report_id, [line_id])
    if not found:
        raise errors.LineNotFound
    rules.must_be_draft(report.status)
    (line,) = found
    if line.version != version:
        raise errors.LineChangedMeanwhile
    edited = changing.changed(line, change)
    await check_codes(session, change, [edited])
    await store(session, report, [line], [edited], now=now)
    await tell_memory(session, user_id, [edited], change=change, now=now)
    return edited


async def check_codes(session: AsyncSession, change: Change, after: Iterable[LineView]) -> None:
    """Refuse codes that are not in use: those that are set, and those that an accept stands behind.

    `after` are the lines as the change leaves them.

    Raises:
        UnknownAccount, UnknownDepartment.
    """
    accepted = list(after) if change.needs_review is False else []
    accounts = {change.values.get("gl_code")} | {line.gl_code for line in accepted}
    departments = {change.values.get("department_code")}
    departments |= {line.department_code for line in accepted}
    if not (accounts | departments) - {None}:
        return
    chart = await chart_service.load_chart(session)
    if account := min(accounts - chart.account_codes - {None}, default=None, key=str):
        raise errors.UnknownAccount(f"There is no account {account} in use", gl_code=account)
    if department := min(departments - chart.department_codes - {None}, default=None, key=str):
        raise errors.UnknownDepartment(
            f"There is no department {department} in use", department_code=department
        )


async def store(
    session: AsyncSession,
    report: ExpenseReport,
    before: Sequence[LineView],
    after: Sequence[LineView],
    *,
    now: datetime,
) -> None:
    """Write those of the lines that are different now; the report is then one version later."""
    pairs = zip(before, after, strict=True)
    different = [line for was, line in pairs if line is not was]
    if not different:
        return
    await line_queries.write(session, different, now=now)
    report.version += 1
    await session.flush()


async def tell_memory(
    session: AsyncSession,
    user_id: UUID,
    lines: Sequence[LineView],
    *,
    change: Change,
    now: datetime,
) -> None:
    """Memory learns from these lines, or forgets them, as the change says."""
    taught, forgotten = changing.learned(lines, change)
    if taught:
        # Off the event loop: thousands of lines are a part of a second of text work.
        lessons = await asyncio.to_thread(teaching.lessons, taught)
        await categorization.teach(session, user_id, lessons, now=now)
    if forgotten:
        ids = [line.transaction_id for line in forgotten]
        await categorization.unteach(session, user_id, ids)
