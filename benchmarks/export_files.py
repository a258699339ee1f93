"""Reads exported files with other programs than ours, and counts the lines that are right.

The CSV is read by Python's `csv`, the Excel file by openpyxl (and by LibreOffice, where it is
installed), the PDF by pypdf. An apostrophe that makes a cell harmless is no difference.
"""

import csv
import io
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pypdf

_FOOTER = re.compile(r"ExpensereportJanuary2026(,draft)?person\d+@example\.com\d+/\d+")
_HEADER = "No.DateCardDescriptionOnthestatementAccountDepartmentReviewAmount"
# What the fonts of the PDF may lack or write from right to left: a text with it is not read back.
_NOT_READ_BACK = re.compile(r"[^\u0020-\u04ff\u2010-\u2027]")
# Comma, quoted, UTF-8, as shown.
_LIBREOFFICE_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"


@dataclass(frozen=True, slots=True)
class Line:
    """What the database holds."""

    transaction_id: UUID
    posted_on: date
    original: str
    description: str
    vendor: str | None
    note: str | None
    amount: Decimal
    currency: str
    gl_code: str
    department_code: str
    needs_review: bool
    card: str | None


def equal_in_csv(content: bytes, lines: Sequence[Line]) -> int:
    """By every column that has a counterpart."""
    rows = _csv_rows(content)
    assert len(rows) == len(lines), f"{len(rows)} rows"
    return sum(_is_equal(row, line, at) for at, (row, line) in enumerate(_pairs(rows, lines), 1))


def equal_in_xlsx(content: bytes, lines: Sequence[Line]) -> int:
    """The fewest that a program found."""
    counts = [_equal_in_openpyxl(content, lines)]
    if shutil.which("soffice"):
        counts.append(_equal_in_libreoffice(content, lines))
    return min(counts)


def _equal_in_openpyxl(content: bytes, lines: Sequence[Line]) -> int:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    header, *cells = book["Lines"].iter_rows(values_only=True)
    rows = [dict(zip(map(str, header), map(_cell, row), strict=True)) for row in cells]
    assert len(rows) == len(lines), f"{len(rows)} rows"
    return sum(_is_equal(row, line, at) for at, (row, line) in enumerate(_pairs(rows, lines), 1))


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _equal_in_libreoffice(content: bytes, lines: Sequence[Line]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.xlsx"
        file.write_bytes(content)
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                _LIBREOFFICE_CSV,
                "--outdir",
                folder,
                str(file),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        [converted] = Path(folder).glob("*.csv")
        rows = _csv_rows(converted.read_bytes())
    assert len(rows) == len(lines), f"{len(rows)} rows in LibreOffice"
    return sum(_is_equal(row, line, at) for at, (row, line) in enumerate(_pairs(rows, lines), 1))


def _csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _pairs(
    rows: Iterable[Mapping[str, str]], lines: Iterable[Line]
) -> Iterable[tuple[Mapping[str, str], Line]]:
    return zip(rows, lines, strict=True)


def _is_equal(row: Mapping[str, str], line: Line, number: int) -> bool:
    return (
        row["No."] == str(number)
        and row["Date"] == line.posted_on.isoformat()
        and _amount(row["Amount"]) == line.amount
        and row["Currency"] == line.currency
        and row["GL code"] == line.gl_code
        and row["Department code"] == line.department_code
        and row["Needs review"] == ("yes" if line.needs_review else "no")
        and _bare(row["Description"]) == _bare(line.description)
        and _bare(row["Original description"]) == _bare(line.original)
        and _bare(row["Vendor"]) == _bare(line.vendor or "")
        and _bare(row["Note"]) == _bare(line.note or "")
    )


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _bare(text: str) -> str:
    return text.replace("'", "").replace("\r\n", "\n")


def equal_in_journal(content: bytes, lines: Sequence[Line]) -> int:
    """The lines found by their reference; none when a journal is not balanced."""
    sides: dict[str, Decimal] = defaultdict(Decimal)
    booked: dict[str, dict[str, str]] = {}
    for row in _csv_rows(content):
        sides[row["Currency"]] += Decimal(row["Debit"] or 0) - Decimal(row["Credit"] or 0)
        if row["Account"] != "CARD-CLEARING":
            booked[row["Reference"]] = row
    if any(sides.values()) or len(booked) != len(lines):
        return 0
    return sum(_is_booked(booked[str(line.transaction_id)], line) for line in lines)


def _is_booked(row: Mapping[str, str], line: Line) -> bool:
    return (
        Decimal(row["Debit"] or 0) - Decimal(row["Credit"] or 0) == line.amount
        and row["Currency"] == line.currency
        and row["Account"] == line.gl_code
        and row["Department"] == line.department_code
        and row["Transaction date"] == line.posted_on.isoformat()
        and row["Card"] == (line.card or "")
        and _bare(row["Description"]) == _bare(line.description)
        and _bare(row["Vendor"]) == _bare(line.vendor or "")
    )


def equal_in_pdf(content: bytes, lines: Sequence[Line]) -> int:
    """The lines that stand there in their order, each from its number to its currency.

    Nobody's eye sees blanks at the end of a row, so blanks are left out of the comparison.
    """
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    text = "".join(map(_page, pages))
    text = text[text.index(f"Lines{_HEADER}") :].replace(_HEADER, "").removeprefix("Lines")
    found, at = 0, 0
    for number, line in enumerate(lines, start=1):
        start = f"{number:,}{line.posted_on.isoformat()}{line.card or ''}"
        end = f"{_printed_amount(line)}{line.currency}"
        if not text.startswith(start, at):
            at = text.find(start, at)
            assert at >= 0, f"line {number} is not in the PDF"
        after = text.index(end, at + len(start)) + len(end)
        found += _is_printed(text[at + len(start) : after - len(end)], line)
        at = after
    return found


def _page(text: str) -> str:
    return _FOOTER.sub("", _squeezed(text).removeprefix("DRAFT"))


def _is_printed(text: str, line: Line) -> bool:
    said = [line.description, line.vendor or "", line.note or ""]
    if line.original != line.description:
        said.append(line.original)
    wanted = [_squeezed(each) for each in said if not _NOT_READ_BACK.search(each)]
    return (
        all(each in text for each in wanted)
        and line.gl_code in text
        and line.department_code in text
        and text.endswith("review") is line.needs_review
    )


def _printed_amount(line: Line) -> str:
    return f"{line.amount:,}".replace("-", "\u2212")


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())
