"""`expenseflow export`: a report as a file."""

import shutil
import sys
from pathlib import Path
from typing import IO, Annotated
from uuid import UUID

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app.cli import common
from expenseflow.app.refusals import Failed
from expenseflow.app.wiring import Parts
from expenseflow.identity.models import User
from expenseflow.identity.service import CurrentUser
from expenseflow.reports import exporting
from expenseflow.reports.errors import ReportNotFound
from expenseflow.reports.exporting import ExportFile
from expenseflow.reports.models import ExpenseReport


def file_format(text: str) -> str:
    """One of the formats there are; anything else is wrong use."""
    if text not in exporting.FORMATS:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(exporting.FORMATS)}")
    return text


def report_id_of(text: str) -> UUID:
    """The id of a report; anything else is wrong use."""
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a report id") from error


def export(
    report_id: Annotated[UUID, typer.Argument(metavar="REPORT_ID", parser=report_id_of)],
    wanted: Annotated[
        str, typer.Option("--format", callback=file_format, help="csv, xlsx, pdf or journal-csv.")
    ] = "csv",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write; - for standard output."),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option("--user", metavar="EMAIL", help="Only if it is this person's report."),
    ] = None,
) -> None:
    """Write a whole report into a file."""
    address = None if user is None else common.email(user)

    async def act(session: AsyncSession, parts: Parts) -> ExportFile:
        owner = await _owner(session, report_id)
        if address is not None:
            owner = await common.person(session, parts, address)
        return await exporting.export(
            session,
            owner,
            report_id,
            file_format=wanted,
            journal_account=parts.settings.journal_credit_account,
        )

    file = common.in_transaction(common.begin(), act)
    with file.content as content:
        _write(content, output or Path(file.name))


async def _owner(session: AsyncSession, report_id: UUID) -> CurrentUser:
    """Whose report it is: whoever may read the data folder may read every report in it."""
    rows = await session.execute(
        select(User.id, User.email)
        .join_from(User, ExpenseReport)
        .where(ExpenseReport.id == report_id)
    )
    found = rows.one_or_none()
    if found is None:
        raise ReportNotFound
    return CurrentUser(found.id, found.email, is_admin=True)


def _write(content: IO[bytes], output: Path) -> None:
    if str(output) == "-":
        shutil.copyfileobj(content, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    try:
        with output.open("wb") as file:
            shutil.copyfileobj(content, file)
    except OSError as error:
        raise Failed(f"{output}: {error.strerror}") from error
    print(output)
