"""A report as CSV: UTF-8 with a byte order mark, without which Excel misreads every umlaut."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import IO

from expenseflow.kit import money
from expenseflow.kit.money import Money
from expenseflow.reports.export import cells
from expenseflow.reports.export.cells import Cell

MEDIA_TYPE = "text/csv; charset=utf-8"


class CsvFile:
    """Writes rows to a binary file, which stays open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._text, lineterminator="\r\n")
        self._rows.writerow(cells.COLUMNS)

    def add(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        self._rows.writerows([_plain(cell) for cell in row] for row in rows)

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cells.harmless(cell)
        case Money():
            return money.to_text(cell.amount, cell.currency)
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
