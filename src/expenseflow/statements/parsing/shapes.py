"""What a table looks like to a person: which files look alike, and what was decided about it."""

import hashlib
from collections.abc import Mapping as Dict
from collections.abc import Sequence

from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import amounts, dates, records, tables, vocabulary
from expenseflow.statements.parsing.dates import Order, Pair
from expenseflow.statements.parsing.mapping import DateOrder
from expenseflow.statements.parsing.tables import Table

_MOSTLY = 0.6
_ORDERS = {
    Order.DAY_FIRST: DateOrder.DAY_FIRST,
    Order.MONTH_FIRST: DateOrder.MONTH_FIRST,
    Order.YEAR_FIRST: DateOrder.YEAR_FIRST,
}
ORDERS = {told: order for order, told in _ORDERS.items()}


def key_of(*parts: str) -> str:
    """The key of what looks like this."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def header_of(lines: Sequence[str], otherwise: Table) -> tuple[str, int]:
    """A key, and the line of the headings (0: there are none).

    The key is the same for files with the same headings (case, accents and punctuation aside). It
    comes from the file alone, not from how a person wants it read. Without headings the kinds
    of the columns stand for them.
    """
    try:
        delimiter = tables.likely_delimiter(lines)
    except UnreadableStatement:  # read all the same, by what the mapping says
        delimiter = otherwise.delimiter
    found = records.split(lines, delimiter, is_row=tables.is_row, limit=tables.SAMPLE)
    header, start = tables.header_of(found)
    if header is not None:
        cells = found[header].cells
        key = key_of("headings", delimiter, str(len(cells)), *map(vocabulary.plain, cells))
        return key, found[header].line
    rows = [record.cells for record in found[start:] if tables.is_row(record.cells)]
    width = max((len(row) for row in rows), default=0)
    kinds = (_kind([row[i].strip() for row in rows if i < len(row)]) for i in range(width))
    return key_of("kinds", delimiter, str(width), *kinds), 0


def _kind(cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell]
    for name, check in (("date", dates.is_date), ("amount", amounts.is_amount)):
        if filled and sum(map(check, filled)) >= _MOSTLY * len(filled):
            return name
    return "text"


def date_order(table: Table, orders: Dict[int, Order]) -> DateOrder | None:
    """The order of the dates, if the columns agree and there is one to tell."""
    pairs = {index: _pairs(table, index) for index in orders}
    told = {_ORDERS[orders[index]] for index, found in pairs.items() if found}
    if told:
        return told.pop() if len(told) == 1 else None
    written = [cell for index in orders for cell in table.column(index) if cell]
    if written and all(cell[:4].isdigit() for cell in written):
        return DateOrder.YEAR_FIRST
    return None


def date_order_is_sure(table: Table) -> bool:
    """Whether the dates of each column read in one way only."""
    return all(dates.order_is_sure(table.column(index)) for index in table.columns.dates)


def _pairs(table: Table, index: int) -> set[Pair]:
    """Pairs that are the same in both orders tell nothing."""
    found = {dates.shape(cell) for cell in set(table.column(index))}
    return {one for one in found if isinstance(one, Pair) and one.first != one.second}


def decimal_sign(table: Table, decimals: Dict[int, str]) -> str | None:
    """The decimal sign, if all columns have the same and no cell could mean a thousand by it."""
    signs = set(decimals.values())
    if len(signs) != 1:
        return None
    sign = signs.pop()
    ambiguous = any(
        amounts.has_thousandths(cell, sign) for index in decimals for cell in table.column(index)
    )
    return None if ambiguous else sign
