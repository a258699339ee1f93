"""Card numbers in text, however their digits are set apart: found, and not shown."""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection
from itertools import accumulate
from typing import Final

RUN: Final = re.compile(r"(?<!\d)\d(?:(?:[\W_]{1,3}+|[xX])?+\d){12,}+")
LENGTHS: Final = range(13, 20)
PLAIN: Final = frozenset(" -")
ISSUED: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|20)\d{13}|3[47]\d{13}"
    r"|3[689]\d{12}|35\d{14,17}|5[0678]\d{14,17}|6\d{15,18}"
)
"""Lengths and first digits that the large issuers use; no date, hardly a reference looks so."""

_BETWEEN: Final = r"[\W_xX]{0,3}"
_BEGINNING: Final = re.compile(
    rf"(?<!\d)(?:[46]|5(?={_BETWEEN}[0-8])|3(?={_BETWEEN}[4-9])|2(?={_BETWEEN}[2-7])"
    r"|\d(?=(?:[ -]?+\d){12}))"
)
"""As an issuer's numbers begin, or with twelve digits behind in plain groups."""
_SIGNS: Final = re.compile(r"([^0-9]+)")
_VALUES: Final = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED: Final = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_ODD: Final = 10
"""Added to the sums of numbers that end at an odd place, to tell them from the others."""


def last_four(digits: str) -> str:
    """The usual way to name a card: `****1111`."""
    return "****" + digits[-4:]


def mask(text: str, *, write: Callable[[str], str] = last_four) -> str:
    """The text with `write(digits)` for each card number in it.

    A card number is 13 to 19 digits that pass Luhn's check, alone or in groups: with a space or
    a dash between groups any such number, with other signs only one that an issuer could give.
    """
    return RUN.sub(lambda match: _mask_run(match[0], write), text)


def count_beginnings(text: str) -> int:
    """At how many places in the text a card number could begin: what `mask` takes its time for."""
    return sum(len(_BEGINNING.findall(plain_digits(run))) for run in RUN.findall(text))


def _mask_run(run: str, write: Callable[[str], str]) -> str:
    """A card number inside a run starts and ends where a group of digits does."""
    plain = plain_digits(run)
    groups: _Groups | None = None
    done: list[str] = []
    at = 0
    for beginning in _BEGINNING.finditer(plain):
        start = beginning.start()
        if start < at:
            continue
        groups = groups or _Groups(plain)
        found = groups.card_at(start)
        if found is not None:
            digits, end = found
            done += [run[at:start], write(digits)]
            at = end
    return "".join([*done, run[at:]])


class _Groups:
    """The groups of digits of a run, with the signs between them.

    Sums are taken once for the whole run: a long one has many groups that a number could start at.
    """

    def __init__(self, run: str) -> None:
        self._parts = _SIGNS.split(run)
        self._edges = list(accumulate(map(len, self._parts), initial=0))
        """Where each part begins in the run; at last, where it ends."""
        self._digits = "".join(self._parts[::2])
        self._places = list(accumulate(map(len, self._parts[::2]), initial=0))
        """Where each group begins among all digits; at last, where they end."""
        self._even, self._odd = _luhn_sums(self._digits)
        sums = bytearray(self._even)
        sums[1::2] = self._odd[1::2]
        self._sums = bytes(sums)
        """At each place, the sum for numbers that end there."""

    def card_at(self, start: int) -> tuple[str, int] | None:
        """The card number that starts there in the run, and where it ends.

        Of several it is the longest that an issuer could give.
        """
        first = bisect_left(self._edges, start) // 2
        begin = self._places[first]
        issued = plain = None
        for after, end in self._passing(begin):
            signs = set(self._parts[2 * first + 1 : 2 * after - 1 : 2])
            is_plain = signs <= PLAIN
            if not is_plain and _is_time(signs):
                break
            if ISSUED.fullmatch(self._digits, begin, end):
                issued = after
            elif is_plain and plain is None:
                plain = after
        after = issued or plain
        if after is None:
            return None
        return self._digits[begin : self._places[after]], self._edges[2 * after - 1]

    def _passing(self, begin: int) -> list[tuple[int, int]]:
        """The groups before which numbers of a fitting length end that pass Luhn's check.

        With each, its place. A number passes where the sum is the same at both its ends.
        """
        least = begin + LENGTHS.start
        sums = self._sums[least : begin + LENGTHS.stop]
        even, odd = self._even[begin], self._odd[begin]
        if even not in sums and odd not in sums:
            return []
        ends = [end for end, value in enumerate(sums, least) if value in (even, odd)]
        pairs = [(bisect_left(self._places, end), end) for end in ends]
        return [
            (after, end)
            for after, end in pairs
            if self._places[after] == end and not self._is_one_digit(begin, end)
        ]

    def _is_one_digit(self, begin: int, end: int) -> bool:
        """Thirteen zeros pass, and are no card."""
        return self._digits.count(self._digits[begin], begin, end) == end - begin


def _luhn_sums(digits: str) -> tuple[bytes, bytes]:
    """The last digits of the sums up to each place, for numbers that end at an even one and odd."""
    written = digits.encode()
    even, odd = bytearray(written.translate(_VALUES)), bytearray(written.translate(_VALUES))
    doubled = written.translate(_DOUBLED)
    even[::2], odd[1::2] = doubled[::2], doubled[1::2]
    return (
        bytes([value % 10 for value in accumulate(even, initial=0)]),
        bytes([value % 10 + _ODD for value in accumulate(odd, initial=0)]),
    )


def _is_time(signs: Collection[str]) -> bool:
    """Colons beside other signs: a date with its time, which now and then passes for a number."""
    return len(signs) > 1 and any(":" in sign for sign in signs)


def plain_digits(run: str) -> str:
    """The same run, its digits without their other widths and scripts."""
    if run.isascii():
        return run
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in run)
