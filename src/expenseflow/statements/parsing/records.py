"""From lines to records: quotes, cells over several lines, and quotes that are never closed.

The `csv` module alone reads to the end of the file after one stray quote. Here a cell ends after
so many lines, and a line that is a whole row by itself is never swallowed by the one before it.
All work is bounded by the length of the text.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from expenseflow.statements.parsing import dates

MAX_LINE = 50_000
MAX_CELL_LINES = 200
MAX_COLUMNS = 500
_HEAD_CELLS = 3
_TO_CLOSING_QUOTE = re.compile(r'[^"]*+(?:""[^"]*+)*+"')

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its cells, or what is wrong with it."""

    line: int
    """The line of the file it starts on, from 1."""
    cells: list[str]
    problem: str | None = None


def split(
    lines: Sequence[str],
    delimiter: str,
    *,
    is_row: Callable[[Cells], bool],
    limit: int | None = None,
) -> list[Record]:
    """The records of the lines, blank ones left out, at most `limit` of them."""
    records: list[Record] = []
    at = 0
    while at < len(lines) and (limit is None or len(records) < limit):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        record, taken = _next(lines, at, delimiter, is_row)
        records.append(record)
        at += taken
    return records


def _next(
    lines: Sequence[str], at: int, delimiter: str, is_row: Callable[[Cells], bool]
) -> tuple[Record, int]:
    line = lines[at]
    if len(line) > MAX_LINE or line.count(delimiter) >= MAX_COLUMNS:
        return Record(at + 1, [], "The line is too long to be a transaction."), 1
    if '"' not in line:
        return Record(at + 1, line.split(delimiter)), 1
    taken = _lines_of_record(lines, at, delimiter, is_row)
    if taken == 0:
        return Record(at + 1, [], "A quotation mark is opened and never closed."), 1
    text = line if taken == 1 else "\n".join(lines[at : at + taken])
    return Record(at + 1, parse_line(text, delimiter)), taken


def parse_line(text: str, delimiter: str) -> list[str]:
    """The cells of one record."""
    return next(csv.reader([text], delimiter=delimiter), list[str]())


def _lines_of_record(
    lines: Sequence[str], at: int, delimiter: str, is_row: Callable[[Cells], bool]
) -> int:
    """How many lines the record that starts here takes; 0 when its quote is never closed."""
    is_open = ends_open(lines[at], delimiter, is_open=False)
    taken, length = 1, len(lines[at])
    while is_open:
        following = lines[at + taken] if at + taken < len(lines) else None
        if following is None or taken >= MAX_CELL_LINES:
            return 0
        length += len(following)
        if length > MAX_LINE or _starts_row(lines[at], following, delimiter, is_row):
            return 0
        is_open = ends_open(following, delimiter, is_open=True)
        taken += 1
    return taken


def _starts_row(
    first: str, following: str, delimiter: str, is_row: Callable[[Cells], bool]
) -> bool:
    """Whether a line inside an open quote is rather the next row.

    It is when it is a whole row by itself, or begins with a date just as the first line does.
    """
    if delimiter not in following:
        return False
    heads = [line.split(delimiter, _HEAD_CELLS)[:_HEAD_CELLS] for line in (first, following)]
    begin_alike = any(
        dates.is_date(one.strip(' "')) and dates.is_date(other.strip(' "'))
        for one, other in zip(*heads, strict=False)
    )
    return begin_alike or is_row(parse_line(following, delimiter))


def ends_open(line: str, delimiter: str, *, is_open: bool) -> bool:
    """Whether a quoted cell is still open at the end of the line, as the csv module reads it."""
    at = 0
    while True:
        if not is_open:
            if line.startswith('"', at):
                is_open, at = True, at + 1
            else:
                at = line.find(delimiter, at) + 1
                if at == 0:
                    return False
                continue
        at = _closing_quote(line, at)
        if at < 0:
            return True
        is_open = False
        at = line.find(delimiter, at) + 1
        if at == 0:
            return False


def _closing_quote(line: str, at: int) -> int:
    """Just after the quote that closes the cell, a doubled one being a character; -1: none."""
    found = _TO_CLOSING_QUOTE.match(line, at)
    return found.end() if found else -1
