"""What routes ask for: the request's transaction, the clock, the settings. A GET only looks.

The session dependency has `scope="function"`: FastAPI then commits *before* the answer leaves.
With the default scope the client may read a 202 and get a 404 for the same job.
All of them are `async def`: FastAPI sends a plain `def` through its thread pool, each request.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import get_contextvars

from expenseflow.infra.db import Database
from expenseflow.infra.settings import Settings
from expenseflow.kit.clock import Clock


async def get_database(request: Request) -> Database:
    return request.app.state.database


async def get_session(
    request: Request, database: Annotated[Database, Depends(get_database)]
) -> AsyncIterator[AsyncSession]:
    asking = database.look() if request.method == "GET" else database.request()
    async with asking as session:
        yield session


async def get_clock(request: Request) -> Clock:
    return request.app.state.clock


async def get_settings(request: Request) -> Settings:
    return request.app.state.settings


async def get_request_id() -> str | None:
    """The id under which this request is logged."""
    return get_contextvars().get("request_id")


DatabaseDep = Annotated[Database, Depends(get_database)]
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
ClockDep = Annotated[Clock, Depends(get_clock)]
RequestIdDep = Annotated[str | None, Depends(get_request_id)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
