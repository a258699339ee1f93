"""A report as a file.

The file is written in full before its first byte is sent: a slow reader then holds neither a
connection nor a snapshot. Up to a megabyte stays in memory, the rest is on disk.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart import service as chart_service
from expenseflow.identity.service import CurrentUser
from expenseflow.infra.db import finish_early
from expenseflow.reports import errors, line_queries, printing, repository
from expenseflow.reports.export import cells, csv, journal, pdf, xlsx
from expenseflow.reports.export.cells import Cell, Names
from expenseflow.reports.export.heads import Head
from expenseflow.reports.views import LineView

_IN_MEMORY = 1_000_000
_CHUNK = 1000


class LineWriter(Protocol):
    """One format."""

    def add(self, lines: Sequence[LineView], /) -> None:
        """Write these lines after those before."""
        ...

    def close(self) -> None:
        """Finish the file's content without closing the file."""
        ...


class RowWriter(Protocol):
    """A format that takes rows of cells, and no head."""

    def add(self, rows: Iterable[tuple[Cell, ...]]) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Format:
    make: Callable[[IO[bytes], Head], LineWriter]
    media_type: str
    ending: str
    """Of the file's name."""
    printed: bool = False
    """What is written is a document that has to be printed yet."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file, read from its beginning; whoever reads it closes it."""

    name: str
    media_type: str
    size: int
    content: IO[bytes]


class _Rows:
    """Numbers the lines and makes cells of them."""

    def __init__(self, writer: RowWriter, names: Names) -> None:
        self._writer = writer
        self._names = names
        self._numbers = count(1)
        self.close = writer.close

    def add(self, lines: Sequence[LineView], /) -> None:
        self._writer.add([cells.row(next(self._numbers), line, self._names) for line in lines])


def _in_rows(make: Callable[[IO[bytes]], RowWriter]) -> Callable[[IO[bytes], Head], LineWriter]:
    return lambda file, head: _Rows(make(file), head.names)


_FORMATS: dict[str, _Format] = {
    "csv": _Format(_in_rows(csv.CsvFile), csv.MEDIA_TYPE, ".csv"),
    "xlsx": _Format(_in_rows(xlsx.XlsxFile), xlsx.MEDIA_TYPE, ".xlsx"),
    "pdf": _Format(pdf.PdfFile, pdf.MEDIA_TYPE, ".pdf", printed=True),
    "journal-csv": _Format(journal.JournalFile, journal.MEDIA_TYPE, "-journal.csv"),
}
FORMATS = tuple(_FORMATS)
MEDIA_TYPES = tuple(dict.fromkeys(each.media_type for each in _FORMATS.values()))


async def export(
    session: AsyncSession,
    user: CurrentUser,
    report_id: UUID,
    *,
    file_format: str,
    journal_account: str,
) -> ExportFile:
    """The whole report as a file.

    All lines come from one statement, which is one snapshot: an edit that commits meanwhile is
    in the file completely or not at all, and the totals are those of the lines beside them.
    The session can answer nothing afterwards when the format is one that is printed.

    Raises:
        UnknownExportFormat, ReportNotFound, LinesWithoutAccount (a journal),
        TooManyLinesForPdf, TooManyPrints, PdfTookTooLong, PdfNotMade.
    """
    if file_format not in _FORMATS:
        raise errors.UnknownExportFormat(
            f"Reports are exported as {', '.join(FORMATS)}", formats=list(FORMATS)
        )
    wanted = _FORMATS[file_format]
    head = await _head(session, user, report_id, journal_account=journal_account)
    if wanted.printed:
        with printing.place_in_queue(user.id) as turn:
            document = await _written(session, user.id, head, wanted)
            content = await _printed(session, document, turn)
    else:
        content = await _written(session, user.id, head, wanted)
    size = content.seek(0, 2)
    content.seek(0)
    name = f"expense-report-{head.period}{wanted.ending}"
    return ExportFile(name=name, media_type=wanted.media_type, size=size, content=content)


async def _head(
    session: AsyncSession, user: CurrentUser, report_id: UUID, *, journal_account: str
) -> Head:
    report = await repository.report(session, user.id, report_id)
    if report is None:
        raise errors.ReportNotFound
    chart = await chart_service.load_chart(session)
    names = Names(
        accounts={entry.code: entry.name for entry in chart.accounts},
        departments={entry.code: entry.name for entry in chart.departments},
    )
    return Head(
        report_id=report_id,
        period=report.period,
        person=user.email,
        is_supplement=await repository.has_earlier(session, report),
        submitted_on=None if report.submitted_at is None else report.submitted_at.date(),
        names=names,
        journal_account=journal_account,
    )


async def _printed(session: AsyncSession, document: IO[bytes], turn: asyncio.Lock) -> IO[bytes]:
    with document:
        await finish_early(session)  # no connection is held while it waits
        return await printing.print_pdf(document, turn)


async def _written(session: AsyncSession, user_id: UUID, head: Head, wanted: _Format) -> IO[bytes]:
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by its reader
    try:
        writer = await asyncio.to_thread(wanted.make, file, head)
        async for lines in line_queries.stream(session, user_id, head.report_id, chunk=_CHUNK):
            await asyncio.to_thread(writer.add, lines)
        await asyncio.to_thread(writer.close)
    except BaseException:
        file.close()
        raise
    return file
