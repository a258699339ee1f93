"""`/api/reports`, and the one route of `/api/transactions` that changes drafts."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import IO, Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response, status
from fastapi.responses import StreamingResponse

from expenseflow.categorization.outcomes import Tier
from expenseflow.identity.deps import CurrentUserDep
from expenseflow.infra.db import take_time
from expenseflow.reports import editing, errors, exclusion, exporting, schemas, service, submitting
from expenseflow.reports.schemas import ExcludedIn, LineIn, LineOut, ReportOut, SubmitIn
from expenseflow.reports.views import LineOrder, LineQuery
from expenseflow.statements.schemas import TransactionOut, transaction_out
from expenseflow.web.deps import ClockDep, SessionDep, SettingsDep
from expenseflow.web.paging import LongPageDep, PageDep
from expenseflow.web.wire import PageOf, page_of

_STRONG_TAG = re.compile(r'"([0-9]{1,10})"')
_CHUNK = 64 * 1024

router = APIRouter(prefix="/api", tags=["reports"])


@router.get("/reports")
async def list_reports(
    session: SessionDep,
    user: CurrentUserDep,
    paging: PageDep,
    period: schemas.Period | None = None,
) -> PageOf[ReportOut]:
    """The caller's reports, the latest month first."""
    page = await service.list_reports(session, user.id, period=period, paging=paging)
    return page_of(page, schemas.report_out)


@router.get("/reports/{report_id}")
async def get_report(session: SessionDep, user: CurrentUserDep, report_id: UUID) -> ReportOut:
    """One report."""
    return schemas.report_out(await service.get_report(session, user.id, report_id))


@router.get("/reports/{report_id}/lines")
async def list_lines(
    *,
    session: SessionDep,
    user: CurrentUserDep,
    paging: LongPageDep,
    report_id: UUID,
    needs_review: Annotated[bool | None, Query(alias="needsReview")] = None,
    q: schemas.Contains | None = None,
    tier: Tier | None = None,
    gl_code: Annotated[schemas.CodeOrNone | None, Query(alias="glCode")] = None,
    department_code: Annotated[schemas.CodeOrNone | None, Query(alias="departmentCode")] = None,
    sort: LineOrder = LineOrder.POSTED_ON,
) -> PageOf[LineOut]:
    """A page of lines; `q` looks into description, vendor and original description.

    `sort=-needsReview` is the order of a review: the flagged lines first, the least sure first.
    """
    query = LineQuery(
        paging=paging,
        needs_review=needs_review,
        contains=q,
        tier=tier,
        gl_code=gl_code,
        department_code=department_code,
        order=sort,
    )
    page = await service.list_lines(session, user.id, report_id, query=query)
    return page_of(page, schemas.line_out)


@router.patch("/reports/{report_id}/lines/{line_id:uuid}")
async def edit_line(
    *,
    session: SessionDep,
    user: CurrentUserDep,
    clock: ClockDep,
    response: Response,
    report_id: UUID,
    line_id: UUID,
    body: LineIn,
    if_match: Annotated[str | None, Header(description='The version you saw: `"3"`')] = None,
) -> LineOut:
    """Change or accept one line of a draft; memory learns from it."""
    try:
        line = await editing.edit_line(
            session,
            user.id,
            report_id,
            line_id,
            version=_version(if_match),
            change=schemas.change_of(body),
            now=clock.now(),
        )
    except errors.LineChangedMeanwhile:
        now_there = await service.get_line(session, user.id, report_id, line_id=line_id)
        current = schemas.line_out(now_there).model_dump(mode="json")
        raise errors.LineChangedMeanwhile(current=current) from None
    response.headers["ETag"] = f'"{line.version}"'
    return schemas.line_out(line)


@router.post("/reports/{report_id}/submit")
async def submit(
    session: SessionDep,
    user: CurrentUserDep,
    clock: ClockDep,
    report_id: UUID,
    body: SubmitIn | None = None,
) -> ReportOut:
    """Freeze the report."""
    await take_time(session)
    view = await submitting.submit(
        session,
        user.id,
        report_id,
        accept_unreviewed=body is not None and body.accept_unreviewed,
        now=clock.now(),
    )
    return schemas.report_out(view)


@router.post("/reports/{report_id}/reopen")
async def reopen(
    session: SessionDep, user: CurrentUserDep, clock: ClockDep, report_id: UUID
) -> ReportOut:
    """Make a submitted report a draft again."""
    await take_time(session)
    view = await submitting.reopen(session, user.id, report_id, now=clock.now())
    return schemas.report_out(view)


@router.delete("/reports/{report_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_report(session: SessionDep, user: CurrentUserDep, report_id: UUID) -> None:
    """Throw a draft away."""
    await take_time(session)
    await service.delete_report(session, user.id, report_id)


@router.get(
    "/reports/{report_id}/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {media_type: {} for media_type in exporting.MEDIA_TYPES}},
    },
)
async def export(
    session: SessionDep,
    user: CurrentUserDep,
    report_id: UUID,
    settings: SettingsDep,
    file_format: Annotated[
        str, Query(alias="format", description="csv, xlsx, pdf or journal-csv")
    ] = "csv",
) -> StreamingResponse:
    """The whole report as a file: for reading, for spreadsheets, in print, for the ledger.

    A journal is balanced per currency, and needs an account for every line.
    """
    await take_time(session)
    file = await exporting.export(
        session,
        user,
        report_id,
        file_format=file_format,
        journal_account=settings.journal_credit_account,
    )
    return StreamingResponse(
        _chunks(file.content),
        media_type=file.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "Content-Length": str(file.size),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.patch("/transactions/{transaction_id}", tags=["transactions"])
async def exclude(
    session: SessionDep,
    user: CurrentUserDep,
    clock: ClockDep,
    transaction_id: UUID,
    body: ExcludedIn,
) -> TransactionOut:
    """Keep a personal charge out of reports; a draft loses its line at once.

    Taken back, the line is on the draft again with what you had made of it.
    """
    changed = await exclusion.set_excluded(
        session, user.id, transaction_id, excluded=body.excluded, now=clock.now()
    )
    return transaction_out(changed)


def _version(if_match: str | None) -> int:
    if if_match is None:
        raise errors.VersionMissing
    tag = _STRONG_TAG.fullmatch(if_match.strip())
    if tag is None:
        raise errors.VersionUnreadable
    return int(tag[1])


async def _chunks(content: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(content.read, _CHUNK):
            yield chunk
    finally:
        content.close()
