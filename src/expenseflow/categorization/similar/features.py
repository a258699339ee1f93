"""What the `similar` tier looks at of a charge: merchant, card, amount and the bank's category.

Terms are grouped, and each group is brought to the same length, so that a long name does not
drown the card. Terms are hashed into a fixed number of columns: no vocabulary has to be stored.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zlib import crc32

AT_LEAST: Final = 200
"""Fewer lines than this teach nothing that holds."""
AT_MOST: Final = 50_000
"""Only so many of the latest lines are learned from."""
GRAMS: Final = (4,)
GROUPS: Final = (("card", 1.0), ("merchant", 1.0), ("both", 1.0), ("amount", 0.3), ("text", 1.0))
"""Each group of terms, and how much it weighs; chosen on the last training month."""
_STARTS: Final = tuple(crc32(f"{name}:".encode()) for name, _ in GROUPS)
"""Equal terms of different groups are different terms."""

_READ: Final = 200
"""What comes after so many characters of a description is left out."""
_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A charge as the tier sees it."""

    person: str
    account: str
    """The card; empty when the statement does not name it."""
    merchant_key: str
    amount: float
    """Charges positive."""
    category: str = ""
    """The bank's own category, if it has one."""
    text: str = ""
    """As the bank printed it, in small letters; the key leaves out branches and numbers."""

    @property
    def card(self) -> str:
        return f"{self.person}/{self.account}"

    @property
    def first_word(self) -> str:
        return self.merchant_key.split(" ", 1)[0]


def line_of(
    person: object,
    *,
    account: str | None,
    merchant_key: str,
    amount: Decimal,
    category: str | None,
    description: str,
) -> Line:
    """A charge as the tier sees it, in training and in use alike."""
    return Line(
        str(person),
        account or "",
        merchant_key,
        float(amount),
        category=_plain(category or ""),
        text=_plain(description)[:_READ],
    )


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


@dataclass(frozen=True, slots=True)
class Example:
    """A line with the codes a person stands behind, and the month they did so for."""

    line: Line
    gl_code: str
    department_code: str | None
    month: int
    """Months since year 0, so that later ones are greater."""


def terms(line: Line, department: str) -> tuple[list[str], ...]:
    """The terms of a line in each of `GROUPS`; `department` is the usual one of its card."""
    words = _WORD.findall(line.merchant_key) or [line.merchant_key]
    return (
        [f"c={line.card}", f"d={department}"],
        _of_merchant(line, words),
        _of_both(line, words, department),
        _of_amount(line, department),
        _of_text(line),
    )


def _of_merchant(line: Line, words: list[str]) -> list[str]:
    category = [f"g={line.category}"] if line.category else []
    names = [f"k={line.merchant_key}", f"f={words[0]}", f"f2={' '.join(words[:2])}"]
    return [*names, *category, *(f"w={word}" for word in words)]


def _of_both(line: Line, words: list[str], department: str) -> list[str]:
    sides = (("C", line.card), ("D", department))
    names = [line.merchant_key, words[0], *words]
    category = [f"{line.category}"] if line.category else []
    return [f"{side}{who}|{name}" for side, who in sides for name in (*names, *category)]


def _of_amount(line: Line, department: str) -> list[str]:
    size = int(math.log2(abs(line.amount) + 1))
    sign = "-" if line.amount < 0 else "+"
    return [
        f"s={sign}",
        f"b={size}",
        f"cb={line.card}|{size}",
        f"fb={line.first_word}|{size}",
        f"db={department}|{size}",
        f"af={line.amount:.2f}|{line.first_word}",
    ]


def _of_text(line: Line) -> list[str]:
    return [*_grams(f" {line.text} "), *(f"t={word}" for word in _WORD.findall(line.text))]


def _grams(text: str) -> Iterator[str]:
    for size in GRAMS:
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


def hashed(line: Line, department: str, columns: int) -> list[dict[int, float]]:
    """For each group, column → 1 + log(count), before the columns' own weights."""
    return [
        _hashed(group, start, columns)
        for group, start in zip(terms(line, department), _STARTS, strict=True)
    ]


def _hashed(group: list[str], start: int, columns: int) -> dict[int, float]:
    found: dict[int, float] = {}
    for term in group:
        column = crc32(term.encode(), start) % columns
        found[column] = found.get(column, 0) + 1
    for column, count in found.items():
        if count > 1:
            found[column] = 1.0 + math.log(count)
    return found
