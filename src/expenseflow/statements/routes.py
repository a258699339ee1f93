"""Statements in, transactions out."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, WithJsonSchema

from expenseflow.identity.deps import CurrentUserDep
from expenseflow.infra.db import finish_early, take_time
from expenseflow.kit.period import PERIOD_PATTERN, is_period
from expenseflow.statements import service, uploads
from expenseflow.statements.preview_schemas import PreviewOut, preview_json
from expenseflow.statements.schemas import StatementOut, TransactionOut, transaction_out
from expenseflow.statements.uploads import ReadUploadDep
from expenseflow.web.deps import ClockDep, SessionDep
from expenseflow.web.paging import PageDep
from expenseflow.web.wire import PageOf, page_of

router = APIRouter(prefix="/api", tags=["statements"])

MAX_SEARCH = 200


def _period(text: str) -> str:
    if not is_period(text):
        raise ValueError("A period is a month such as 2026-01.")
    return text


def _search(text: str) -> str:
    if "\x00" in text:
        raise ValueError("A NUL character cannot be looked for.")
    return text


PeriodQuery = Annotated[
    str, AfterValidator(_period), WithJsonSchema({"type": "string", "pattern": PERIOD_PATTERN})
]
SearchQuery = Annotated[str, AfterValidator(_search), Query(max_length=MAX_SEARCH)]


@router.post("/statements", status_code=HTTPStatus.CREATED, openapi_extra=uploads.FORM)
async def import_statement(
    # The file comes first: no database connection is held while a slow client sends it, nor
    # while it is taken apart. The gate has checked the token's signature before.
    upload: ReadUploadDep,
    session: SessionDep,
    user: CurrentUserDep,
    clock: ClockDep,
) -> StatementOut:
    """Import a file; what is already there is counted, not stored again."""
    await take_time(session)
    imported = await service.store_statement(
        session,
        user.id,
        upload.statement,
        file_name=upload.file_name,
        now=clock.now(),
        choices=upload.choices,
    )
    return StatementOut.from_row(imported)


@router.post("/statements/preview", response_model=PreviewOut, openapi_extra=uploads.FORM)
async def preview_statement(
    upload: ReadUploadDep, session: SessionDep, user: CurrentUserDep
) -> Response:
    """What an import would do, row by row; nothing is stored.

    An import of the same file and form with the `mapping` of the answer does exactly this.
    """
    await take_time(session)
    preview = await service.preview_statement(
        session, user.id, upload.statement, choices=upload.choices
    )
    await finish_early(session)
    body = await asyncio.to_thread(preview_json, preview)
    return Response(body, media_type="application/json")


@router.get("/statements")
async def list_statements(
    session: SessionDep, user: CurrentUserDep, page: PageDep
) -> PageOf[StatementOut]:
    """The imports, newest first."""
    found = await service.list_statements(session, user.id, page)
    return page_of(found, StatementOut.from_row)


@router.get("/transactions")
async def list_transactions(
    session: SessionDep,
    user: CurrentUserDep,
    page: PageDep,
    period: PeriodQuery | None = None,
    q: SearchQuery | None = None,
) -> PageOf[TransactionOut]:
    """Transactions, newest first; `q` is looked for in the description."""
    found = await service.list_transactions(session, user.id, page, period=period, q=q)
    return page_of(found, transaction_out)
