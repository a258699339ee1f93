"""Undoing an import: what only that file brought is gone, from drafts too."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.reports import exclusion, line_queries, locking, repository
from expenseflow.statements import service as statements

_AT_ONCE = 5000
"""Lines in one statement; bounds how many parameters it has."""

# The slice above owns this table; its rows are only held here, never written.
_JOBS = table(
    "report_generation_jobs",
    column("id", Uuid),
    column("user_id", Uuid),
    column("period", String),
    column("status", Integer),
)
_FINISHED = (2, 3, 4)


async def undo(session: AsyncSession, user_id: UUID, statement_id: UUID) -> None:
    """Take back an import, as if the file had never come.

    A transaction that another file also holds stays. What was edited on the lines that go, and
    what memory learned from them, goes too: they came from a file that should not have been there.
    A job that runs meanwhile reports what is left.

    Raises:
        StatementNotFound, StatementIsSubmitted: both of `statements`.
    """
    periods = await statements.hold_for_undo(session, user_id, statement_id)
    await _hold(session, user_id, periods)
    gone = await statements.brought(session, user_id, statement_id)
    changed: set[UUID] = set()
    for start in range(0, len(gone), _AT_ONCE):
        piece = gone[start : start + _AT_ONCE]
        changed.update(await line_queries.remove_from_draft(session, user_id, piece))
        await exclusion.forget(session, user_id, piece)
    for report_id in sorted(changed):
        await repository.raise_version(session, report_id)
    await statements.delete_statement(session, user_id, statement_id, gone)


async def _hold(session: AsyncSession, user_id: UUID, periods: Sequence[str]) -> None:
    """In the one order in which nobody waits for us while we wait for them.

    A worker holds its job before its lines, and at the end the month; so do we: else it could
    wait for the month with the job in hand, while we wait for the job with the month in hand.
    """
    mine = (
        _JOBS.c.user_id == user_id,
        _JOBS.c.period.in_(periods),
        _JOBS.c.status.not_in(_FINISHED),
    )
    await session.execute(
        select(_JOBS.c.id).where(*mine).order_by(_JOBS.c.id).with_for_update(key_share=True)
    )
    for period in periods:
        await locking.hold_period(session, user_id, period)
