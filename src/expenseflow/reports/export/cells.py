"""What stands in an exported file, and the one place where its text is made harmless."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from expenseflow.categorization import rules as categorization
from expenseflow.kit.money import Money
from expenseflow.reports.views import LineView

Cell = str | int | date | Money | None

COLUMNS = (
    "No.",
    "Date",
    "Description",
    "Vendor",
    "Original description",
    "Note",
    "Amount",
    "Currency",
    "GL code",
    "GL account",
    "Department code",
    "Department",
    "Needs review",
    "Review reason",
    "Decided by",
)

# Most texts: they begin with a letter or a digit and hold nothing that could split them.
_ORDINARY = re.compile(r"\w[^;\t\r\n]*")
_STARTS_FORMULA = frozenset("=+-@")
_NEW_CELL = re.compile(r"([;\t\r\n][\s\"]*)(?=[=+\-@＝＋－＠])")
_CONTROL = frozenset("\t\r\n\0")


@dataclass(frozen=True, slots=True)
class Names:
    """The chart in words, by code."""

    accounts: Mapping[str, str]
    departments: Mapping[str, str]


def row(number: int, line: LineView, names: Names) -> tuple[Cell, ...]:
    """One line as cells, in the order of `COLUMNS`."""
    return (
        number,
        line.posted_on,
        line.description,
        line.vendor,
        line.original_description,
        line.note,
        Money(line.amount, line.currency),
        line.currency,
        line.gl_code,
        names.accounts.get(line.gl_code or ""),
        line.department_code,
        names.departments.get(line.department_code or ""),
        "yes" if line.needs_review else "no",
        line.review_reason if line.needs_review else None,
        _decided_by(line),
    )


def _decided_by(line: LineView) -> str:
    if line.edited_by_user:
        return "you"
    simulated = categorization.is_simulated(line.explanation)
    return f"{line.tier} (simulated)" if simulated else line.tier


def harmless(text: str) -> str:
    """The text with an apostrophe where a spreadsheet would start to calculate.

    That is at its beginning, behind blanks, quotes, separators or invisible characters, with
    ASCII and full-width signs alike; and behind a separator inside it, which a spreadsheet
    that splits cells there would take for a beginning. Numbers never come through here.
    """
    if _ORDINARY.fullmatch(text):
        return text
    start = "'" if _is_dangerous(text) else ""
    return start + _NEW_CELL.sub(r"\1'", text)


def _is_dangerous(text: str) -> bool:
    if text[:1] in _CONTROL and text:
        return True
    first = next((char for char in text if not _is_skipped(char)), "")
    return unicodedata.normalize("NFKC", first)[:1] in _STARTS_FORMULA and first != ""


def _is_skipped(char: str) -> bool:
    """Blanks, control and invisible characters, and what may end the cell before."""
    return char in '",;|' or unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cc", "Cf"}
