"""`expenseflow import`: statements from files."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app.cli import common, previewing
from expenseflow.app.cli.common import UserOption
from expenseflow.app.cli.previewing import PreviewedFile
from expenseflow.app.refusals import Failed
from expenseflow.app.wiring import Parts
from expenseflow.identity import service as identity
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.statements import service as statements
from expenseflow.statements.parsing import Mapping
from expenseflow.statements.rows import ImportedStatement, PreviewedStatement

FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="Statements: CSV, OFX, QFX, CAMT or MT940.")
]
AccountOption = Annotated[
    str | None, typer.Option(help="The card's label or last four digits, if the file names none.")
]
CurrencyOption = Annotated[
    str | None, typer.Option(metavar="CODE", help="ISO 4217, if the file names none.")
]
PreviewOption = Annotated[
    bool, typer.Option("--preview", help="Only show what an import would do; store nothing.")
]
FlipOption = Annotated[
    bool, typer.Option("--flip-sign", help="Charges have the other sign than it seems.")
]
_NO_MORE_THAN = 20


def import_(
    files: FilesArgument,
    user: UserOption,
    *,
    account: AccountOption = None,
    currency: CurrencyOption = None,
    preview: PreviewOption = False,
    flip_sign: FlipOption = False,
) -> int:
    """Import statements from files.

    A file that was imported before adds nothing. A file that cannot be read is refused as a
    whole; of the others, every row that was not taken is listed with its reason. With
    `--preview` nothing is stored; `--flip-sign` is remembered for files with these headings.
    """
    settings = common.begin()
    said = _Said(user, account, currency, settings.max_upload_mb * 1_000_000, flip_sign)

    async def act(parts: Parts) -> list[ImportedStatement | PreviewedFile | Failed]:
        work = _preview if preview else _import
        return [await _try(work, parts, path, said) for path in files]

    results = common.with_parts(settings, act)
    _show([result for result in results if isinstance(result, ImportedStatement)])
    for result in results:
        if isinstance(result, PreviewedFile):
            previewing.show(result)
    failures = [result for result in results if isinstance(result, Failed)]
    for failure in failures:
        common.stderr().print(f"expenseflow import: {failure}", markup=False, soft_wrap=True)
    return 1 if failures else 0


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said beside the files."""

    user: str
    account: str | None
    currency: str | None
    most: int
    """Bytes a file may have."""
    flip_sign: bool


_Work = Callable[[Parts, Path, _Said], Awaitable[ImportedStatement | PreviewedFile]]


async def _try(
    work: _Work, parts: Parts, path: Path, said: _Said
) -> ImportedStatement | PreviewedFile | Failed:
    """One file; whatever is wrong with it does not stop the others."""
    try:
        return await work(parts, path, said)
    except ExpenseFlowError as error:
        return Failed(f"{path}: {common.words_of(error)}")
    except OSError as error:
        return Failed(f"{path}: {error.strerror}")
    except Failed as failure:
        return failure


async def _import(parts: Parts, path: Path, said: _Said) -> ImportedStatement:
    """One file in a transaction of its own."""
    content = _read(path, said.most)
    async with parts.database.transaction() as session:
        now = parts.clock.now()
        person = await common.person(session, parts, said.user)
        return await statements.import_statement(
            session,
            person.id,
            file_name=path.name,
            content=content,
            account=said.account,
            currency=said.currency,
            default_currency=parts.settings.default_currency,
            now=now,
            mapping=await _mapping(_Offer(session, parts, person.id, content, said)),
        )


async def _preview(parts: Parts, path: Path, said: _Said) -> PreviewedFile:
    """One file in a transaction that is rolled back."""
    content = _read(path, said.most)
    async with parts.database.transaction() as session:
        person = await identity.ensure_user(session, said.user, now=parts.clock.now())
        offer = _Offer(session, parts, person.id, content, said)
        shown = await _shown(offer, await _mapping(offer))
        await session.rollback()
    return PreviewedFile(path.name, shown)


@dataclass(frozen=True, slots=True)
class _Offer:
    """A file before somebody's ledger."""

    session: AsyncSession
    parts: Parts
    user_id: UUID
    content: bytes
    said: _Said


async def _mapping(offer: _Offer) -> Mapping | None:
    """The mapping that an import would have, with the other sign if that was asked for."""
    if not offer.said.flip_sign:
        return None
    shown = await _shown(offer, None)
    convention = shown.mapping.sign_convention
    # What was only guessed from this file is not said by turning its sign.
    said = shown.mapping if shown.mapping_source == "remembered" else Mapping()
    return replace(said, sign_convention=convention and convention.flipped)


async def _shown(offer: _Offer, mapping: Mapping | None) -> PreviewedStatement:
    return await statements.preview_file(
        offer.session,
        offer.user_id,
        content=offer.content,
        account=offer.said.account,
        currency=offer.said.currency,
        default_currency=offer.parts.settings.default_currency,
        mapping=mapping,
    )


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
        for words in _remarks(one):
            console.print(f"{one.file_name}{words}", markup=False)


def _remarks(one: ImportedStatement) -> list[str]:
    """What goes behind the name of the file, each on a line of its own."""
    remarks = [f": {_of_default(one)}"] if one.currency_source == "default" else []
    remarks += [f": {note}" for note in one.notes]
    first = one.rejected[:_NO_MORE_THAN]
    remarks += [f" row {rejected['row']}: {rejected['reason']}" for rejected in first]
    if more := len(one.rejected) - len(first):
        remarks.append(f": {more} more rejected rows")
    return remarks


def _of_default(one: ImportedStatement) -> str:
    """What to say where nobody has named the currency."""
    if one.currency is None:
        return "some rows have the default currency; give --currency if that is wrong"
    return f"currency: {one.currency} (default; give --currency if that is wrong)"
