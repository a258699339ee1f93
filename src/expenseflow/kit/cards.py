"""Card numbers in text, however their digits are set apart: found, and not shown."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final

_RUN: Final = re.compile(r"(?<!\d)\d(?:(?:[\W_]{1,3}+|[xX])?+\d){12,}+")
_LENGTHS: Final = range(13, 20)
_PLAIN: Final = ("", " ", "-")
_ISSUED: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|20)\d{13}|3[47]\d{13}"
    r"|3[689]\d{12}|35\d{14,17}|5[0678]\d{14,17}|6\d{15,18}"
)
"""Lengths and first digits that the large issuers use; no date, hardly a reference looks so."""


def last_four(digits: str) -> str:
    """The usual way to name a card: `****1111`."""
    return "****" + digits[-4:]


def mask(text: str, *, write: Callable[[str], str] = last_four) -> str:
    """The text with `write(digits)` for each card number in it.

    A card number is 13 to 19 digits that pass Luhn's check, alone or in groups: with a space or
    a dash between groups any such number, with other signs only one that an issuer could give.
    """
    return _RUN.sub(lambda match: _mask_run(match[0], write), text)


def _mask_run(run: str, write: Callable[[str], str]) -> str:
    """A card number inside a run starts and ends where a group of digits does."""
    parts = re.split(r"(\D+)", run)
    done: list[str] = []
    start = 0
    while start < len(parts):
        end = _end(parts, start)
        if end is None:
            done += parts[start : start + 2]
            start += 2
        else:
            done += [write(_plain_digits("".join(parts[start:end:2]))), *parts[end : end + 1]]
            start = end + 1
    return "".join(done)


def _end(parts: Sequence[str], start: int) -> int | None:
    """Where the card number that starts at this group ends; the longest an issuer could give."""
    digits = ""
    is_plain = True
    issued = plain = None
    signs: set[str] = set()
    for position in range(start, len(parts), 2):
        if position > start:
            signs.add(parts[position - 1])
            is_plain = is_plain and parts[position - 1] in _PLAIN
        digits += _plain_digits(parts[position])
        if len(digits) >= _LENGTHS.stop or (not is_plain and _is_time(signs)):
            break
        if len(digits) not in _LENGTHS or not _passes_luhn(digits):
            continue
        if _ISSUED.fullmatch(digits):
            issued = position + 1
        elif is_plain and plain is None:
            plain = position + 1
    return issued or plain


def _is_time(signs: Collection[str]) -> bool:
    """Colons beside other signs: a date with its time, which now and then passes for a number."""
    return len(signs) > 1 and any(":" in sign for sign in signs)


def _plain_digits(digits: str) -> str:
    """The same digits without their other widths and scripts."""
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)


def _passes_luhn(digits: str) -> bool:
    values = [int(digit) for digit in reversed(digits)]
    if len(set(values)) == 1:
        return False  # thirteen zeros pass, and are no card
    doubled = (2 * value - 9 * (value > 4) for value in values[1::2])  # noqa: PLR2004  # 2 * 5 = 10
    return (sum(values[::2]) + sum(doubled)) % 10 == 0
