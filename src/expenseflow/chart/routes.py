"""`/api/accounts` and `/api/departments`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from expenseflow.chart import service
from expenseflow.chart.schemas import ChartEntryOut, entry_out
from expenseflow.identity.deps import CurrentUserDep
from expenseflow.kit.paging import PageRequest
from expenseflow.web.deps import SessionDep
from expenseflow.web.paging import PageNumber
from expenseflow.web.wire import PageOf, page_of

WHOLE_CHART = 1000

router = APIRouter(prefix="/api", tags=["chart"])


async def _chart_page(
    page: PageNumber = 1,
    page_size: Annotated[int, Query(ge=1, le=WHOLE_CHART, alias="pageSize")] = WHOLE_CHART,
) -> PageRequest:
    """A chart is wanted whole, so the page is large unless asked otherwise."""
    return PageRequest(page=page, page_size=page_size)


ChartPageDep = Annotated[PageRequest, Depends(_chart_page)]


@router.get("/accounts")
async def list_accounts(
    session: SessionDep, page: ChartPageDep, _user: CurrentUserDep
) -> PageOf[ChartEntryOut]:
    """The accounts a line can be booked on, by code; the inactive ones too."""
    return page_of(await service.list_accounts(session, page), entry_out)


@router.get("/departments")
async def list_departments(
    session: SessionDep, page: ChartPageDep, _user: CurrentUserDep
) -> PageOf[ChartEntryOut]:
    """The departments a line can be charged to, by code; the inactive ones too."""
    return page_of(await service.list_departments(session, page), entry_out)
