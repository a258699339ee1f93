"""A report as an Excel file: the lines on one sheet, the totals per currency on another."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from expenseflow.kit import money
from expenseflow.kit.money import Money
from expenseflow.reports.export import cells
from expenseflow.reports.export.cells import Cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows go to disk as they come; nothing but a text is ever made of a text.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTHS = (6, 11, 36, 24, 36, 24, 13, 9, 10, 28, 16, 22, 13, 30, 17)
_EXACT_DIGITS = 15
"""As many digits as a spreadsheet's number holds; a longer amount is written as text."""


class XlsxFile:
    """Writes rows to a binary file, which stays open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._book: Any = xlsxwriter.Workbook(file, _OPTIONS)
        self._formats: dict[str, Any] = {}
        self._totals: dict[str, Decimal] = defaultdict(Decimal)
        self._lines = self._sheet("Lines", cells.COLUMNS, _WIDTHS)
        self._count = 0

    def add(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        for row in rows:
            self._count += 1
            for column, cell in enumerate(row):
                self._write(self._lines, self._count, column, cell)
                if isinstance(cell, Money):
                    self._totals[cell.currency] += cell.amount

    def close(self) -> None:
        if self._count:
            self._lines.autofilter(0, 0, self._count, len(cells.COLUMNS) - 1)
        totals = self._sheet("Totals", ("Currency", "Total"), (10, 16))
        for number, (currency, amount) in enumerate(sorted(self._totals.items()), start=1):
            self._write(totals, number, 0, currency)
            self._write(totals, number, 1, Money(amount, currency))
        self._book.close()

    def _sheet(self, name: str, columns: tuple[str, ...], widths: tuple[int, ...]) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        bold = self._book.add_format({"bold": True})
        for column, title in enumerate(columns):
            sheet.write_string(0, column, title, bold)
        return sheet

    def _write(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        match cell:
            case None:
                return
            case str():
                sheet.write_string(row, column, cells.harmless(cell))
            case Money():
                self._write_amount(sheet, row, column, cell)
            case date():
                moment = datetime.combine(cell, time())
                sheet.write_datetime(row, column, moment, self._format("yyyy-mm-dd"))
            case _:
                sheet.write_number(row, column, cell)

    def _write_amount(self, sheet: Any, row: int, column: int, value: Money) -> None:
        text = money.to_text(value.amount, value.currency)
        digits = sum(char.isdigit() for char in text)
        if digits > _EXACT_DIGITS:
            sheet.write_string(row, column, text)
            return
        _, _, decimals = text.partition(".")
        pattern = "#,##0" + ("." + "0" * len(decimals) if decimals else "")
        sheet.write_number(row, column, value.amount, self._format(pattern))

    def _format(self, pattern: str) -> Any:
        if pattern not in self._formats:
            self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return self._formats[pattern]
