"""Everybody's jobs, for administrators: how they fare, never what is in them."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.paging import Page, PageRequest
from expenseflow.report_jobs import service
from expenseflow.report_jobs.admin import repository
from expenseflow.report_jobs.admin.repository import Owned, Wanted
from expenseflow.report_jobs.errors import JobNotFound
from expenseflow.report_jobs.repository import jobs
from expenseflow.report_jobs.service import JobView

__all__ = ["Wanted"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OwnedView:
    """A job as a person sees it, and whose it is."""

    view: JobView
    email: str


async def list_all(session: AsyncSession, page: PageRequest, wanted: Wanted) -> Page[OwnedView]:
    """Everybody's jobs, newest first."""
    found = await repository.page_of_all(session, page, wanted)
    positions = await jobs.queue_positions(session, [owned.job for owned in found.items])
    views = [
        OwnedView(service.with_place(owned.job, positions), owned.email) for owned in found.items
    ]
    return Page(views, found.total_count, found.page, found.page_size)


async def cancel(session: AsyncSession, admin_id: UUID, job_id: UUID) -> OwnedView:
    """Cancel anybody's job, as its owner could.

    Raises:
        JobNotFound: there is none.
        JobFinished: too late.
    """
    owned = await _get(session, job_id)
    view = await service.cancel(session, owned.job.user_id, job_id)
    _log.info("admin.job_cancelled", admin_id=str(admin_id), job_id=str(job_id))
    return OwnedView(view, owned.email)


async def _get(session: AsyncSession, job_id: UUID) -> Owned:
    owned = await repository.of_anybody(session, job_id)
    if owned is None:
        raise JobNotFound
    return owned
