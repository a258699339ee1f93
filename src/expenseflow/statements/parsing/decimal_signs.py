"""Which sign is the decimal one, decided for a whole column, and for a silent one by the file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from expenseflow.kit import money
from expenseflow.statements.parsing import amounts, currencies, dates
from expenseflow.statements.parsing.dates import Order
from expenseflow.statements.parsing.tables import Table
from expenseflow.statements.parsing.vocabulary import Role

NUMBERS: Final = (Role.AMOUNT, Role.DEBIT, Role.CREDIT, Role.ORIGINAL_AMOUNT)
_THOUSANDTHS = 3

Cells = Mapping[int, Sequence[str]]
"""The cells of each amount column."""


def decide(table: Table, *, currency_hint: str | None) -> dict[int, str]:
    """By amount column; one that gives nothing away follows the others, then the whole file."""
    indices = [index for role in NUMBERS for index in table.columns.by_role.get(role, ())]
    cells = {index: table.column(index) for index in indices}
    votes = {index: amounts.decimal_votes(cells[index]) for index in indices}
    total = sum(votes.values(), Counter[str]())
    silent = not total and _groups_with_points(table, cells, currency_hint)
    usual = amounts.decide_decimal(total, otherwise="," if silent else ".")
    return {index: amounts.decide_decimal(votes[index], otherwise=usual) for index in indices}


def is_ambiguous(cell: str, sign: str, currency: str | None) -> bool:
    """Whether the cell reads as `1.234` in a currency that has no thousandths.

    Its column has not shown that the other sign is the decimal one, so it may be a thousand.
    """
    if not amounts.has_thousandths(cell, sign):
        return False
    return money.minor_units(currency or "") < _THOUSANDTHS


def _groups_with_points(table: Table, cells: Cells, currency_hint: str | None) -> bool:
    """Whether `1.234`, in a file without any cents, comes from where that is a thousand."""
    written = [cell for column in cells.values() for cell in column]
    if any(sign in cell for cell in written for sign in ",$£"):
        return False
    if table.delimiter != ";" and not _is_day_first(table):
        return False
    codes = _codes(table, cells) or {currency_hint or ""}
    return all(money.minor_units(code) < _THOUSANDTHS for code in codes)


def _is_day_first(table: Table) -> bool:
    """Whether the dates themselves say so; none of the file's other signs is asked."""
    columns = [set(table.column(index)) for index in table.columns.dates]
    return bool(columns) and all(
        any("." in cell for cell in column)
        or dates.decide_order(column, otherwise=Order.MONTH_FIRST) is Order.DAY_FIRST
        for column in columns
    )


def _codes(table: Table, cells: Cells) -> set[str]:
    """The currencies that the table names."""
    headings = table.headings or []
    named = [currencies.code_within(headings[index]) for index in cells if index < len(headings)]
    for index in table.columns.by_role.get(Role.CURRENCY, ()):
        named += [currencies.code_of(cell) for cell in table.column(index)]
    for column in cells.values():
        named += [found.currency for cell in column if (found := amounts.token(cell))]
    return {code for code in named if code}
