"""`expenseflow import`: statements from files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from expenseflow.app.cli import common
from expenseflow.app.cli.common import UserOption
from expenseflow.app.refusals import Failed
from expenseflow.app.wiring import Parts
from expenseflow.identity import service as identity
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.statements import service as statements
from expenseflow.statements.rows import ImportedStatement

FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="Statements: CSV, OFX or QFX.")
]
AccountOption = Annotated[
    str | None, typer.Option(help="The card's label or last four digits, if the file names none.")
]
CurrencyOption = Annotated[
    str | None, typer.Option(metavar="CODE", help="ISO 4217, if the file names none.")
]
_NO_MORE_THAN = 20


def import_(
    files: FilesArgument,
    user: UserOption,
    account: AccountOption = None,
    currency: CurrencyOption = None,
) -> int:
    """Import statements from files.

    A file that was imported before adds nothing. A file that cannot be read is refused as a
    whole; of the others, every row that was not taken is listed with its reason.
    """
    settings = common.begin()
    most = settings.max_upload_mb * 1_000_000

    async def act(parts: Parts) -> list[ImportedStatement | Failed]:
        return [
            await _import(parts, path, user, account=account, currency=currency, most=most)
            for path in files
        ]

    results = common.with_parts(settings, act)
    _show([result for result in results if isinstance(result, ImportedStatement)])
    failures = [result for result in results if isinstance(result, Failed)]
    for failure in failures:
        common.stderr().print(f"expenseflow import: {failure}", markup=False, soft_wrap=True)
    return 1 if failures else 0


async def _import(
    parts: Parts, path: Path, user: str, *, account: str | None, currency: str | None, most: int
) -> ImportedStatement | Failed:
    """One file in a transaction of its own."""
    try:
        content = _read(path, most)
        async with parts.database.transaction() as session:
            now = parts.clock.now()
            person = await identity.ensure_user(session, user, now=now)
            return await statements.import_statement(
                session,
                person.id,
                file_name=path.name,
                content=content,
                account=account,
                currency=currency,
                default_currency=parts.settings.default_currency,
                now=now,
            )
    except ExpenseFlowError as error:
        return Failed(f"{path}: {common.words_of(error)}")
    except OSError as error:
        return Failed(f"{path}: {error.strerror}")
    except Failed as failure:
        return failure


def _read(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Failed(f"{path}: larger than {most // 1_000_000} MB")
    return content


def _show(imported: list[ImportedStatement]) -> None:
    if not imported:
        return
    table = Table("File", "Format", "Account", "Currency", "Months", box=None)
    for heading in ("New", "Known", "Payments", "Rejected"):
        table.add_column(heading, justify="right")
    for one in imported:
        counts = (one.imported, one.duplicates, one.payments, len(one.rejected))
        months = ", ".join(one.periods)
        words = (one.file_name, one.format, one.account or "", one.currency or "several", months)
        table.add_row(*map(escape, words), *map(str, counts))
    console = common.stdout()
    console.print(table)
    for one in imported:
        if one.currency_source == "default":
            console.print(f"{one.file_name}: {_of_default(one)}", markup=False)
        for rejected in one.rejected[:_NO_MORE_THAN]:
            text = f"{one.file_name} row {rejected['row']}: {rejected['reason']}"
            console.print(text, markup=False)
        if len(one.rejected) > _NO_MORE_THAN:
            more = len(one.rejected) - _NO_MORE_THAN
            console.print(f"{one.file_name}: {more} more rejected rows", markup=False)


def _of_default(one: ImportedStatement) -> str:
    """What to say where nobody has named the currency."""
    if one.currency is None:
        return "some rows have the default currency; give --currency if that is wrong"
    return f"currency: {one.currency} (default; give --currency if that is wrong)"
