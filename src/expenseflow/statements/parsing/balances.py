"""Columns of a table without headings: which number is the amount, and which a balance."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import permutations

from expenseflow.statements.parsing import amounts

_ROWS_LOOKED_AT = 50
_MOST_COLUMNS = 6


def amount_between(cells: Mapping[int, Sequence[str]]) -> int | None:
    """The column that leads from one of the others to a third in every row; None: there is none."""
    if not 3 <= len(cells) <= _MOST_COLUMNS:  # noqa: PLR2004  # before, after, amount
        return None
    numbers = {index: _numbers(column[:_ROWS_LOOKED_AT]) for index, column in cells.items()}
    for before, after, between in permutations(cells, 3):
        rows = list(zip(numbers[before], numbers[after], numbers[between], strict=True))
        if rows and all(None not in row and _leads(*row) for row in rows):
            return between
    return None


def _leads(before: Decimal | None, after: Decimal | None, between: Decimal | None) -> bool:
    return before is not None and after is not None and before + (between or 0) == after


def _numbers(cells: Sequence[str]) -> list[Decimal | None]:
    votes = amounts.decimal_votes(cells)
    sign = amounts.decide_decimal(votes, otherwise=".")
    return [_number(cell, sign) for cell in cells]


def _number(cell: str, sign: str) -> Decimal | None:
    try:
        return amounts.read(cell, sign).value
    except amounts.NotAnAmount:
        return None
