"""`expenseflow accounts load`, `expenseflow departments load`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app.cli import common
from expenseflow.app.refusals import Failed
from expenseflow.app.wiring import Parts
from expenseflow.chart import service as charts
from expenseflow.chart.service import Loading

FileArgument = Annotated[
    Path | None,
    typer.Argument(metavar="FILE.csv", help="Columns: code, name and, if any, description."),
]
StarterOption = Annotated[
    bool, typer.Option("--starter", help="Instead of a file: back to the list we came with.")
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Even if most of those in use are deactivated.")
]
Load = Callable[[AsyncSession], Awaitable[Loading]]

accounts = typer.Typer(help="The accounts that charges are booked on.", no_args_is_help=False)
departments = typer.Typer(help="The departments that charges belong to.", no_args_is_help=False)


@accounts.callback()
def _accounts() -> None:
    """Keeps `load` a word of its own: Typer would drop the only command's name."""


@departments.callback()
def _departments() -> None:
    """As above."""


@accounts.command("load")
def load_accounts(
    file: FileArgument = None, *, starter: StarterOption = False, yes: YesOption = False
) -> None:
    """Make the accounts what a file says.

    Those it leaves out are deactivated; with --starter they come back.
    """
    content = _content(file, starter=starter)

    async def load(session: AsyncSession) -> Loading:
        if content is None:
            return await charts.load_starter_accounts(session)
        return await charts.load_accounts_csv(session, content)

    _load(load, ("account", "accounts"), yes=yes)


@departments.command("load")
def load_departments(
    file: FileArgument = None, *, starter: StarterOption = False, yes: YesOption = False
) -> None:
    """Make the departments what a file says.

    Those it leaves out are deactivated; with --starter they come back.
    """
    content = _content(file, starter=starter)

    async def load(session: AsyncSession) -> Loading:
        if content is None:
            return await charts.load_starter_departments(session)
        return await charts.load_departments_csv(session, content)

    _load(load, ("department", "departments"), yes=yes)


def _content(file: Path | None, *, starter: bool) -> bytes | None:
    """What the file holds; None: the starter list is wanted."""
    if starter is (file is not None):
        raise typer.BadParameter("Name a FILE.csv or give --starter, one of the two")
    if file is None:
        return None
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from error


def _load(load: Load, words: tuple[str, str], *, yes: bool) -> None:
    async def act(session: AsyncSession, _parts: Parts) -> Loading:
        done = await load(session)
        if done.is_drastic and not yes:  # leaves the transaction, which takes everything back
            raise Failed(
                f"That would deactivate {done.deactivated} of the {done.active_before} "
                f"{words[1]} in use; nothing was changed. If it is meant, add --yes"
            )
        return done

    done = common.in_transaction(common.begin(), act)
    gone = f", {done.deactivated} deactivated" if done.deactivated else ""
    print(f"{common.plural(done.loaded, *words)} loaded{gone}")
