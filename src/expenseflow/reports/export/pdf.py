"""A report as the document that `press.py` prints: plain data, which no text can turn into code.

Every number is formatted here; the template `report.typ` only places what it is given.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any

from expenseflow.kit import money
from expenseflow.kit.period import first_day
from expenseflow.reports import errors
from expenseflow.reports.export.heads import Head
from expenseflow.reports.export.texts import printable
from expenseflow.reports.views import LineView

MEDIA_TYPE = "application/pdf"
MAX_LINES = 10_000
"""Typesetting takes some 120 MB for each 1,000 lines, and nobody reads more pages."""

# The widths of the template's columns, in units of its font size.
_DESCRIPTION, _ORIGINAL, _ACCOUNT, _DEPARTMENT, _AMOUNT = 15.0, 15.5, 11.5, 8.5, 11.0
_CARD = 5.0
_COVER = 40.0
_FOOTER_LETTERS = 60
_LONG = 600
"""So many letters always fit on a page in the narrow column of the description."""
_MINUS = "\u2212"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(slots=True)
class _Sum:
    lines: int = 0
    amount: Decimal = Decimal(0)


class PdfFile:
    """Writes the document as JSON to a binary file, which stays open."""

    def __init__(self, file: IO[bytes], head: Head) -> None:
        self._file = file
        self._head = head
        self._count = 0
        self._needs_review = 0
        self._quotes = False
        self._cards: set[str] = set()
        self._currencies: dict[str, _Sum] = defaultdict(_Sum)
        self._accounts: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
        self._departments: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
        self._file.write(b'{"lines":[')

    def add(self, lines: Iterable[LineView]) -> None:
        for line in lines:
            self._file.write(b"," if self._count else b"")
            self._count += 1
            if self._count > MAX_LINES:
                raise errors.TooManyLinesForPdf(
                    f"A PDF holds at most {MAX_LINES:,} lines; export CSV or XLSX instead",
                    max_lines=MAX_LINES,
                )
            self._sum(line)
            document = _line(self._count, line, self._head)
            self._file.write(json.dumps(document).encode())

    def close(self) -> None:
        self._file.write(b'],"head":' + json.dumps(self._cover()).encode() + b"}")

    def _sum(self, line: LineView) -> None:
        self._needs_review += line.needs_review
        self._quotes = self._quotes or line.original_description != line.description
        self._cards.add(line.card or "")
        for one in (
            self._currencies[line.currency],
            self._accounts[line.gl_code or "", line.currency],
            self._departments[line.department_code or "", line.currency],
        ):
            one.lines += 1
            one.amount += line.amount

    def _cover(self) -> dict[str, Any]:
        names = self._head.names
        submitted = self._head.submitted_on
        return {
            "period": month(self._head.period),
            "person": printable(self._head.person, ems=_COVER),
            "author": self._head.person,
            "footer": printable(_shortened(self._head.person), ems=_COVER),
            "supplement": self._head.is_supplement,
            "quotes": self._quotes,
            "byCard": len(self._cards) > 1,
            "cards": [printable(card, ems=_COVER) for card in sorted(self._cards) if card],
            "submittedOn": None if submitted is None else day(submitted),
            "reportId": str(self._head.report_id),
            "lineCount": f"{self._count:,}",
            "needsReviewCount": f"{self._needs_review:,}",
            "currencies": [
                {"currency": currency, "lines": f"{one.lines:,}", "amount": _amount(one, currency)}
                for currency, one in sorted(self._currencies.items())
            ],
            "accounts": _totals(self._accounts, names.accounts),
            "departments": _totals(self._departments, names.departments),
        }


def month(period: str) -> str:
    """`January 2026`."""
    first = first_day(period)
    return f"{_MONTHS[first.month - 1]} {first.year}"


def day(moment: date) -> str:
    """`3 February 2026`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def grouped(amount: Decimal, currency: str) -> str:
    """`−1,234.50`, with the decimals of the currency and a minus that is as wide as a digit."""
    _, _, decimals = money.to_text(amount, currency).partition(".")
    return f"{amount:,.{len(decimals)}f}".replace("-", _MINUS)


def _letters(line: LineView) -> int:
    described = sum(len(text or "") for text in (line.description, line.vendor, line.note))
    return max(described + len(line.review_reason or ""), len(line.original_description))


def _shortened(text: str) -> str:
    return text if len(text) <= _FOOTER_LETTERS else text[: _FOOTER_LETTERS - 1] + "…"


def _line(number: int, line: LineView, head: Head) -> dict[str, Any]:
    names = head.names
    account, department = line.gl_code or "", line.department_code or ""
    return {
        "no": f"{number:,}",
        "date": line.posted_on.isoformat(),
        "card": printable(line.card or "", ems=_CARD),
        "description": printable(line.description, ems=_DESCRIPTION),
        "vendor": _different(line.vendor, line.description, ems=_DESCRIPTION),
        "original": _different(line.original_description, line.description, ems=_ORIGINAL),
        "accountCode": printable(account, ems=_ACCOUNT),
        "account": printable(names.accounts.get(account, ""), ems=_ACCOUNT),
        "departmentCode": printable(department, ems=_DEPARTMENT),
        "department": printable(names.departments.get(department, ""), ems=_DEPARTMENT),
        "long": _letters(line) > _LONG,
        "needsReview": line.needs_review,
        "reason": printable(line.review_reason or "", ems=_DESCRIPTION),
        "note": printable(line.note or "", ems=_DESCRIPTION),
        "amount": printable(grouped(line.amount, line.currency), ems=_AMOUNT),
        "currency": line.currency,
    }


def _different(text: str | None, description: str, *, ems: float) -> str:
    """Nothing when it only repeats the description."""
    return "" if not text or text == description else printable(text, ems=ems)


def _totals(sums: Mapping[tuple[str, str], _Sum], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """By code, then currency; what has no code comes last."""
    ordered = sorted(sums.items(), key=lambda item: (item[0][0] == "", item[0]))
    return [
        {
            "code": printable(code, ems=_ACCOUNT),
            "name": printable(names.get(code, ""), ems=_COVER / 2),
            "lines": f"{one.lines:,}",
            "amount": _amount(one, currency),
            "currency": currency,
        }
        for (code, currency), one in ordered
    ]


def _amount(one: _Sum, currency: str) -> str:
    return grouped(one.amount, currency)
