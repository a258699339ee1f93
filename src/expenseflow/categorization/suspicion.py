"""Does a text look like what a bank prints, or like an order to whoever reads it? Pure.

A line that looks like an order is asked in a call of its own, so that it cannot steer the lines
beside it, whatever the provider makes of it. It is judged by shape (markup, sentences, hidden or
encoded text) and by words, in many languages; one such word makes no order, so a shop called
IGNORE CLOTHING is none. Taking a shop for an order costs a call and a look by a person, the other
way round it costs the trust in a whole call: in doubt it is an order.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from expenseflow.categorization import suspicion_shapes as shapes
from expenseflow.categorization import suspicion_words as words
from expenseflow.categorization.outcomes import Settlement

REVIEW_REASON: Final = "The text of this charge reads like an instruction; please check it yourself"

_LONGEST_REASON: Final = 500
_LONGEST_PRINTED: Final = 1000
_ENOUGH: Final = 3.0
"""Points that make an order; real texts of banks hardly ever have two."""
_SMALL_AT_MOST: Final = 1.5
_SENTENCE: Final = 5
"""So many small words, or words in lower case beside others, stand in no name of a shop."""


def is_suspicious(*texts: str | None) -> bool:
    """Whether any of the texts of one charge, or all of them read as one, looks like an order."""
    given = [text for text in texts if text]
    return any(_looks_like_an_order(text) for text in {*given, " ".join(given)})


def flagged(settlement: Settlement) -> Settlement:
    """The same for a charge whose text looks like an order: a person has to look at it."""
    reasons = [REVIEW_REASON, settlement.review_reason]
    return replace(
        settlement,
        needs_review=True,
        review_reason=". ".join(reason for reason in reasons if reason)[:_LONGEST_REASON],
    )


@lru_cache(maxsize=10_000)
def _looks_like_an_order(text: str) -> bool:
    if len(text) > _LONGEST_PRINTED or shapes.is_hidden(text):
        return True
    plain = shapes.decoded(text)
    folded = shapes.folded(plain)
    if shapes.has_marks(folded) or shapes.is_encoded(plain) or _is_a_sentence(plain):
        return True
    return _is_an_order(folded) or any(map(_is_surely_an_order, shapes.readings(folded)))


# --- words ------------------------------------------------------------------------------------


def _fold_all(listed: str) -> frozenset[str]:
    return frozenset(map(shapes.folded, listed.split()))


def _parts(listed: str, points: int) -> dict[str, int]:
    return {part.replace("_", " "): points for part in _fold_all(listed)}


_STRONG: Final = _fold_all(words.STRONG)
_WEAK: Final = _fold_all(words.WEAK) - _STRONG
_SMALL: Final = _fold_all(words.SMALL)
_DIRECTIVES: Final = _fold_all(words.DIRECTIVES)
_FILLERS: Final = _fold_all(words.FILLERS)
_AIMS: Final = _fold_all(words.AIMS)
_KINDS: Final = _fold_all(words.KINDS)
_ALL: Final = _fold_all(words.ALL)
_OF_ACCOUNTS: Final = _ALL | _fold_all(words.SENTENCE)
_THIS: Final = _fold_all(words.THIS)
_COPULAS: Final = _fold_all(words.COPULAS)
_ELSEWHERE: Final = _parts(words.ELSEWHERE_STRONG, 2) | _parts(words.ELSEWHERE_WEAK, 1)
_TOKEN: Final = re.compile(r"[^\W_]+")
_CODE: Final = re.compile(r"(?=\D*\d)[^\W_]{3,8}")
_ACCOUNT: Final = re.compile(r"(?<![\d/.-])\d{4,6}(?![\d/-]|\.\d)")
_RUN_TOGETHER: Final = re.compile(
    r"(?:ignor|disregard|forget|overrid|bypass)\w{0,3}"
    r"(?:all|any|the|every|prev|prior|above|inst|rule)"
    r"|(?:previous|prior|above|all|your|new|these)(?:instruction|prompt|rule)|systemprompt"
    r"|(?:answer|respond|output|classify|classifyas|setto|fileas|codeas|use|useaccount|usecode)\d{4}"
    r"|(?:all|every|other)(?:other)?(?:line|row|charge|transaction|merchant)s?(?:is|are|to|as|under)"
)


def _is_an_order(folded: str) -> bool:
    tokens = _TOKEN.findall(folded)
    if _points(tokens) + _bonus(tokens) >= _ENOUGH or _names_a_code(tokens):
        return True
    account = _ACCOUNT.search(folded) is not None
    if account and not _OF_ACCOUNTS.isdisjoint(tokens):
        return True
    if _says_what_is(tokens):
        return True
    if not folded.isascii() and _points_elsewhere(folded) >= (1 if account else _ENOUGH):
        return True
    return _RUN_TOGETHER.search("".join(tokens)) is not None


def _is_surely_an_order(reading: str) -> bool:
    """For texts read in another way: what a chance reading does not bring."""
    tokens = [token for token in _TOKEN.findall(reading) if len(token) > len("to")]
    return any(token in _STRONG for token in tokens) and _points(tokens) >= _ENOUGH


def _is_a_sentence(plain: str) -> bool:
    tokens = [token for token in _TOKEN.findall(plain) if len(token) > 1 and token.isalpha()]
    small = sum(shapes.folded(token) in _SMALL for token in tokens)
    return small >= _SENTENCE or sum(map(str.islower, tokens)) > _SENTENCE


def _points(tokens: Sequence[str]) -> float:
    different = set(tokens)
    small = sum(token in _SMALL for token in different) / 2
    weak = sum(token in _WEAK for token in different)
    strong = sum(_is_strong(token) for token in different)
    return min(small, _SMALL_AT_MOST) + weak + 2 * strong


def _bonus(tokens: Sequence[str]) -> float:
    """For a verb in front, a number, nothing but words of orders; for pairs (`file as`)."""
    if len(tokens) < len(("verb", "what")):
        return 0.0
    front = tokens[0] in _DIRECTIVES or tokens[0] in _WEAK
    number = any(map(str.isdecimal, tokens))
    alone = 2 * all(map(_is_known, tokens))
    return (front + number + alone) / 2 + max(map(_of_pair, pairwise(tokens)))


def _of_pair(pair: tuple[str, str]) -> float:
    """Points for `file as`, `mark travel`, `all fuel`."""
    first, second = pair
    if first in _DIRECTIVES and second in _AIMS:
        return 2.0
    if second in _KINDS:
        return 1.5 * (first in _DIRECTIVES) or 1.0 * (first in _ALL)
    return 0.0


def _names_a_code(tokens: Sequence[str]) -> bool:
    """A directive, and after it nothing but fillers until something that looks like a code."""
    directed = False
    for token in tokens:
        if directed and _CODE.fullmatch(token):
            return True
        directed = token in _DIRECTIVES or _is_strong(token) or (directed and token in _FILLERS)
    return False


def _says_what_is(tokens: Sequence[str]) -> bool:
    """`This is travel`, `all lines are travel`."""
    if any(first in _THIS and second in _COPULAS for first, second in pairwise(tokens)):
        return True
    return bool(tokens) and tokens[0] in _ALL and not _COPULAS.isdisjoint(tokens[2:])


def _points_elsewhere(folded: str) -> int:
    return sum(points for part, points in _ELSEWHERE.items() if part in folded)


# --- one word ---------------------------------------------------------------------------------

_LONG: Final = 6
"""Letters of a word that is also known when one of them is wrong."""


def _is_known(token: str) -> bool:
    return token in _SMALL or token in _WEAK or token in _STRONG or token.isdecimal()


@lru_cache(maxsize=50_000)
def _is_strong(token: str) -> bool:
    if token in _STRONG:
        return True
    if len(token) < _LONG - 1 or token in _WEAK:
        return False
    return not _MISSPELT.isdisjoint(_shorter(token))


def _shorter(token: str) -> set[str]:
    """Itself and with one letter left out: two words share one of these when a letter is wrong."""
    return {token, *(token[:at] + token[at + 1 :] for at in range(len(token)))}


_MISSPELT: Final = frozenset(
    shorter
    for word in _STRONG
    if len(word) >= _LONG and word.isascii()
    for shorter in _shorter(word)
)
