"""Where in a file the table is: its delimiter, its headings, its first row."""

from collections.abc import Sequence
from dataclasses import dataclass

from expenseflow.statements.errors import MappingDoesNotFit, UnreadableStatement
from expenseflow.statements.parsing import amounts, columns, dates, records
from expenseflow.statements.parsing.columns import Columns
from expenseflow.statements.parsing.mapping import Mapping, columns_of
from expenseflow.statements.parsing.records import Record

DELIMITERS = ",;\t|"
DELIMITER_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
SAMPLE = 400
_HEADER_WITHIN = 200
_SAMPLE_ROWS = 2000
_CELLS_LOOKED_AT = 60
_HEADINGS_WEIGH = 3


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a file."""

    delimiter: str
    headings: list[str] | None
    columns: Columns
    preamble: list[Record]
    rows: list[Record]
    header_row: int
    """The line of the headings; 0: there are none."""

    def column(self, index: int) -> list[str]:
        """The cells of a column, of the rows that have it."""
        return [record.cells[index].strip() for record in self.rows if index < len(record.cells)]


def find(lines: Sequence[str], mapping: Mapping | None = None) -> Table:
    """The table in the lines, as the mapping says and, where it does not, as they show.

    Raises UnreadableStatement when there is none, MappingDoesNotFit when the mapping is not of it.
    """
    mapping = mapping or Mapping()
    delimiter = mapping.delimiter or likely_delimiter(lines)
    found = records.split(lines, delimiter, is_row=is_row)
    if mapping.header_row is None:
        header, start = header_of(found)
    else:
        header, start = _header_at(found, mapping.header_row)
    headings = None if header is None else found[header].cells
    rows = [record.cells for record in found[start : start + _SAMPLE_ROWS] if is_row(record.cells)]
    decided = columns.decide(headings, rows)
    if mapping.columns:
        decided = columns_of(mapping, decided, headings, rows)
    elif not decided.are_usable and mapping.delimiter:
        raise MappingDoesNotFit(
            f"With {DELIMITER_NAMES[mapping.delimiter]} between the cells, no row has a date and "
            "an amount."
        )
    elif not decided.are_usable:
        raise UnreadableStatement("No columns with dates and amounts were found in the file.")
    return Table(
        delimiter,
        headings,
        decided,
        found[:start],
        found[start:],
        header_row=0 if header is None else found[header].line,
    )


def likely_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that makes the most rows; raises UnreadableStatement when none makes any."""
    scores = {candidate: _score(lines, candidate) for candidate in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda candidate: scores[candidate])
    if scores[delimiter] == 0:
        raise UnreadableStatement(
            "No table with a date and an amount in each row was found in the file."
        )
    return delimiter


def _header_at(found: Sequence[Record], line: int) -> tuple[int | None, int]:
    """The record of the headings by its line; 0: there are none."""
    if line == 0:
        first = next((i for i, record in enumerate(found) if is_row(record.cells)), len(found))
        return None, _start_without_headings(found, first)
    index = next((i for i, record in enumerate(found) if record.line == line), None)
    if index is None:
        raise MappingDoesNotFit(f"No row starts on line {line}, where the headings should stand.")
    return index, index + 1


def is_row(cells: Sequence[str]) -> bool:
    """Whether the cells hold a date and, in another one, an amount."""
    seen_date = seen_amount = False
    for cell in cells[:_CELLS_LOOKED_AT]:
        text = cell.strip()
        if not text or (text[-1].isalpha() and not any(map(str.isdigit, text))):
            continue
        if not seen_date and dates.is_date(text):
            seen_date = True
        elif not seen_amount and amounts.is_amount(text):
            seen_amount = True
        if seen_date and seen_amount:
            return True
    return False


def _score(lines: Sequence[str], delimiter: str) -> int:
    """How many rows of a sample the delimiter makes, and whether it makes headings."""
    sample = records.split(lines, delimiter, is_row=is_row, limit=SAMPLE)
    rows = sum(is_row(record.cells) for record in sample)
    has_headings = any(_are_headings(record) for record in sample[:_HEADER_WITHIN])
    return rows + _HEADINGS_WEIGH * has_headings


def _are_headings(record: Record) -> bool:
    return len(record.cells) > 1 and columns.from_headings(record.cells).are_usable


def header_of(found: Sequence[Record]) -> tuple[int | None, int]:
    """Which record holds the headings, if one does, and where the rows start."""
    head = found[:_HEADER_WITHIN]
    first = next((i for i, record in enumerate(head) if is_row(record.cells)), None)
    before = head if first is None else head[:first]
    named = [i for i, record in enumerate(before) if _are_headings(record)]
    if named:
        return named[-1], named[-1] + 1
    if first is None:
        first = next((i for i, record in enumerate(found) if is_row(record.cells)), len(found))
    if 0 < first < len(found) and _look_like_headings(found[first - 1], found[first]):
        return first - 1, first
    return None, _start_without_headings(found, first)


def _look_like_headings(record: Record, row: Record) -> bool:
    """Words in a language we do not know, as many as the row has cells."""
    filled = [cell.strip() for cell in record.cells if cell.strip()]
    return (
        len(filled) > 1
        and abs(len(record.cells) - len(row.cells)) <= 1
        and not any(any(map(str.isdigit, cell)) for cell in filled)
    )


def _start_without_headings(found: Sequence[Record], first: int) -> int:
    """Rows of the same width just before the first good one are rows too, if bad ones."""
    if first >= len(found):
        return first
    width = len(found[first].cells)
    while first and (len(found[first - 1].cells) == width or found[first - 1].problem):
        first -= 1
    return first
