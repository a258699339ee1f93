"""`expenseflow accounts load`, `expenseflow departments load`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app.cli import common
from expenseflow.app.wiring import Parts
from expenseflow.chart import service as charts

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE.csv", help="Columns: code, name and, if any, description.")
]

accounts = typer.Typer(help="The accounts that charges are booked on.", no_args_is_help=False)
departments = typer.Typer(help="The departments that charges belong to.", no_args_is_help=False)


@accounts.callback()
def _accounts() -> None:
    """Keeps `load` a word of its own: Typer would drop the only command's name."""


@departments.callback()
def _departments() -> None:
    """As above."""


@accounts.command("load")
def load_accounts(file: FileArgument) -> None:
    """Make the accounts what this file says; those it leaves out are deactivated."""
    _load(file, charts.load_accounts_csv, "accounts")


@departments.command("load")
def load_departments(file: FileArgument) -> None:
    """Make the departments what this file says; those it leaves out are deactivated."""
    _load(file, charts.load_departments_csv, "departments")


def _load(file: Path, load: Callable[[AsyncSession, bytes], Awaitable[int]], what: str) -> None:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise common.Failed(f"{file}: {error.strerror}") from error

    async def act(session: AsyncSession, _parts: Parts) -> int:
        return await load(session, content)

    print(f"{common.in_transaction(common.begin(), act)} {what} loaded")
