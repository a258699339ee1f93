"""`?page=&pageSize=` as a dependency."""

from typing import Annotated

from fastapi import Depends, Query

from expenseflow.kit.paging import PageRequest

MAX_PAGE = 1_000_000
PageNumber = Annotated[int, Query(ge=1, le=MAX_PAGE)]


async def _page(
    page: PageNumber = 1, page_size: Annotated[int, Query(ge=1, le=100, alias="pageSize")] = 20
) -> PageRequest:
    return PageRequest(page=page, page_size=page_size)


async def _long_page(
    page: PageNumber = 1, page_size: Annotated[int, Query(ge=1, le=500, alias="pageSize")] = 100
) -> PageRequest:
    return PageRequest(page=page, page_size=page_size)


PageDep = Annotated[PageRequest, Depends(_page)]
LongPageDep = Annotated[PageRequest, Depends(_long_page)]
"""For report lines: up to 500 a page."""
