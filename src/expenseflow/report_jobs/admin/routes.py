"""`/api/admin`: HTTP only. Each route asks who is asking before anything else."""

from collections.abc import Iterable
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, status
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity.deps import AdminDep, IssuerDep
from expenseflow.infra.db import Database, after_commit, finish_early, take_time
from expenseflow.infra.webhooks import Webhook
from expenseflow.report_jobs import cancels
from expenseflow.report_jobs.admin import alerts, jobs, people
from expenseflow.report_jobs.admin.jobs import Wanted
from expenseflow.report_jobs.admin.schemas import (
    AlertsOut,
    DeliveryOut,
    OwnedReportJobOut,
    PersonIn,
    PersonOut,
    alerts_out,
    owned_job_out,
    person_out,
)
from expenseflow.report_jobs.rules import Status
from expenseflow.report_jobs.schemas import Period, StatusName
from expenseflow.web.deps import ClockDep, DatabaseDep, SessionDep
from expenseflow.web.paging import PageDep
from expenseflow.web.wire import PageOf, page_of

router = APIRouter(prefix="/api/admin", tags=["administration"])


async def _webhook(request: Request) -> Webhook | None:
    return request.app.state.webhook


WebhookDep = Annotated[Webhook | None, Depends(_webhook)]
EmailQuery = Annotated[str, Query(max_length=320, description="A part of the e-mail.")]


@router.get("/report-jobs", operation_id="listAllReportJobs")
async def list_jobs(
    _admin: AdminDep,
    session: SessionDep,
    page: PageDep,
    status_name: Annotated[StatusName | None, Query(alias="status")] = None,
    period: Annotated[Period | None, Query()] = None,
    q: EmailQuery = "",
) -> PageOf[OwnedReportJobOut]:
    """Everybody's jobs, newest first, and whose they are; nothing of what is in them."""
    wanted = Wanted(None if status_name is None else Status[status_name], period, q)
    return page_of(await jobs.list_all(session, page, wanted), owned_job_out)


@router.delete("/report-jobs/{job_id:uuid}", operation_id="cancelAnyReportJob")
async def cancel_job(
    job_id: UUID, admin: AdminDep, session: SessionDep, database: DatabaseDep
) -> OwnedReportJobOut:
    """Cancel anybody's job, as its owner could; asking again while it stops is fine."""
    owned = await jobs.cancel(session, admin.id, job_id)
    if owned.view.job.status == Status.CancellationRequested:
        _tell_workers(session, database, [job_id])
    return owned_job_out(owned)


@router.get("/users", operation_id="listPeople")
async def list_people(
    _admin: AdminDep, session: SessionDep, page: PageDep, issuer: IssuerDep, q: EmailQuery = ""
) -> PageOf[PersonOut]:
    """The people of this installation, by e-mail, each with the newest of their jobs."""
    found = await people.list_people(session, page, words=q)
    return page_of(found, partial(person_out, issuer=issuer))


@router.patch("/users/{user_id:uuid}", operation_id="changePerson")
async def change_person(
    user_id: UUID,
    body: PersonIn,
    admin: AdminDep,
    session: SessionDep,
    clock: ClockDep,
    *,
    database: DatabaseDep,
    issuer: IssuerDep,
) -> PersonOut:
    """Disable somebody: their sign-ins, streams and jobs end; or let them sign in again.

    What is theirs stays.
    """
    if body.disabled:
        stopped = await people.disable(session, admin.id, user_id, now=clock.now())
        _tell_workers(session, database, stopped.job_ids)
    else:
        await people.enable(session, admin.id, user_id)
    return person_out(await people.view(session, user_id), issuer=issuer)


@router.delete(
    "/users/{user_id:uuid}", operation_id="deletePerson", status_code=status.HTTP_204_NO_CONTENT
)
async def delete_person(
    user_id: UUID, admin: AdminDep, session: SessionDep, clock: ClockDep, database: DatabaseDep
) -> None:
    """Delete somebody with everything that is theirs, for good.

    What was learned from everybody is learned anew, without them.
    """
    await take_time(session)
    stopped = await people.erase(session, admin.id, user_id, now=clock.now())
    _tell_workers(session, database, stopped.job_ids)


@router.get("/alerts", operation_id="getAlerts")
async def get_alerts(_admin: AdminDep, session: SessionDep, webhook: WebhookDep) -> AlertsOut:
    """How many jobs failed within the last hour, whether that is an alert, and who was told."""
    return alerts_out(await alerts.look(session), has_webhook=webhook is not None)


@router.post("/alerts/test", operation_id="testAlert")
async def send_test(
    _admin: AdminDep, session: SessionDep, webhook: WebhookDep, clock: ClockDep
) -> DeliveryOut:
    """Send the webhook a message of the type `report_jobs.test`, and say whether it was taken."""
    await finish_early(session)  # the receiver may take seconds
    delivery = await alerts.send_test(webhook, now=clock.now())
    return DeliveryOut(delivered=delivery.delivered, reason=delivery.reason)


def _tell_workers(session: AsyncSession, database: Database, job_ids: Iterable[UUID]) -> None:
    for job_id in job_ids:
        after_commit(session, partial(cancels.notify, database, job_id))
