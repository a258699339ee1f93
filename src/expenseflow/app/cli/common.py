"""What the commands share: how they begin, how they reach the database, how they speak."""

from __future__ import annotations

import logging
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from expenseflow.app import configuration
from expenseflow.app.refusals import Failed, WrongSettings
from expenseflow.identity.errors import InvalidEmail
from expenseflow.identity.rules import normal_email
from expenseflow.kit.period import is_period

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rich.console import Console
    from sqlalchemy.ext.asyncio import AsyncSession

    from expenseflow.app.wiring import Parts
    from expenseflow.identity.service import CurrentUser
    from expenseflow.infra.db import Address
    from expenseflow.infra.settings import Settings
    from expenseflow.kit.errors import ExpenseFlowError

T = TypeVar("T")

# Imports inside functions: they take a second, and wrong use, or a port in use, is said at once.


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


def only_locally(settings: Settings) -> None:
    """For what gives somebody a sign-in of ours: where a provider says who people are, nobody has.

    Raises:
        WrongSettings: in one line.
    """
    if settings.auth_mode == "oidc":
        raise WrongSettings(
            "People sign in at the OpenID provider (EXPENSEFLOW_AUTH_MODE=oidc): in a browser at "
            "EXPENSEFLOW_PUBLIC_URL, or with an access token that it made"
        )


async def person(session: AsyncSession, parts: Parts, address: str) -> CurrentUser:
    """Whose e-mail this is: a new person locally, else somebody who has signed in.

    Raises:
        Failed: in oidc mode, when nobody is called so, or several are.
    """
    from expenseflow.identity import service  # noqa: PLC0415  # slow to load

    if parts.openid is None:
        return await service.ensure_user(session, address, now=parts.clock.now())
    issuer = parts.openid.config.issuer
    found = await service.person_called(session, address, issuer=issuer)
    if found is None:
        raise Failed(
            f"Not just one person called {address} has signed in; whoever it is signs in first"
        )
    return found


def begin(*, level: int = logging.WARNING) -> Settings:
    """The checked settings, and the log set up: quiet unless the command runs a service."""
    from expenseflow.infra import logs  # noqa: PLC0415

    settings = configuration.load_settings()
    logs.configure(settings.log_format, level=level)
    return settings


def say_if_new(settings: Settings) -> None:
    """Whoever is in another folder than they think hears that nothing is there yet."""
    if settings.database_url is None and not settings.data_dir.exists():
        words = f"There was no {settings.data_dir}: a new, empty installation is made there"
        print(f"{words}. For another one set EXPENSEFLOW_DATA_DIR", file=sys.stderr)


def with_parts(settings: Settings, action: Callable[[Parts], Awaitable[T]]) -> T:
    """Run over the database, which is started if it is the embedded one."""
    from expenseflow.app import server, startup  # noqa: PLC0415

    async def act(where: Address) -> T:
        async with server.parts_of(settings, where) as parts:
            return await action(parts)

    with startup.open_database(settings) as where:
        return server.run(act(where))


def in_transaction(settings: Settings, action: Callable[[AsyncSession, Parts], Awaitable[T]]) -> T:
    """Run in one transaction, committed at the end."""

    async def act(parts: Parts) -> T:
        async with parts.database.transaction() as session:
            return await action(session, parts)

    return with_parts(settings, act)


def stdout() -> Console:
    """For what was asked for."""
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False, soft_wrap=True)


def stderr() -> Console:
    """For progress and errors."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=True, highlight=False)


def words_of(error: ExpenseFlowError) -> str:
    """A business fact in one line."""
    return " ".join(error.detail.split())


def command(*words: str) -> str:
    """A command of ours to copy, called the way this one was."""
    return shlex.join([*_called(sys.argv[0]), *words])


def _called(script: str) -> list[str]:
    path = Path(script)
    if path.name == "__main__.py":
        return [sys.executable, "-m", "expenseflow"]
    if path.stem != "expenseflow":
        return ["expenseflow"]
    found = shutil.which("expenseflow")
    return ["expenseflow"] if found and path.resolve() == Path(found).resolve() else [script]


def plural(count: int, one: str, many: str) -> str:
    """How many of what."""
    return f"{count} {one if count == 1 else many}"
