"""A chart file, read; pure. All of it is right or none of it is taken."""

import csv
import io
from collections.abc import Collection, Iterator
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
    """The entries of a CSV file `code,name[,description][,active]`; raises `InvalidChart`.

    Comma or semicolon, with or without a byte order mark, columns in any order.
    """
    rows = _rows(_text(content))
    _, names = next(rows, (0, list[str]()))
    header = [name.strip().lower() for name in names]
    _check_header(header)
    entries: dict[str, ChartEntry] = {}
    for line, cells in rows:
        entry = _entry(line, dict(zip(header, cells, strict=False)), extra=len(cells) > len(header))
        if entry.code in entries:
            raise InvalidChart(f"Line {line}: the code {entry.code} stands there twice", line=line)
        entries[entry.code] = entry
    if not entries:
        raise InvalidChart("The file has no entries")
    if len(entries) > MAX_ENTRIES:
        raise InvalidChart(f"The file has more than {MAX_ENTRIES} entries")
    return list(entries.values())


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


def _entry(line: int, row: dict[str, str], *, extra: bool) -> ChartEntry:
    values = {name: cell.strip() for name, cell in row.items()}
    for name in ("code", "name"):
        if not values.get(name):
            raise InvalidChart(f"Line {line}: the {name} is empty", line=line)
    for name, most in MAX_LENGTH.items():
        if len(values.get(name, "")) > most:
            raise InvalidChart(
                f"Line {line}: the {name} has more than {most} characters", line=line
            )
    if extra or not values["code"].isprintable():
        raise InvalidChart(f"Line {line}: more cells than columns, or a broken code", line=line)
    return ChartEntry(
        code=values["code"],
        name=values["name"],
        description=values.get("description") or None,
        active=_active(line, values.get("active", "")),
    )


def _active(line: int, text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise InvalidChart(f"Line {line}: active is true or false", line=line)
    return word in _YES
