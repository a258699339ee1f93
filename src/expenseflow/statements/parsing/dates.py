"""Dates, with the order of day and month decided once for a whole column.

Guessing cell by cell is unsafe: `03/04/2026` and `13/04/2026` would come out in two orders.
"""

import re
from collections.abc import Iterable, Mapping
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


_GUESSED = (Order.DAY_FIRST, Order.MONTH_FIRST)
_A_FEW_MONTHS = 200
"""Days in which a statement lies; a reading that scatters it over years is hardly meant."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers of which one is the day and one the month, or of which the first is the year."""

    first: int
    second: int
    year: int
    is_short: bool = False
    """Whether the year has two digits."""
    has_dashes: bool = False
    """Only with these is `26-01-05` taken for a day in 2026 by itself, as in ISO 8601."""

    @property
    def orders(self) -> tuple[Order, ...]:
        """Those that can be meant by it."""
        may_start_with_year = self.is_short and self.has_dashes
        return (*_GUESSED, Order.YEAR_FIRST) if may_start_with_year else _GUESSED

    @property
    def is_date(self) -> bool:
        """Whether it is one by itself: `40-05-16` is more likely a bank's sort code."""
        return any(self.read(order) is not None for order in _GUESSED)

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
    return found.is_date if isinstance(found, Pair) else found is not None


def read(text: str, order: Order) -> date | None:
    """The date of a cell whose column has this order."""
    found = shape(text)
    return found.read(order) if isinstance(found, Pair) else found


def decide_order(cells: Iterable[str], *, otherwise: Order) -> Order:
    """The one order in which the most cells of a column are dates.

    Where several read all of them, the one that spans the fewest days: a statement is a month or
    two, and its days read as months would be scattered over a year. Then what the file's other
    signs say.
    """
    column = _Column.of(cells)
    days = {order: column.days(order) for order in column.orders}
    most = max(map(len, days.values()))
    spans = {
        order: _span([*found, *column.plain]) for order, found in days.items() if len(found) == most
    }
    if Order.YEAR_FIRST in spans and not _is_striking(spans):
        del spans[Order.YEAR_FIRST]
    likely = [order for order in spans if spans[order] == min(spans.values())]
    return otherwise if otherwise in likely else likely[0]


def _is_striking(spans: Mapping[Order, int]) -> bool:
    """Whether only with the year first it is a few months; a leap day less is no sign."""
    others = [span for order, span in spans.items() if order is not Order.YEAR_FIRST]
    first = spans[Order.YEAR_FIRST]
    return first <= _A_FEW_MONTHS and all(2 * first < span for span in others)


def order_is_sure(cells: Iterable[str]) -> bool:
    """Whether the column can be read in one way only.

    Not where nothing tells the day from the month, nor where the cells contradict each other.
    """
    column = _Column.of(cells)
    readings = {
        tuple(days)
        for order in column.orders
        if len(days := column.days(order)) == len(column.pairs)
        and (order in _GUESSED or _span([*days, *column.plain]) <= _A_FEW_MONTHS)
    }
    return len(readings) == 1


@dataclass(frozen=True, slots=True)
class _Column:
    """What stands in a column, whatever the order of its rows."""

    pairs: list[Pair]
    """Those that are dates in one order or another."""
    plain: list[date]
    """Dates that need no order."""

    @classmethod
    def of(cls, cells: Iterable[str]) -> "_Column":
        found = [shape(cell) for cell in set(cells)]
        pairs = [one for one in found if isinstance(one, Pair) and one.is_date]
        return cls(pairs, [one for one in found if isinstance(one, date)])

    @property
    def orders(self) -> tuple[Order, ...]:
        """Those that all of the pairs can be meant in."""
        return min((pair.orders for pair in self.pairs), key=len, default=_GUESSED)

    def days(self, order: Order) -> list[date]:
        return [day for pair in self.pairs if (day := pair.read(order))]


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
    is_short = len(third) == 2  # noqa: PLR2004  # 26 for 2026
    return Pair(int(first), second, _year(third), is_short, has_dashes=separator == "-")


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
