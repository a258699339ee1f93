"""What the commands share: how they begin, how they reach the database, how they speak."""

import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app import server, startup
from expenseflow.app.wiring import Parts
from expenseflow.identity.errors import InvalidEmail
from expenseflow.identity.rules import normal_email
from expenseflow.infra import logs
from expenseflow.infra.settings import Settings
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.kit.period import is_period

T = TypeVar("T")


class Failed(Exception):
    """The command did not do what it was asked to; the text is one line for stderr."""


def email(text: str) -> str:
    """An e-mail address as it is stored; anything else is wrong use."""
    try:
        return normal_email(text)
    except InvalidEmail as error:
        raise typer.BadParameter(error.detail) from error


def period(text: str) -> str:
    """A month; anything else is wrong use."""
    if not is_period(text):
        raise typer.BadParameter(f"{text!r} is not a month such as 2026-01")
    return text


UserOption = Annotated[
    str, typer.Option("--user", metavar="EMAIL", callback=email, help="Whose it is, by e-mail.")
]


def begin(*, level: int = logging.WARNING) -> Settings:
    """The checked settings, and the log set up: quiet unless the command runs a service."""
    settings = startup.load_settings()
    logs.configure(settings.log_format, level=level)
    return settings


def with_parts(settings: Settings, action: Callable[[Parts], Awaitable[T]]) -> T:
    """Run over the database, which is started if it is the embedded one."""

    async def act(dsn: str) -> T:
        async with server.parts_of(settings, dsn) as parts:
            return await action(parts)

    with startup.open_database(settings) as dsn:
        return server.run(act(dsn))


def in_transaction(settings: Settings, action: Callable[[AsyncSession, Parts], Awaitable[T]]) -> T:
    """Run in one transaction, committed at the end."""

    async def act(parts: Parts) -> T:
        async with parts.database.transaction() as session:
            return await action(session, parts)

    return with_parts(settings, act)


def stdout() -> Console:
    """For what was asked for."""
    return Console(highlight=False, soft_wrap=True)


def stderr() -> Console:
    """For progress and errors."""
    return Console(stderr=True, highlight=False)


def words_of(error: ExpenseFlowError) -> str:
    """A business fact in one line."""
    return " ".join(error.detail.split())
