"""The card numbers of many texts at once: what `cards` finds one by one, in arrays.

A file can hold millions of places where a number could begin; so none of them costs a call.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from expenseflow.kit import cards

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

_AT_A_TIME: Final = 200_000
_APART: Final = "A"
"""Stands in no run of digits, so no number goes on behind it."""
_ZERO, _NINE, _COLON = ord("0"), ord("9"), ord(":")
_BITS_OF_A_SIGN: Final = 21
_ISSUED: Final = np.array(
    [
        [
            bool(cards.ISSUED.fullmatch(f"{begins:03}".ljust(length, "0")))
            for length in cards.LENGTHS
        ]
        for begins in range(1000)
    ]
)
"""By the first three digits and the length."""


def mask_all(texts: Sequence[str]) -> list[str]:
    """Each text as `cards.mask` writes it."""
    masked: list[str] = []
    for batch in _batches(texts):
        masked += _mask_batch(batch)
    return masked


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= _AT_A_TIME:
            yield batch
            batch, size = [], 0
    yield batch


def _mask_batch(texts: list[str]) -> list[str]:
    runs: list[list[str]] = [cards.RUN.findall(text) for text in texts]
    together = _APART.join(run for found in runs for run in found)
    masked = iter(_mask_runs(together).split(_APART))
    return [
        _with_runs(*one, [next(masked) for _ in one[1]]) for one in zip(texts, runs, strict=True)
    ]


def _with_runs(text: str, before: list[str], after: list[str]) -> str:
    if before == after:
        return text
    instead = iter(after)
    return cards.RUN.sub(lambda _: next(instead), text)


def _mask_runs(text: str) -> str:
    plain = cards.plain_digits(text)
    done: list[str] = []
    at = 0
    for start, length in _found(plain):
        if start >= at:
            end = start + length
            digits = "".join(filter(str.isdigit, plain[start:end]))
            done += [text[at:start], cards.last_four(digits)]
            at = end
    return "".join([*done, text[at:]])


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers start, and how long they are with their signs; some overlap."""
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    at = np.flatnonzero((signs >= _ZERO) & (signs <= _NINE))
    if len(at) < cards.LENGTHS.start:
        return iter(())
    digits = _Digits(signs[at] - _ZERO)
    groups = _Groups(signs, at)
    lengths = _lengths(digits, groups)
    found = np.flatnonzero(lengths)
    first = groups.starts[found]
    begins, ends = at[first], at[first + lengths[found] - 1] + 1
    return zip(begins.tolist(), (ends - begins).tolist(), strict=True)


def _lengths(digits: "_Digits", groups: "_Groups") -> _Ints:
    """For each group how many digits the card number has that starts there, or 0.

    It is the longest that an issuer could give, else the shortest in plain groups.
    """
    issued, plain = np.zeros_like(groups.starts), np.zeros_like(groups.starts)
    is_open = np.ones(len(groups.starts), np.bool_)
    for length in cards.LENGTHS:
        first = groups.that_go_on(length)
        begin = groups.starts[first]
        passing = is_open[first] & groups.ends_at[begin + length]
        first = first[passing]
        first = first[digits.pass_luhn(groups.starts[first], length)]
        last = groups.last_before(groups.starts[first] + length)
        first, last = first[one := groups.are_one_run(first, last)], last[one]
        is_plain = groups.are_plain(first, last)
        is_time = ~is_plain & groups.are_time(first, last)
        is_open[first[is_time]] = False
        fits = digits.could_be_issued(groups.starts[first], length) & ~is_time
        issued[first[fits]] = length
        shortest = first[is_plain & ~fits]
        plain[shortest[plain[shortest] == 0]] = length
    return np.where(issued > 0, issued, plain)


class _Digits:
    """All digits, with sums to each place."""

    def __init__(self, values: _Ints) -> None:
        self._values = values
        doubled = 2 * values - 9 * (values > 4)  # noqa: PLR2004  # 2 * 5 = 10, of which 1 + 0 counts
        even, odd = values.copy(), values.copy()
        even[::2], odd[1::2] = doubled[::2], doubled[1::2]
        self._sums = np.stack([_sums(even), _sums(odd)])
        """For numbers that end at an even place, and at an odd one."""
        self._changes = np.cumsum(np.diff(values, prepend=values[0]) != 0)

    def pass_luhn(self, begin: _Ints, length: int) -> _Bools:
        end = begin + length
        sums = self._sums[end % 2, end] - self._sums[end % 2, begin]
        return (sums % 10 == 0) & (self._changes[end - 1] > self._changes[begin])

    def could_be_issued(self, begin: _Ints, length: int) -> _Bools:
        one, two, three = (self._values[begin + place] for place in range(3))
        return _ISSUED[one * 100 + two * 10 + three, length - cards.LENGTHS.start]


class _Groups:
    """Groups of digits, with counts of what stands before each of them."""

    def __init__(self, signs: _Ints, at: _Ints) -> None:
        """From all signs, and where among them the digits are."""
        is_start = np.diff(at, prepend=-2) > 1
        self.starts = np.flatnonzero(is_start)
        """The first digit of each, counted among the digits."""
        self.ends_at = np.append(is_start, True)  # the end of all
        self._started = np.cumsum(is_start)
        between = _between(signs, at, self.starts[1:])
        written = (between << (_BITS_OF_A_SIGN * np.arange(3))).sum(axis=1)
        self._strange = _sums(~np.isin(written, [ord(sign) for sign in cards.PLAIN]))
        self._colons = _sums((between == _COLON).any(axis=1))
        self._apart = _sums(written == ord(_APART))
        self._changes = _sums(np.diff(written, prepend=written[:1]) != 0)

    def that_go_on(self, length: int) -> _Ints:
        """Those with so many digits from their first one on."""
        return np.arange(np.searchsorted(self.starts, len(self._started) - length, side="right"))

    def last_before(self, place: _Ints) -> _Ints:
        return self._started[place - 1] - 1

    def are_one_run(self, first: _Ints, last: _Ints) -> _Bools:
        return self._apart[first] == self._apart[last]

    def are_plain(self, first: _Ints, last: _Ints) -> _Bools:
        return self._strange[first] == self._strange[last]

    def are_time(self, first: _Ints, last: _Ints) -> _Bools:
        """Colons beside other signs."""
        differ = self._changes[last] > self._changes[np.minimum(first + 1, last)]
        return differ & (self._colons[last] > self._colons[first])


def _between(signs: _Ints, at: _Ints, starts: _Ints) -> _Ints:
    """The up to three signs before each of these groups; 0 where there are fewer."""
    begins, ends = at[starts - 1] + 1, at[starts]
    places = begins[:, None] + np.arange(3)
    return np.where(places < ends[:, None], signs[np.minimum(places, len(signs) - 1)], 0)


def _sums(values: _Ints | _Bools) -> _Ints:
    """Of all before each place."""
    return np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
