"""Card numbers in text, however their digits are set apart: found, and not shown."""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection
from itertools import accumulate
from typing import Final

_RUN: Final = re.compile(r"(?<!\d)\d(?:(?:[\W_]{1,3}+|[xX])?+\d){12,}+")
_LENGTHS: Final = range(13, 20)
_PLAIN: Final = ("", " ", "-")
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
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
    groups = _Groups(re.split(r"(\D+)", run))
    parts = groups.parts
    done: list[str] = []
    start = 0
    while start < len(parts):
        end = groups.end_of_card(start)
        if end is None:
            done += parts[start : start + 2]
            start += 2
        else:
            done += [write(groups.digits(start, end)), *parts[end : end + 1]]
            start = end + 1
    return "".join(done)


class _Groups:
    """The groups of digits of a run, with the signs between them.

    Sums are taken once for the whole run: a long one has many groups that a number could start at.
    """

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        groups = [_plain_digits(part) for part in parts[::2]]
        self._digits = "".join(groups)
        self._places = list(accumulate(map(len, groups), initial=0))
        """Where each group begins among all digits; at last, where they end."""
        self._strange = list(accumulate((sign not in _PLAIN for sign in parts[1::2]), initial=0))
        """How many signs before each group are neither a space nor a dash."""
        self._luhn = _luhn_sums(self._digits)

    def digits(self, start: int, end: int) -> str:
        return self._digits[self._places[start // 2] : self._places[(end + 1) // 2]]

    def end_of_card(self, start: int) -> int | None:
        """Where the card number that starts at this part ends; the longest an issuer could give."""
        first = start // 2
        begin = self._places[first]
        last = bisect_left(self._places, begin + _LENGTHS.stop, first + 1)
        issued = plain = None
        for after in range(bisect_left(self._places, begin + _LENGTHS.start, first + 1), last):
            place = self._places[after]
            if not self._passes_luhn(begin, place):
                continue
            is_plain = self._strange[after - 1] == self._strange[first]
            if not is_plain and _is_time(set(self.parts[start + 1 : 2 * after - 1 : 2])):
                break
            if _ISSUED.fullmatch(self._digits, begin, place):
                issued = 2 * after - 1
            elif is_plain and plain is None:
                plain = 2 * after - 1
        return issued or plain

    def _passes_luhn(self, begin: int, end: int) -> bool:
        sums = self._luhn[end % 2]
        if (sums[end] - sums[begin]) % 10:
            return False
        first = self._digits[begin]  # thirteen zeros pass, and are no card
        return self._digits.count(first, begin, end) < end - begin


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """The sums up to each place, for numbers that end at an even place and at an odd one."""
    values = [int(digit) for digit in digits]
    doubled = [_DOUBLED[value] for value in values]
    even, odd = list(values), list(values)
    even[::2], odd[1::2] = doubled[::2], doubled[1::2]
    return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))


def _is_time(signs: Collection[str]) -> bool:
    """Colons beside other signs: a date with its time, which now and then passes for a number."""
    return len(signs) > 1 and any(":" in sign for sign in signs)


def _plain_digits(digits: str) -> str:
    """The same digits without their other widths and scripts."""
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)
