"""A report as a file.

The file is written in full before its first byte is sent: a slow reader then holds neither a
connection nor a snapshot. Up to a megabyte stays in memory, the rest is on disk.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart import service as chart_service
from expenseflow.reports import errors, line_queries, repository
from expenseflow.reports.export import cells, csv, xlsx
from expenseflow.reports.export.cells import Cell, Names

_IN_MEMORY = 1_000_000
_CHUNK = 1000


class RowWriter(Protocol):
    """One format."""

    def add(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Write these rows after those before."""
        ...

    def close(self) -> None:
        """Finish the file's content without closing the file."""
        ...


class _Format(Protocol):
    def __call__(self, file: IO[bytes], /) -> RowWriter: ...


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file, read from its beginning; whoever reads it closes it."""

    name: str
    media_type: str
    size: int
    content: IO[bytes]


_FORMATS: dict[str, tuple[_Format, str]] = {
    "csv": (csv.CsvFile, csv.MEDIA_TYPE),
    "xlsx": (xlsx.XlsxFile, xlsx.MEDIA_TYPE),
}
MEDIA_TYPES = tuple(media_type for _, media_type in _FORMATS.values())


async def export(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, file_format: str
) -> ExportFile:
    """The whole report as a file.

    All lines come from one statement, which is one snapshot: an edit that commits meanwhile is
    in the file completely or not at all, and the totals are those of the lines beside them.

    Raises:
        UnknownExportFormat, ReportNotFound.
    """
    if file_format not in _FORMATS:
        raise errors.UnknownExportFormat(
            f"Reports are exported as {' or '.join(_FORMATS)}", formats=list(_FORMATS)
        )
    period = await repository.period_of(session, user_id, report_id)
    if period is None:
        raise errors.ReportNotFound
    make, media_type = _FORMATS[file_format]
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by its reader
    try:
        await _write(session, user_id, report_id, file=file, make=make)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    name = f"expense-report-{period}.{file_format}"
    return ExportFile(name=name, media_type=media_type, size=size, content=file)


async def _write(
    session: AsyncSession, user_id: UUID, report_id: UUID, *, file: IO[bytes], make: _Format
) -> None:
    chart = await chart_service.load_chart(session)
    names = Names(
        accounts={entry.code: entry.name for entry in chart.accounts},
        departments={entry.code: entry.name for entry in chart.departments},
    )
    writer = await asyncio.to_thread(make, file)
    numbers = count(1)
    async for lines in line_queries.stream(session, user_id, report_id, chunk=_CHUNK):
        rows = [cells.row(next(numbers), line, names) for line in lines]
        await asyncio.to_thread(writer.add, rows)
    await asyncio.to_thread(writer.close)
    file.seek(0, 2)
