"""`/api/accounts` and `/api/departments`."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart import errors, rules, service
from expenseflow.chart.models import Account, Department
from expenseflow.chart.rules import Checked
from expenseflow.chart.schemas import (
    BODY,
    ChartChangesOut,
    ChartEntryOut,
    ChartIn,
    changes_out,
    entry_out,
)
from expenseflow.identity.deps import AdminDep, CurrentUserDep
from expenseflow.identity.service import CurrentUser
from expenseflow.kit.paging import PageRequest
from expenseflow.web.deps import SessionDep
from expenseflow.web.paging import PageNumber
from expenseflow.web.wire import PageOf, page_of

WHOLE_CHART = 1000
CSV = "text/csv"
_log = structlog.get_logger(__name__)

router = APIRouter(prefix="/api", tags=["chart"])


async def _chart_page(
    page: PageNumber = 1,
    page_size: Annotated[int, Query(ge=1, le=WHOLE_CHART, alias="pageSize")] = WHOLE_CHART,
) -> PageRequest:
    """A chart is wanted whole, so the page is large unless asked otherwise."""
    return PageRequest(page=page, page_size=page_size)


async def _checked(request: Request) -> Checked:
    """The list in the body, as CSV or JSON; the layers before have read and weighed it."""
    content = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == CSV:
        return rules.read(content)
    try:
        given = ChartIn.model_validate_json(content, strict=True)
    except ValidationError as error:
        raise RequestValidationError([_in_body(one) for one in error.errors()]) from error
    return rules.check(given.entries())


def _in_body(mistake: Any) -> dict[str, Any]:
    return {**mistake, "loc": ("body", *mistake["loc"])}


ChartPageDep = Annotated[PageRequest, Depends(_chart_page)]
CheckedDep = Annotated[Checked, Depends(_checked)]
DryRunQuery = Annotated[
    bool,
    Query(alias="dryRun", description="true: only say what it would change; nothing is stored."),
]
IfMatchHeader = Annotated[
    str | None,
    Header(
        pattern='^"[0-9a-f]{64}"$',
        description="The `ETag` of the list you saw. Without it: 428; once the list has changed: "
        "412.",
    ),
]


@router.get("/accounts")
async def list_accounts(
    session: SessionDep, page: ChartPageDep, response: Response, _user: CurrentUserDep
) -> PageOf[ChartEntryOut]:
    """The accounts a line can be booked on, by code; the inactive ones too.

    The `ETag` is that of the whole list, whichever page it is.
    """
    # Before the entries: who saves by it has then seen this list or a later one, never an earlier.
    response.headers["ETag"] = _tag(await service.version_of(session, Account))
    return page_of(await service.list_accounts(session, page), entry_out)


@router.get("/departments")
async def list_departments(
    session: SessionDep, page: ChartPageDep, response: Response, _user: CurrentUserDep
) -> PageOf[ChartEntryOut]:
    """The departments a line can be charged to, by code; the inactive ones too.

    The `ETag` is that of the whole list, whichever page it is.
    """
    response.headers["ETag"] = _tag(await service.version_of(session, Department))
    return page_of(await service.list_departments(session, page), entry_out)


@router.put("/accounts", openapi_extra=BODY)
async def replace_accounts(
    admin: AdminDep,
    session: SessionDep,
    checked: CheckedDep,
    response: Response,
    *,
    dry_run: DryRunQuery = False,
    if_match: IfMatchHeader = None,
) -> ChartChangesOut:
    """Make the accounts what this list says; codes that it leaves out go out of use.

    None is ever deleted. A dry run names every row that cannot be taken; else one such row is
    422, and nothing is stored.
    """
    return await _replace(
        session, Account, checked, response, admin=admin, seen=if_match, store=not dry_run
    )


@router.put("/departments", openapi_extra=BODY)
async def replace_departments(
    admin: AdminDep,
    session: SessionDep,
    checked: CheckedDep,
    response: Response,
    *,
    dry_run: DryRunQuery = False,
    if_match: IfMatchHeader = None,
) -> ChartChangesOut:
    """Make the departments what this list says, as for accounts."""
    return await _replace(
        session, Department, checked, response, admin=admin, seen=if_match, store=not dry_run
    )


async def _replace(
    session: AsyncSession,
    table: type[Account | Department],
    checked: Checked,
    response: Response,
    *,
    admin: CurrentUser,
    seen: str | None,
    store: bool,
) -> ChartChangesOut:
    if seen is None:
        raise errors.ChartVersionMissing
    replaced = await service.replace(session, table, checked, seen=seen.strip('"'), store=store)
    response.headers["ETag"] = _tag(replaced.version)
    if store:
        _log.info(
            "admin.chart_replaced",
            admin_id=str(admin.id),
            table=table.__tablename__,
            added=len(replaced.changes.added),
            changed=len(replaced.changes.changed),
            deactivated=len(replaced.changes.deactivated),
        )
    return changes_out(replaced, checked)


def _tag(version: str) -> str:
    return f'"{version}"'
