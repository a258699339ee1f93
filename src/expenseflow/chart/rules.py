"""A chart file or list, checked row by row; pure. All of it is right or none of it is taken."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from expenseflow.chart.errors import InvalidChart

MAX_BYTES = 5_000_000
MAX_ENTRIES = 10_000
MAX_LENGTH = {"code": 40, "name": 200, "description": 1000}
COLUMNS = ("code", "name", "description", "active")
MANY = 5
_YES = frozenset({"", "true", "yes", "y", "1", "active"})
_NO = frozenset({"false", "no", "n", "0", "inactive"})


@dataclass(frozen=True, slots=True)
class ChartEntry:
    """One account or department."""

    code: str
    name: str
    description: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be taken: where it stands (in a file by line), its code, and why."""

    row: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file or a list says, and what in it cannot be taken."""

    entries: tuple[ChartEntry, ...]
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Loading:
    """What a chart file has done."""

    loaded: int
    deactivated: int
    active_before: int

    @property
    def is_drastic(self) -> bool:
        """Whether so much went out of use that it was hardly meant."""
        return self.deactivated >= MANY and self.deactivated * 2 > self.active_before


def loading(before: Collection[str], entries: Collection[ChartEntry]) -> Loading:
    """What these entries do to the codes that were active before."""
    after = {entry.code for entry in entries if entry.active}
    return Loading(
        loaded=len(entries),
        deactivated=sum(code not in after for code in before),
        active_before=len(before),
    )


def parse(content: bytes) -> list[ChartEntry]:
    """The entries of a CSV file; raises `InvalidChart` at the first row that is wrong."""
    checked = read(content)
    for wrong in checked.rejected:
        raise InvalidChart(f"Line {wrong.row}: {wrong.reason}", line=wrong.row)
    return list(checked.entries)


def read(content: bytes) -> Checked:
    """What a CSV file `code,name[,description][,active]` says, with every row that is wrong.

    Comma or semicolon, with or without a byte order mark, columns in any order. Raises
    `InvalidChart` when it is no such file at all.
    """
    rows = _rows(_text(content))
    _, names = next(rows, (0, list[str]()))
    header = [name.strip().lower() for name in names]
    _check_header(header)
    return _sorted_out((line, _entry(header, cells)) for line, cells in rows)


def check(entries: Sequence[ChartEntry]) -> Checked:
    """What a list says, by the same rules; its rows count from 1. Raises `InvalidChart`."""
    return _sorted_out(enumerate(map(_trimmed, entries), 1))


Row = tuple[ChartEntry, str | None]
"""What a row says, and what is wrong with it."""


def _sorted_out(rows: Iterable[tuple[int, Row]]) -> Checked:
    entries: dict[str, ChartEntry] = {}
    rejected: list[Rejected] = []
    for at, (entry, wrong) in rows:
        twice = f"the code {entry.code} stands there twice" if entry.code in entries else None
        if reason := wrong or twice:
            rejected.append(Rejected(at, entry.code, reason))
        else:
            entries[entry.code] = entry
    if not entries and not rejected:
        raise InvalidChart("There are no entries")
    if len(entries) > MAX_ENTRIES:
        raise InvalidChart(f"There are more than {MAX_ENTRIES} entries")
    return Checked(tuple(entries.values()), tuple(rejected))


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise InvalidChart("The file is too large for a chart")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidChart(f"Line {line}: the file is not UTF-8 text", line=line) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InvalidChart(f"Line {line}: the file holds a NUL character", line=line)
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, each with the number of its line."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        line = reader.line_num
        raise InvalidChart(f"Line {line}: this is not CSV ({error})", line=line) from error


def _check_header(header: list[str]) -> None:
    if "code" not in header or "name" not in header:
        raise InvalidChart("Line 1: the first line must name the columns code and name", line=1)
    unknown = [name for name in header if name not in COLUMNS]
    if unknown or len(set(header)) != len(header):
        raise InvalidChart(
            f"Line 1: the columns are {', '.join(COLUMNS)}, each at most once", line=1
        )


def _entry(header: Sequence[str], cells: Sequence[str]) -> Row:
    values = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    word = values.get("active", "").lower()
    entry = ChartEntry(
        code=values.get("code", ""),
        name=values.get("name", ""),
        description=values.get("description") or None,
        active=word in _YES,
    )
    wrong = _wrong_with(entry)
    if wrong is None and len(cells) > len(header):
        wrong = "there are more cells than columns"
    if wrong is None and word not in _YES | _NO:
        wrong = "active is true or false"
    return entry, wrong


def _trimmed(given: ChartEntry) -> Row:
    description = (given.description or "").strip() or None
    entry = ChartEntry(given.code.strip(), given.name.strip(), description, given.active)
    return entry, _wrong_with(entry)


def _wrong_with(entry: ChartEntry) -> str | None:
    texts = {"code": entry.code, "name": entry.name, "description": entry.description or ""}
    for name in ("code", "name"):
        if not texts[name]:
            return f"the {name} is empty"
    for name, most in MAX_LENGTH.items():
        if len(texts[name]) > most:
            return f"the {name} has more than {most} characters"
    return None if entry.code.isprintable() else "the code holds a control character"
