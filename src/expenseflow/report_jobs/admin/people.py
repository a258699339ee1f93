"""The people here, for administrators: disabled, enabled, deleted with all that is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import service as categorization
from expenseflow.identity import people
from expenseflow.identity.errors import OwnAccount
from expenseflow.identity.people import KnownPerson
from expenseflow.infra import queue
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.report_jobs import service
from expenseflow.report_jobs.admin import repository
from expenseflow.report_jobs.live import announcing
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import Status
from expenseflow.reports import service as reports

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person and the newest of their jobs."""

    person: KnownPerson
    last_job: ReportJob | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """Jobs that a worker may still be at; it is told after the commit."""

    job_ids: Sequence[UUID] = ()


async def list_people(
    session: AsyncSession, wanted: PageRequest, *, words: str
) -> Page[PersonView]:
    """Those whose e-mail holds the words, by e-mail."""
    page = await people.list_people(session, wanted, words=words)
    views = await _views(session, page.items)
    return Page(views, page.total_count, page.page, page.page_size)


async def disable(
    session: AsyncSession, admin_id: UUID, user_id: UUID, *, now: datetime
) -> Stopped:
    """End their sign-ins, streams and jobs, and let them not sign in again.

    Raises:
        PersonNotFound: nobody has this id.
        OwnAccount: it is the administrator themselves.
        NotAnAdmin: the administrator was disabled, or is none any more, meanwhile.
    """
    active = await _held(session, admin_id, user_id)
    await people.disable(session, user_id, now=now)
    announcing.note_sign_ins(session, user_id)
    stopped = [job_id for job_id in active if await _cancelled(session, user_id, job_id)]
    _log.info("admin.person_disabled", admin_id=str(admin_id), user_id=str(user_id))
    return Stopped(stopped)


async def enable(session: AsyncSession, admin_id: UUID, user_id: UUID) -> None:
    """They may sign in again.

    Raises:
        PersonNotFound: nobody has this id.
        OwnAccount: it is the administrator themselves.
        NotAnAdmin: the administrator was disabled, or is none any more, meanwhile.
    """
    await _held(session, admin_id, user_id)
    await people.enable(session, user_id)
    _log.info("admin.person_enabled", admin_id=str(admin_id), user_id=str(user_id))


async def erase(session: AsyncSession, admin_id: UUID, user_id: UUID, *, now: datetime) -> Stopped:
    """Delete them and every row that is theirs, or was learned from them.

    What tells of it afterwards is a line of the log with two ids, and for a month a hash of who
    they are at their provider, so that no token of theirs brings them back.

    Raises:
        PersonNotFound: nobody has this id.
        OwnAccount: it is the administrator themselves.
        NotAnAdmin: the administrator was disabled, or is none any more, meanwhile.
    """
    active = await _held(session, admin_id, user_id)
    announcing.note_sign_ins(session, user_id)
    await queue.forget(session, await repository.all_ids(session, user_id))
    await reports.delete_all_of(session, user_id)
    await categorization.forget_models(session)
    await people.delete(session, user_id, now=now)
    _log.info("admin.person_deleted", admin_id=str(admin_id), user_id=str(user_id))
    return Stopped(active)


async def view(session: AsyncSession, user_id: UUID) -> PersonView:
    """The person as they are now.

    Raises:
        PersonNotFound: nobody has this id.
    """
    [found] = await _views(session, [await people.held(session, user_id)])
    return found


async def _held(session: AsyncSession, admin_id: UUID, user_id: UUID) -> list[UUID]:
    """The person's active jobs; they, and the person, change no more by anybody else.

    The jobs first: a run locks its job before it writes anything of the person's.
    """
    if user_id == admin_id:
        raise OwnAccount
    await people.one_after_another(session, admin_id)
    await repository.hold_active(session, user_id)
    await people.held(session, user_id)
    return await service.active_ids(session, [user_id])  # with those that came in between


async def _cancelled(session: AsyncSession, user_id: UUID, job_id: UUID) -> bool:
    """Cancel the job; whether a worker has to be told."""
    cancelled = await service.cancel(session, user_id, job_id)
    return cancelled.job.status == int(Status.CancellationRequested)


async def _views(session: AsyncSession, found: Sequence[KnownPerson]) -> list[PersonView]:
    last = await repository.last_jobs(session, [person.id for person in found])
    by_person = {job.user_id: job for job in last}
    return [PersonView(person, by_person.get(person.id)) for person in found]
