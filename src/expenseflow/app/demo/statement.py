"""Months of one person's card, and how that person books each charge; always the same.

`merchants.csv` says who was paid how often in which month (`jan` … `may`), between which amounts,
and where it belongs; `roadshow` adds those of May. Months, days, amounts and order numbers follow
from it, so a second run imports the very same lines.
"""

import calendar
import csv
import io
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import chain

from expenseflow.app.demo import roadshow

PERIODS = ("2026-01", "2026-02", "2026-03", "2026-04")
WITH_ROADSHOW = (*PERIODS, "2026-05")
"""One more month, of merchants that nobody knows: work for an AI service."""
CARD = "4417"
_MONTHS = ("jan", "feb", "mar", "apr", "may")
_CENT = Decimal("0.01")
_FIELD = re.compile(r"\{(n|id)(\d+)\}|\{(dow|hour)\}")
_DIGITS = "0123456789"
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_SATURDAY = 5
_STAYS_HOME = 0.7
_HEADINGS = (
    "Transaction Date", "Post Date", "Card No.", "Description", "Type", "Amount",
    "Original Amount", "Original Currency",
)  # fmt: skip
TWIN = "SQ *BLUE BOTTLE COFFEE OAKLAND CA"
"""Once a month two of these are bought at once: equal charges that are not a mistake."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Where a charge belongs, and of which kind it is: the row of `merchants.csv`."""

    kind: int
    gl_code: str
    department_code: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the bank's file; charges negative, as this bank writes them."""

    day: date
    description: str
    kind: str
    amount: Decimal
    original_amount: Decimal | None = None
    original_currency: str = ""
    booking: Booking | None = None
    """None: the payment to the card."""


def file_name(period: str) -> str:
    """What the bank calls the file of a month."""
    return f"card-{CARD}-{period}.csv"


def content(period: str) -> bytes:
    """The bank's file of a month, the newest row first."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADINGS)
    for row in rows(period):
        writer.writerow(_cells(row))
    return text.getvalue().encode()


@cache
def rows(period: str) -> tuple[Row, ...]:
    """Every row of a month, the payment among them."""
    month = WITH_ROADSHOW.index(period)
    found = [row for entry in enumerate(_merchants()) for row in _visits(*entry, month=month)]
    twin = next(row for row in found if row.description == TWIN)
    owed = _owed(WITH_ROADSHOW[month - 1]) if month else Decimal("3184.26")
    payment = Row(date(2026, month + 1, 20), "AUTOPAY PAYMENT - THANK YOU", "Payment", owed)
    return tuple(sorted([*found, twin, payment], key=_order, reverse=True))


@cache
def answers() -> Mapping[str, Booking]:
    """How the person books each charge, by the description as it is printed."""
    return {
        row.description: row.booking
        for period in WITH_ROADSHOW
        for row in rows(period)
        if row.booking
    }


def _owed(period: str) -> Decimal:
    return -sum((row.amount for row in rows(period) if row.booking), Decimal(0))


def _merchants() -> list[dict[str, str]]:
    file = resources.files("expenseflow.app.demo") / "merchants.csv"
    regular = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    return list(chain(regular, roadshow.merchants()))


def _visits(number: int, merchant: Mapping[str, str], *, month: int) -> Iterator[Row]:
    # One sequence for each merchant and month: a new merchant changes no other's rows. `random`
    # gives the same for the same text on every version of Python, as long as only it is called.
    chance = random.Random(f"{number} {merchant['description']} {month}")  # noqa: S311  # no secret
    for _ in range(int(merchant[_MONTHS[month]])):
        yield _visit(number, merchant, chance, month=month)


def _visit(number: int, merchant: Mapping[str, str], chance: random.Random, *, month: int) -> Row:
    amount = _amount(merchant, chance)
    day = date(2026, month + 1, int(merchant["day"])) if "day" in merchant else _day(chance, month)
    foreign = Decimal(merchant["rate"]) if merchant["currency"] else None
    return Row(
        day=day,
        description=_description(merchant["description"], chance, day),
        kind="Return" if amount < 0 else "Sale",
        amount=-(amount if foreign is None else (amount * foreign).quantize(_CENT)),
        original_amount=None if foreign is None else -amount,
        original_currency=merchant["currency"],
        booking=Booking(number, merchant["account"], merchant["department"]),
    )


def _amount(merchant: Mapping[str, str], chance: random.Random) -> Decimal:
    low, high = Decimal(merchant["low"]), Decimal(merchant["high"])
    return (low + (high - low) * Decimal(str(round(chance.random(), 4)))).quantize(_CENT)


def _day(chance: random.Random, month: int) -> date:
    days = calendar.monthrange(2026, month + 1)[1]
    while True:
        day = date(2026, month + 1, 1 + int(chance.random() * days))
        if day.weekday() < _SATURDAY or chance.random() > _STAYS_HOME:
            return day


def _description(template: str, chance: random.Random, day: date) -> str:
    def fill(field: re.Match[str]) -> str:
        if field[3] == "dow":
            return _DAYS[day.weekday()]
        if field[3] == "hour":
            return str(1 + int(chance.random() * 11))
        signs = _DIGITS if field[1] == "n" else _LETTERS
        return "".join(signs[int(chance.random() * len(signs))] for _ in range(int(field[2])))

    return _FIELD.sub(fill, template)


def _order(row: Row) -> tuple[date, str, Decimal]:
    return row.day, row.description, row.amount


def _cells(row: Row) -> tuple[str, ...]:
    booked = row.day + timedelta(days=1)
    original = "" if row.original_amount is None else str(row.original_amount)
    return (
        f"{row.day:%m/%d/%Y}", f"{booked:%m/%d/%Y}", CARD, row.description, row.kind,
        str(row.amount), original, row.original_currency,
    )  # fmt: skip
