"""Texts as a printed page can hold them, whatever somebody typed or a bank sent."""

import re
import unicodedata
from itertools import pairwise

BREAK = "\u200b"
"""Where a line may end although there is no blank: a zero-width space."""
# They turn the text after them round, and serve nobody but a forger of amounts.
_OVERRIDES = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_NARROW, _WIDE = 0.55, 1.0
_WIDE_CATEGORIES = frozenset({"Lu", "Lt", "So", "Sm", "Sk", "Co", "Cn"})
_STAYS_WITH_THE_ONE_BEFORE = frozenset({"Mn", "Me", "Mc", "Cf"})
_JOINER = "\u200d"


def printable(text: str, *, ems: float) -> str:
    """The text on one line, without control characters, with places to break long words.

    A word that may be wider than `ems` (the column in units of the font size) can be broken at
    each of its characters; others are broken at blanks only.
    """
    clean = _CONTROL.sub("\ufffd", _OVERRIDES.sub("", text))
    return " ".join(_breakable(word, ems) for word in clean.split())


def _breakable(word: str, ems: float) -> str:
    if len(word) * _WIDE <= ems or sum(map(_width, word)) <= ems:
        return word
    parts: list[str] = [word[0]]
    for before, char in pairwise(word):
        if before != _JOINER and unicodedata.category(char) not in _STAYS_WITH_THE_ONE_BEFORE:
            parts.append(BREAK)
        parts.append(char)
    return "".join(parts)


def _width(char: str) -> float:
    """A generous guess, in ems."""
    if unicodedata.category(char) in _WIDE_CATEGORIES:
        return _WIDE
    return _WIDE if unicodedata.east_asian_width(char) in {"W", "F"} else _NARROW
