"""The SQL of administrators: over everybody's jobs, never their lines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from expenseflow.identity.models import User
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import FINISHED, Status


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs; None and empty: all of them."""

    status: Status | None = None
    period: str | None = None
    words: str = ""
    """A part of the person's e-mail."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A job, and the e-mail of whose it is."""

    job: ReportJob
    email: str


async def page_of_all(session: AsyncSession, page: PageRequest, wanted: Wanted) -> Page[Owned]:
    """Everybody's jobs, newest first."""
    those = _those(wanted)
    total = await session.scalar(
        select(func.count())
        .select_from(ReportJob)
        .join(User, User.id == ReportJob.user_id)
        .where(*those)
    )
    rows = await session.execute(
        _owned()
        .where(*those)
        .order_by(ReportJob.created_at.desc(), ReportJob.id.desc())
        .offset(page.offset)
        .limit(page.page_size)
    )
    return Page([Owned(*row) for row in rows], total or 0, page.page, page.page_size)


async def of_anybody(session: AsyncSession, job_id: UUID) -> Owned | None:
    """This job, whosever it is."""
    row = (await session.execute(_owned().where(ReportJob.id == job_id))).one_or_none()
    return None if row is None else Owned(*row)


async def last_jobs(session: AsyncSession, people: Collection[UUID]) -> Sequence[ReportJob]:
    """The newest job of each of these people who has one."""
    newest = (
        select(ReportJob)
        .where(ReportJob.user_id == User.id)
        .order_by(ReportJob.created_at.desc(), ReportJob.id.desc())
        .limit(1)
        .lateral()
    )
    last = aliased(ReportJob, newest)
    found = select(last).select_from(User).join(newest, true()).where(User.id.in_(people))
    return list(await session.scalars(found))


async def hold_active(session: AsyncSession, user_id: UUID) -> list[UUID]:
    """The jobs of this person that have not finished; no run of theirs writes meanwhile."""
    active = ReportJob.status.not_in([int(state) for state in sorted(FINISHED)])
    found = select(ReportJob.id).where(ReportJob.user_id == user_id, active)
    return list(await session.scalars(found.order_by(ReportJob.id).with_for_update()))


async def all_ids(session: AsyncSession, user_id: UUID) -> list[UUID]:
    """Every job of this person."""
    return list(await session.scalars(select(ReportJob.id).where(ReportJob.user_id == user_id)))


def _owned() -> Select[ReportJob, str]:
    query = select(ReportJob, User.email).join(User, User.id == ReportJob.user_id)
    return query.execution_options(populate_existing=True)


def _those(wanted: Wanted) -> list[ColumnElement[bool]]:
    those: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        those.append(ReportJob.status == int(wanted.status))
    if wanted.period is not None:
        those.append(ReportJob.period == wanted.period)
    if wanted.words:
        those.append(User.email.contains(wanted.words.lower(), autoescape=True))
    return those
