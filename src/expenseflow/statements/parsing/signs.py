"""Which sign a charge has: no heading tells, and issuers differ.

One large issuer writes charges positive, another negative. What tells is, in this order of weight:
payments, refunds and fees by their words, what the bank calls the row, an issuer's known headings,
which sign is the more frequent, and a running balance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from expenseflow.statements.parsing import vocabulary
from expenseflow.statements.parsing.mapping import SignConvention

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


@dataclass(frozen=True, slots=True)
class Settled:
    """The amounts with charges positive and credits negative, and what they were taken for."""

    amounts: list[Decimal]
    convention: SignConvention


def charges(
    rows: Sequence[Signed],
    headings: Iterable[str],
    *,
    has_balance: bool,
    convention: SignConvention | None = None,
) -> Settled:
    """The amounts with charges positive, under this convention or the likely one.

    Where every row says debit or credit, the other convention turns all of them round; of a file
    with both kinds only those that say neither. In a file without any minus sign (or any plus),
    read under the sign it has, the words tell payments and refunds.
    """
    sided = _with_sides(rows)
    only = {_sign(row.value) for row in rows}
    if len(only) == 1 and not any(row.side for row in sided):
        return _of_one_sign(rows, only.pop(), convention)
    likely = _likely(sided, headings, has_balance=has_balance)
    convention = convention or likely
    turned = convention.sign if all(row.side for row in sided) else 1
    usual = {side: _usual_sign(row for row in sided if row.side == side) for side in (1, -1)}
    settled = [
        abs(row.value) * row.side * (1 if _sign(row.value) == usual[row.side] else -1) * turned
        if row.side
        else row.value * convention.sign
        for row in sided
    ]
    return Settled(settled, convention)


def _of_one_sign(rows: Sequence[Signed], sign: int, convention: SignConvention | None) -> Settled:
    """Only the words tell a payment or a refund from a charge, unless all are the other kind."""
    as_written = SignConvention.of(sign)
    convention = convention or as_written
    if convention is not as_written:
        return Settled([row.value * convention.sign for row in rows], convention)
    return Settled([abs(row.value) * (_leaning(row) or 1) for row in rows], convention)


def _likely(
    sided: Sequence[Signed], headings: Iterable[str], *, has_balance: bool
) -> SignConvention:
    open_rows = [row for row in sided if row.side == 0]
    if not open_rows:
        return SignConvention.CHARGES_POSITIVE
    return SignConvention.of(charge_sign(open_rows, headings, has_balance=has_balance))


def _with_sides(rows: Sequence[Signed]) -> list[Signed]:
    """Where only credits (or only debits) are marked, the rest is the other kind."""
    marked = {row.side for row in rows} - {0}
    if len(marked) != 1:
        return list(rows)
    other = -marked.pop()
    return [row if row.side else _sided(row, other) for row in rows]


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
    return 1 if evidence > 0 else -1  # where nothing tells, a minus is money that goes


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
