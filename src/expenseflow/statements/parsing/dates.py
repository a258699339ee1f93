"""Dates, with the order of day and month decided once for a whole column.

Guessing cell by cell is unsafe: `03/04/2026` and `13/04/2026` would come out in two orders.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

FIRST_YEAR, LAST_YEAR = 1970, 2100
_LONGEST = 40
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier janv enero ene gennaio gen januari jänner jän",
            "feb february februar février févr fév fevrier febrero febbraio februari",
            "mar march märz mär mrz mars marzo maart mrt",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag mei maj",
            "jun june juni juin junio giugno giu",
            "jul july juli juillet juil julio luglio lug",
            "aug august août aout agosto ago augustus augusti",
            "sep sept september septembre septiembre settembre set",
            "oct october oktober okt octobre octubre ottobre ott",
            "nov november novembre noviembre",
            "dec december dezember dez décembre déc diciembre dic dicembre desember des",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = (
    r"(?:[T,]? ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_NUMBERS = re.compile(r"([0-9]{1,4})([-/.]) ?([0-9]{1,2})\2 ?([0-9]{1,4})" + _TIME)
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})" + _TIME)
_DAY_NAME = re.compile(
    r"(?:[A-Za-z]{3,9},? )?([0-9]{1,2})\.?[- /]?([^\W\d_]{3,10})\.?,?[- /]?([0-9]{4}|[0-9]{2})"
    + _TIME
)
_NAME_DAY = re.compile(
    r"(?:[A-Za-z]{3,9},? )?([^\W\d_]{3,10})\.?[- /]([0-9]{1,2}),?[- /]([0-9]{4}|[0-9]{2})" + _TIME
)


class Order(Enum):
    """Which of two numbers is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    YEAR_FIRST = "year first"


GUESSED = (Order.DAY_FIRST, Order.MONTH_FIRST)
"""Nobody is taken to write `26-01-05` for a day in 2026 who has not said so."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers of which one is the day and one the month, or of which the first is the year."""

    first: int
    second: int
    year: int
    is_short: bool = False
    """Whether the year has two digits."""

    @property
    def is_open(self) -> bool:
        """Whether both orders make a date of it, and not the same."""
        found = {self.read(order) for order in GUESSED}
        return len(found) > 1 and None not in found

    def read(self, order: Order) -> date | None:
        if order is Order.YEAR_FIRST:
            year = _year(f"{self.first:02}")
            return _date(year, self.second, self.year % 100) if self.is_short else None
        day, month = (
            (self.first, self.second) if order is Order.DAY_FIRST else (self.second, self.first)
        )
        return _date(self.year, month, day)


@lru_cache(maxsize=4096)
def shape(text: str) -> date | Pair | None:
    """What the cell says: a date, two numbers that need an order, or neither."""
    if len(text) > _LONGEST:
        return None
    text = text.strip()
    if match := _NUMBERS.fullmatch(text):
        return _numbers(match)
    if match := _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_NAME.fullmatch(text):
        return _named(match[3], match[2], match[1])
    if match := _NAME_DAY.fullmatch(text):
        return _named(match[3], match[1], match[2])
    return None


def is_date(text: str) -> bool:
    """Whether the cell can be a date in one order or the other."""
    found = shape(text)
    if isinstance(found, Pair):
        return any(found.read(order) is not None for order in GUESSED)
    return found is not None


def read(text: str, order: Order) -> date | None:
    """The date of a cell whose column has this order."""
    found = shape(text)
    return found.read(order) if isinstance(found, Pair) else found


def decide_order(cells: Iterable[str], *, otherwise: Order) -> Order:
    """The one order in which the most cells of a column are dates.

    Where both orders read all of them, the one that spans fewer days: a statement is a month or
    two, and its days read as months would be scattered over a year. Then what the file's other
    signs say.
    """
    pairs = {found for cell in cells if isinstance(found := shape(cell), Pair)}
    days = {order: [day for pair in pairs if (day := pair.read(order))] for order in GUESSED}
    day_first, month_first = days[Order.DAY_FIRST], days[Order.MONTH_FIRST]
    if len(day_first) != len(month_first):
        return Order.DAY_FIRST if len(day_first) > len(month_first) else Order.MONTH_FIRST
    spans = {order: _span(found) for order, found in days.items()}
    if spans[Order.DAY_FIRST] == spans[Order.MONTH_FIRST]:
        return otherwise
    return min(spans, key=lambda order: spans[order])


def _span(days: list[date]) -> int:
    return (max(days) - min(days)).days if days else 0


def _numbers(match: re.Match[str]) -> date | Pair | None:
    first, separator, second, third = match[1], match[2], int(match[3]), match[4]
    if len(first) == 4:  # noqa: PLR2004  # the digits of a year
        return _date(int(first), second, int(third)) if len(third) <= 2 else None  # noqa: PLR2004
    if len(first) > 2 or len(third) not in (2, 4):  # noqa: PLR2004
        return None
    if separator == ".":  # nobody writes the month first with points
        return _date(_year(third), second, int(first))
    return Pair(int(first), second, _year(third), is_short=len(third) == 2)  # noqa: PLR2004  # 26 for 2026


def _named(year: str, month: str, day: str) -> date | None:
    number = _MONTHS.get(month.lower())
    return _date(_year(year), number, int(day)) if number else None


def _year(text: str) -> int:
    value = int(text)
    if len(text) == 4:  # noqa: PLR2004
        return value
    return value + (1900 if value >= 70 else 2000)  # noqa: PLR2004  # as POSIX reads two digits


def _date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
