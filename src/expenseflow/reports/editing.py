"""A person changes one line of a draft, or takes a charge out of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import service as categorization
from expenseflow.chart import service as chart_service
from expenseflow.reports import errors, line_queries, locking, repository, rules, service, teaching
from expenseflow.reports.models import ReportLine
from expenseflow.reports.rules import Change, Review
from expenseflow.reports.views import LineView
from expenseflow.statements import service as statements
from expenseflow.statements.rows import TransactionRow


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
    line = await line_queries.lock(session, report_id, line_id)
    if line is None:
        raise errors.LineNotFound
    rules.must_be_draft(report.status)
    if line.version != version:
        raise errors.LineChangedMeanwhile
    await _check_codes(session, change)
    if await _apply(session, line, change, now=now):
        report.version += 1
        await session.flush()
    edited = await service.get_line(session, user_id, report_id, line_id=line_id)
    await _tell_memory(session, user_id, edited, change=change, now=now)
    return edited


async def set_excluded(
    session: AsyncSession, user_id: UUID, transaction_id: UUID, *, excluded: bool
) -> TransactionRow:
    """A personal charge leaves the draft at once; taken back, the next job reports it.

    Raises:
        TransactionNotFound, TransactionIsSubmitted: both of `statements`.
    """
    found = await statements.get_transaction(session, user_id, transaction_id)
    await locking.hold_period(session, user_id, found.period)
    changed = await statements.set_excluded(session, user_id, transaction_id, excluded)
    gone = [transaction_id] if excluded else []
    for report_id in await line_queries.remove_from_draft(session, user_id, gone):
        await repository.raise_version(session, report_id)
    return changed


async def _check_codes(session: AsyncSession, change: Change) -> None:
    account = change.values.get("gl_code")
    department = change.values.get("department_code")
    if account is None and department is None:
        return
    chart = await chart_service.load_chart(session)
    if account is not None and account not in chart.account_codes:
        raise errors.UnknownAccount(f"There is no account {account} in use", gl_code=account)
    if department is not None and department not in chart.department_codes:
        raise errors.UnknownDepartment(
            f"There is no department {department} in use", department_code=department
        )


async def _apply(session: AsyncSession, line: ReportLine, change: Change, *, now: datetime) -> bool:
    """Write the change to the row; whether anything became different."""
    values = dict(change.values)
    if values.get("description", "") is None:
        values["description"] = await line_queries.original_description(
            session, line.transaction_id
        )
    for name, value in values.items():
        setattr(line, name, value)
    before = Review(line.needs_review, line.review_reason, line.edited_by_user)
    review = rules.after(before, change, gl_code=line.gl_code)
    line.needs_review = review.needs_review
    line.review_reason = review.reason
    line.edited_by_user = review.edited_by_user
    if not session.is_modified(line):
        return False
    line.version += 1
    line.updated_at = now
    return True


async def _tell_memory(
    session: AsyncSession, user_id: UUID, line: LineView, *, change: Change, now: datetime
) -> None:
    if rules.teaches(change, gl_code=line.gl_code):
        await categorization.teach(session, user_id, teaching.lessons([line]), now=now)
    elif rules.unteaches(change, gl_code=line.gl_code):
        await categorization.unteach(session, user_id, [line.transaction_id])
