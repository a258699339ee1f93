"""City card files as labelled lines.

Two shapes are known by their columns; a person is a masked card, or a cost centre where there is
no card. Only what a bank statement tells is a feature: tax codes and directorates are not read.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from expenseflow.categorization import merchants

PATTERN: Final = "city_cards_*.csv"
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_WITH_CARDS: Final = frozenset(
    {"trans_date", "merchant_name", "original_gross_amt", "billing_gross_amt", "card_masked"}
    | {"gl_desc", "cost_centre_code"}
)
_WITHOUT_CARDS: Final = frozenset(
    {"Date", "Value", "Merchant", "Transaction description", "Transaction description 2"}
)
_THIRDS: Final = 3


class UnknownShape(Exception):
    """The file's columns are of no shape that is known, or a cell cannot be read."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One line with the codes its city gave it."""

    day: date
    month: int
    """Months since year 0; of the file's own month where it names one."""
    merchant_key: str
    description: str
    amount: Decimal
    person: str
    category: str | None
    account: str
    department: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """One file, its lines in the order of their days."""

    name: str
    lines: list[Labelled]
    has_months: bool
    """Whether the file itself says which month a line belongs to."""

    def split(self) -> tuple[list[Labelled], list[Labelled]]:
        """To learn from, and to ask about: the last month, or the last third of the rows.

        The last third too when all of the file is of one month.
        """
        last = max(line.month for line in self.lines)
        if self.has_months and self.lines[0].month < last:
            early = [line for line in self.lines if line.month < last]
            return early, [line for line in self.lines if line.month == last]
        cut = len(self.lines) - max(1, len(self.lines) // _THIRDS)
        return self.lines[:cut], self.lines[cut:]


def load(folder: Path) -> list[Dataset]:
    """Every file of the folder; raises UnknownShape, FileNotFoundError when there is none."""
    paths = sorted(folder.glob(PATTERN))
    if not paths:
        raise FileNotFoundError(f"there is no {PATTERN} in {folder}")
    return [read(path) for path in paths]


def read(path: Path) -> Dataset:
    """One file. Raises UnknownShape."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = frozenset(reader.fieldnames or ())
        try:
            lines = _lines(columns, reader)
        except (KeyError, ValueError, InvalidOperation) as error:
            raise UnknownShape(f"{path.name}, line {reader.line_num}: {error}") from error
    has_months = "file_month" in columns
    if not lines:
        raise UnknownShape(f"{path.name} has no lines, or columns of no known shape")
    return Dataset(path.name, sorted(lines, key=lambda line: (line.month, line.day)), has_months)


def _lines(columns: frozenset[str], rows: Iterable[Mapping[str, str]]) -> list[Labelled]:
    if columns >= _WITH_CARDS:
        return [_with_card(row) for row in rows]
    if columns >= _WITHOUT_CARDS:
        return [_without_card(row) for row in rows]
    return []


def _with_card(row: Mapping[str, str]) -> Labelled:
    day = _day(row["trans_date"])
    return Labelled(
        day=day,
        month=_month(row.get("file_month", ""), day),
        merchant_key=merchants.merchant_key(row["merchant_name"]),
        description=row["merchant_name"],
        amount=_amount(row["billing_gross_amt"] or row["original_gross_amt"]),
        person=row["card_masked"],
        category=row.get("mcc") or None,
        account=row["gl_desc"],
        department=row["cost_centre_code"],
    )


def _without_card(row: Mapping[str, str]) -> Labelled:
    day = _day(row["Date"])
    return Labelled(
        day=day,
        month=_month("", day),
        merchant_key=merchants.merchant_key(row["Merchant"]),
        description=row["Merchant"],
        amount=_amount(row["Value"]),
        person=row["Transaction description 2"],
        category=None,
        account=row["Transaction description"],
        department=row["Transaction description 2"],
    )


def _day(text: str) -> date:
    """`2021-08-05`, or `05/08/2021` as it is written in Britain."""
    written = "%d/%m/%Y" if "/" in text else "%Y-%m-%d"
    return datetime.strptime(text.strip(), written).date()  # noqa: DTZ007  # a day has no zone


def _amount(text: str) -> Decimal:
    return Decimal(text.strip().lstrip("£").replace(",", "") or "0")


def _month(name: str, day: date) -> int:
    """`august-2021` as months since year 0, else the day's own."""
    word, _, year = name.partition("-")
    if not year:
        return day.year * 12 + day.month - 1
    return int(year) * 12 + _MONTHS.index(word.lower())


def accounts_of(lines: Sequence[Labelled]) -> list[str]:
    """The chart is what these lines hold."""
    return sorted({line.account for line in lines})
