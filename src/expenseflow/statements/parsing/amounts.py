"""Amounts, with the decimal sign decided once for a whole column."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from expenseflow.kit.money import MAX_AMOUNT
from expenseflow.statements.parsing import currencies

_LONGEST = 40
_DECIMALS = 4
_SIGN = r"[£€$¥₹₩₪₺₽₴₫₱฿₦]|[A-Za-zČčŁł]{1,3}(?:\$|\.)?"
_AMOUNT = re.compile(
    r"(?P<open>\()? ?(?:(?P<mark1>CR|DR)(?![A-Za-z]))? ?(?P<s1>[+-])? ?(?P<c1>"
    + _SIGN
    + r")?? ?(?P<s2>[+-])? ?"
    r"(?P<number>[0-9](?:[0-9.,']| (?=[0-9]))*|[.,][0-9]+) ?(?P<s3>[+-])? ?"
    r"(?P<c2>" + _SIGN + r")?? ?(?P<mark2>CR|DR|DB|Cr|Dr|cr|dr)?\.? ?(?P<close>\))?"
)
_SIMPLE = re.compile(r"-?[0-9]{1,12}\.[0-9]{1,4}")
_CENTS = re.compile(r"-?[0-9]{1,12}\.[0-9]{1,2}")
_FORMS = {
    ".": re.compile(
        r"[0-9]+(?:\.[0-9]*)?|[0-9]{1,3}(?:[, '][0-9]{2,3})*[, '][0-9]{3}(?:\.[0-9]*)?|\.[0-9]+"
    ),
    ",": re.compile(
        r"[0-9]+(?:,[0-9]*)?|[0-9]{1,3}(?:[. '][0-9]{2,3})*[. '][0-9]{3}(?:,[0-9]*)?|,[0-9]+"
    ),
}
_THOUSANDTHS = {sign: re.compile(rf"[1-9][0-9]{{0,2}}\{sign}[0-9]{{3}}(?![0-9])") for sign in ".,"}
_MARKS = {"CR": -1, "DR": 1, "DB": 1}
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "’": "'", "´": "'"})


class NotAnAmount(ValueError):  # a fact about a cell; its text ends the sentence
    """The cell is no amount that can be stored; the text says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """An amount taken apart, before it is known which sign is the decimal one."""

    number: str
    negative: bool
    mark: int
    """1 when marked as a debit, -1 as a credit, 0 when not marked."""
    currency: str | None


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as the cell has it, with its own sign."""

    value: Decimal
    mark: int = 0
    currency: str | None = None


@lru_cache(maxsize=4096)
def token(text: str) -> Token | None:
    """The parts of the cell, or None when it cannot be an amount."""
    if not text or len(text) > _LONGEST:
        return None
    match = _AMOUNT.fullmatch(_plain(text))
    if match is None or (match["open"] is None) != (match["close"] is None):
        return None
    signs = [sign for sign in (match["s1"], match["s2"], match["s3"]) if sign]
    names = [name.upper() for name in (match["c1"], match["c2"]) if name]
    if len(signs) > 1 or not all(currencies.is_sign(name) for name in names):
        return None
    mark = _MARKS.get((match["mark1"] or match["mark2"] or "").upper(), 0)
    negative = "-" in signs or match["open"] is not None
    code = next((code for name in names if (code := currencies.code_of(name))), None)
    return Token(match["number"], negative, mark, code)


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_MINUS)
    return " ".join(text.split())


def is_amount(text: str) -> bool:
    """Whether the cell can be an amount."""
    found = token(text)
    return found is not None and any(form.fullmatch(found.number) for form in _FORMS.values())


def decimal_votes(cells: Iterable[str]) -> Counter[str]:
    """How many cells can only have meant the point as the decimal sign, and how many the comma."""
    return Counter(vote for cell in cells if (vote := _vote(cell)))


def decide_decimal(votes: Counter[str], *, otherwise: str) -> str:
    """The decimal sign of a column: the one with more votes."""
    if votes["."] == votes[","]:
        return otherwise
    return "." if votes["."] > votes[","] else ","


def _vote(cell: str) -> str | None:
    """The decimal sign this cell gives away; `1,234` gives away nothing."""
    if _CENTS.fullmatch(cell):
        return "."
    found = token(cell)
    if found is None:
        return None
    number = found.number
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return None
    sign, other = (".", ",") if number[last] == "." else (",", ".")
    if other in number:
        return sign
    if number.count(sign) > 1:
        return other
    return sign if len(number) - last - 1 != 3 or last == 0 or number[0] == "0" else None  # noqa: PLR2004


def read(text: str, decimal: str) -> Amount:
    """The amount of a cell whose column has this decimal sign; raises NotAnAmount."""
    if decimal == "." and _SIMPLE.fullmatch(text):
        return Amount(Decimal(text))
    found = token(text)
    if found is None or not _FORMS[decimal].fullmatch(found.number):
        raise NotAnAmount("is not an amount")
    value = storable(_decimal(found.number, decimal))
    return Amount(-value if found.negative else value, found.mark, found.currency)


def has_thousandths(text: str, decimal: str) -> bool:
    """Whether the cell reads as `1.234`: three decimals, that elsewhere are thousands."""
    if len(text) < 5 or not _THOUSANDTHS[decimal].search(text):  # noqa: PLR2004  # "1.234"
        return False
    found = token(text)
    return found is not None and _THOUSANDTHS[decimal].fullmatch(found.number) is not None


def storable(value: Decimal) -> Decimal:
    """The value with at most four decimals, none lost; raises NotAnAmount when that cannot be."""
    if value > MAX_AMOUNT:
        raise NotAnAmount("is too large")
    rounded = value.quantize(Decimal(1).scaleb(-_DECIMALS))
    if rounded != value:
        raise NotAnAmount("has more than four decimals")
    return value


def _decimal(number: str, decimal: str) -> Decimal:
    for separator in " '" + ("," if decimal == "." else "."):
        number = number.replace(separator, "")
    return Decimal(number.replace(",", "."))
