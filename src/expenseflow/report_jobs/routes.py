"""`/api/report-jobs` and `/api/periods`: HTTP only."""

import hashlib
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status
from fastapi.responses import JSONResponse

from expenseflow.identity.deps import CurrentUserDep
from expenseflow.infra.db import after_commit, take_time
from expenseflow.report_jobs import cancels, idempotency, overview, service
from expenseflow.report_jobs.post_limit import PerMinute
from expenseflow.report_jobs.rules import Status
from expenseflow.report_jobs.schemas import (
    Period,
    PeriodOut,
    ReportJobIn,
    ReportJobOut,
    StatusName,
    job_out,
    period_out,
)
from expenseflow.report_jobs.service import Doorbell
from expenseflow.web.deps import DatabaseDep, RequestIdDep, SessionDep
from expenseflow.web.paging import PageDep
from expenseflow.web.wire import PageOf, page_of

router = APIRouter(prefix="/api", tags=["report jobs"])


async def _doorbell(request: Request) -> Doorbell:
    return request.app.state.queue


async def _post_limit(request: Request) -> PerMinute:
    return request.app.state.post_limit


DoorbellDep = Annotated[Doorbell, Depends(_doorbell)]
PostLimitDep = Annotated[PerMinute, Depends(_post_limit)]
IdempotencyKeyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]
_POLL_SECONDS = {"Pending": "5", "Processing": "2", "CancellationRequested": "2"}


@router.post(
    "/report-jobs",
    status_code=status.HTTP_202_ACCEPTED,
    operation_id="createReportJob",
    response_model=ReportJobOut,
)
async def create(
    body: ReportJobIn,
    user: CurrentUserDep,
    session: SessionDep,
    doorbell: DoorbellDep,
    limit: PostLimitDep,
    request_id: RequestIdDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Generate the report of a month in the background."""
    body_hash = idempotency.hash_of(body.model_dump())
    if idempotency_key is not None:
        earlier = await idempotency.earlier_answer(
            session, user.id, idempotency_key, body_hash=body_hash
        )
        if earlier is not None:
            return _accepted(ReportJobOut.model_validate(earlier, by_alias=True))
    await take_time(session)
    view = await service.request_report(
        session, user.id, body.period, doorbell=doorbell, limit=limit, request_id=request_id
    )
    answer = job_out(view)
    if idempotency_key is not None:
        await idempotency.keep_answer(
            session,
            user.id,
            idempotency_key,
            body_hash=body_hash,
            job_id=answer.id,
            answer=answer.model_dump(mode="json", by_alias=True),
        )
    return _accepted(answer)


@router.get("/report-jobs", operation_id="listReportJobs")
async def list_jobs(
    user: CurrentUserDep,
    session: SessionDep,
    wanted: PageDep,
    status_name: Annotated[StatusName | None, Query(alias="status")] = None,
) -> PageOf[ReportJobOut]:
    """The caller's jobs, newest first."""
    wanted_status = None if status_name is None else Status[status_name]
    page = await service.list_jobs(session, user.id, wanted, status=wanted_status)
    return page_of(page, job_out)


@router.get("/report-jobs/active", operation_id="getActiveReportJob")
async def get_active(
    user: CurrentUserDep, session: SessionDep, period: Annotated[Period, Query()]
) -> ReportJobOut:
    """The active job of a period."""
    return job_out(await service.get_active(session, user.id, period))


@router.get("/report-jobs/{job_id:uuid}", operation_id="getReportJob", response_model=ReportJobOut)
async def get(
    job_id: UUID,
    user: CurrentUserDep,
    session: SessionDep,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One job; poll it with `If-None-Match` no oftener than `Retry-After` says."""
    answer = job_out(await service.get(session, user.id, job_id))
    body = answer.model_dump_json(by_alias=True).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag}
    if answer.status in _POLL_SECONDS:
        headers["Retry-After"] = _POLL_SECONDS[answer.status]
    if _matches(if_none_match, etag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.delete("/report-jobs/{job_id:uuid}", operation_id="cancelReportJob")
async def cancel(
    job_id: UUID, user: CurrentUserDep, session: SessionDep, database: DatabaseDep
) -> ReportJobOut:
    """Cancel a job; asking again while it stops is fine."""
    view = await service.cancel(session, user.id, job_id)
    if view.job.status == Status.CancellationRequested:
        after_commit(session, partial(cancels.notify, database, job_id))
    return job_out(view)


@router.post(
    "/report-jobs/{job_id}/retry",
    status_code=status.HTTP_202_ACCEPTED,
    operation_id="retryReportJob",
    response_model=ReportJobOut,
)
async def retry(
    job_id: UUID,
    user: CurrentUserDep,
    session: SessionDep,
    doorbell: DoorbellDep,
    limit: PostLimitDep,
    request_id: RequestIdDep,
) -> Response:
    """A new job for the lines the latest one left open or flagged."""
    await take_time(session)
    view = await service.retry(
        session, user.id, job_id, doorbell=doorbell, limit=limit, request_id=request_id
    )
    return _accepted(job_out(view))


@router.get("/periods", operation_id="listPeriods", tags=["periods"])
async def list_periods(
    user: CurrentUserDep, session: SessionDep, wanted: PageDep
) -> PageOf[PeriodOut]:
    """The caller's months with their transactions, reports and active job, newest first."""
    return page_of(await overview.list_periods(session, user.id, wanted), period_out)


def _accepted(answer: ReportJobOut) -> Response:
    return JSONResponse(
        answer.model_dump(mode="json", by_alias=True),
        status_code=status.HTTP_202_ACCEPTED,
        headers={"Location": f"/api/report-jobs/{answer.id}", "Retry-After": "2"},
    )


def _matches(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    offered = {candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")}
    return "*" in offered or etag in offered
