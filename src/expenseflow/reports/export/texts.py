"""Texts as a printed page can hold them, whatever somebody typed or a bank sent."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

BREAK = "\u200b"
"""Where a line may end although there is no blank; the template makes an invisible gap of it."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_NARROW, _WIDE = 0.55, 1.0
_PIECE = 0.2
"""How much of a column a piece of a long word fills: each piece costs the typesetter time."""
_WIDE_CATEGORIES = frozenset({"Lu", "Lt", "So", "Sm", "Sk", "Co", "Cn"})
_STAYS_WITH_THE_ONE_BEFORE = frozenset({"Mn", "Me", "Mc", "Cf"})
_JOINERS = "\u200c\u200d"
_FIRST_SCRIPT_WITH_JOINERS = "\u0590"


def printable(text: str, *, ems: float) -> str:
    """The text on one line, without what cannot be seen, with places to break long words.

    A word that may be wider than `ems` (the column in units of the font size) can be broken
    every few characters; others are broken at blanks only.
    """
    clean = _CONTROL.sub("\ufffd", unicodedata.normalize("NFC", text))
    if not clean.isascii():
        clean = "".join(_visible(clean))
    return " ".join(_breakable(word, ems) for word in clean.split())


def _visible(text: str) -> Iterator[str]:
    """Without invisible characters, which turn the text round or spoil searching in the PDF.

    What joins letters stays in the scripts that need it.
    """
    before = ""
    for char in text:
        joins = char in _JOINERS and before >= _FIRST_SCRIPT_WITH_JOINERS
        if joins or unicodedata.category(char) != "Cf":
            before = char
            yield char


def _breakable(word: str, ems: float) -> str:
    if len(word) * _WIDE <= ems or sum(map(_width, word)) <= ems:
        return word
    parts, width = [word[0]], _width(word[0])
    for before, char in pairwise(word):
        if width >= ems * _PIECE and _may_part(before, char):
            parts.append(BREAK)
            width = 0.0
        parts.append(char)
        width += _width(char)
    return "".join(parts)


def _may_part(before: str, char: str) -> bool:
    if before in _JOINERS:
        return False
    return unicodedata.category(char) not in _STAYS_WITH_THE_ONE_BEFORE


def _width(char: str) -> float:
    """A generous guess, in ems."""
    if unicodedata.category(char) in _WIDE_CATEGORIES:
        return _WIDE
    return _WIDE if unicodedata.east_asian_width(char) in {"W", "F"} else _NARROW
