"""Which sign a charge has: no heading tells, and issuers differ.

One large issuer writes charges positive, another negative. What tells is, in this order of weight:
payments, refunds and fees by their words, what the bank calls the row, an issuer's known headings,
which sign is the more frequent, and a running balance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from expenseflow.statements.parsing import vocabulary

_WORDS = 4.0
_TYPE = 3.0
_HEADINGS = 3.0
_SHARE = 2.0
_MAY_BE_PAYMENT = 1.5
_BALANCE = 1.5

_CHARGES_POSITIVE = ({"extended details"}, {"appears on your statement as"})
_CHARGES_NEGATIVE = ({"post date", "type", "memo"},)


@dataclass(frozen=True, slots=True)
class Signed:
    """A value as the file has it, with what the file says beside it."""

    value: Decimal
    side: int
    """1: the file says debit; -1: credit; 0: it says neither."""
    description: str
    type_word: str


def charges(rows: Sequence[Signed], headings: Iterable[str], *, has_balance: bool) -> list[Decimal]:
    """The amounts with charges positive and credits negative."""
    sided = _with_sides(rows)
    usual = {side: _usual_sign(row for row in sided if row.side == side) for side in (1, -1)}
    open_rows = [row for row in sided if row.side == 0]
    orientation = charge_sign(open_rows, headings, has_balance=has_balance)
    return [
        abs(row.value) * row.side * (1 if _sign(row.value) == usual[row.side] else -1)
        if row.side
        else row.value * orientation
        for row in sided
    ]


def _with_sides(rows: Sequence[Signed]) -> list[Signed]:
    """Where only credits (or only debits) are marked, the rest is the other kind.

    In a file without any sign only the words tell a payment or a refund from a charge.
    """
    marked = {row.side for row in rows} - {0}
    if len(marked) == 1:
        other = -marked.pop()
        return [row if row.side else _sided(row, other) for row in rows]
    if marked or len({_sign(row.value) for row in rows}) != 1:
        return list(rows)
    leanings = [_leaning(row) for row in rows]
    return [_sided(row, lean or 1) for row, lean in zip(rows, leanings, strict=True)]


def _sided(row: Signed, side: int) -> Signed:
    return Signed(row.value, side, row.description, row.type_word)


def _leaning(row: Signed) -> int:
    return vocabulary.leaning(row.description) or vocabulary.direction(row.type_word)


def _sign(value: Decimal) -> int:
    return 1 if value > 0 else -1


def _usual_sign(rows: Iterable[Signed]) -> int:
    return 1 if sum(_sign(row.value) for row in rows) >= 0 else -1


def charge_sign(rows: Sequence[Signed], headings: Iterable[str], *, has_balance: bool) -> int:
    """1 when charges are positive in these rows, -1 when they are negative."""
    words = [vocabulary.leaning(row.description) * _sign(row.value) for row in rows]
    types = [_type_leaning(row, has_balance) * _sign(row.value) for row in rows]
    maybe = [
        -_sign(row.value)
        for row in rows
        if not has_balance and vocabulary.may_be_payment(row.description)
    ]
    evidence = (
        _WORDS * _mean(words)
        + _TYPE * _mean(types)
        + _HEADINGS * _known_issuer(headings)
        + _MAY_BE_PAYMENT * _mean(maybe)
        + _SHARE * _mean([_sign(row.value) for row in rows])
        - _BALANCE * has_balance
    )
    return 1 if evidence >= 0 else -1


def _type_leaning(row: Signed, has_balance: bool) -> int:  # noqa: FBT001  # private, one caller
    """`Payment` is money out in a bank account and money in on a card."""
    if has_balance and "payment" in row.type_word.lower():
        return 0
    return vocabulary.direction(row.type_word)


def _mean(votes: Iterable[int]) -> float:
    """Between -1 and 1; rows that say nothing do not count."""
    said = [vote for vote in votes if vote]
    return sum(said) / len(said) if said else 0.0


def _known_issuer(headings: Iterable[str]) -> int:
    plain = {vocabulary.plain(heading) for heading in headings}
    if any(known <= plain for known in _CHARGES_POSITIVE):
        return 1
    return -1 if any(known <= plain for known in _CHARGES_NEGATIVE) else 0
