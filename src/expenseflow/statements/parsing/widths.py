"""How many cells a row may have: an unquoted `1,234.56` is two of them, and must not be money."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from expenseflow.statements.parsing import amounts
from expenseflow.statements.parsing.columns import Columns
from expenseflow.statements.parsing.model import RejectedRow
from expenseflow.statements.parsing.tables import Table
from expenseflow.statements.parsing.vocabulary import Role

TOO_MANY = (
    "The row has more cells than the table has columns; "
    "is an amount written with an unquoted comma?"
)
_COMMON = 0.1
_NUMBERS = (Role.AMOUNT, Role.DEBIT, Role.CREDIT, Role.ORIGINAL_AMOUNT)
_BEHIND = (Role.DIRECTION, Role.CURRENCY)
"""What may stand in a column without a heading: the mark of a credit, the currency."""
_HEAD = re.compile(r"[-+(]*[^0-9A-Za-z.,]?[-+]?[0-9]{1,3}")
_TAIL = re.compile(r"[0-9]{3}(?:\.[0-9]+)?[-+)]*(?: ?[A-Za-z]{2,3})?")


@dataclass(frozen=True, slots=True)
class Widths:
    """The widths of a table's rows."""

    allowed: frozenset[int]
    named: int
    """Cells from here on stand behind the last heading."""
    least: int
    """A row of more cells than this is looked at for an amount in two of them."""
    columns: Columns

    def fitted(self, record_cells: Sequence[str]) -> list[str]:
        """The cells, if there are as many as the table has columns; raises RejectedRow."""
        cells = [cell.strip() for cell in record_cells]
        widest = max(self.allowed)
        while len(cells) > widest and not cells[-1]:
            cells.pop()
        if any(self._is_stray(index, cells[index]) for index in range(self.named, len(cells))):
            raise RejectedRow(TOO_MANY)
        if len(record_cells) > self.least and self._splits_amount(cells):
            raise RejectedRow(TOO_MANY)
        if len(cells) not in self.allowed:
            raise RejectedRow(f"The row has {len(cells)} columns instead of {widest}.")
        return cells

    def _is_stray(self, index: int, cell: str) -> bool:
        known = any(index in self.columns.by_role.get(role, ()) for role in _BEHIND)
        return bool(cell) and (not known or amounts.is_amount(cell))

    def _splits_amount(self, cells: Sequence[str]) -> bool:
        return any(
            index + 1 < len(cells)
            and _HEAD.fullmatch(cells[index]) is not None
            and _TAIL.fullmatch(cells[index + 1]) is not None
            for role in _NUMBERS
            for index in self.columns.by_role.get(role, ())
        )


def decide(table: Table) -> Widths:
    """How many columns a row may have: as the headings, or as a good part of the rows."""
    counted = Counter(len(record.cells) for record in table.rows if not record.problem)
    total = sum(counted.values())
    widths = {width for width, count in counted.items() if count >= total * _COMMON}
    needed = max(table.columns.dates[:1] + _needed(table.columns), default=0) + 1
    if table.headings is None:
        allowed = frozenset(width for width in widths if width >= needed) or frozenset({needed})
        return Widths(allowed, max(allowed), min(allowed), table.columns)
    full = len(table.headings)
    named = full
    while named and not table.headings[named - 1].strip():
        named -= 1
    allowed = {width for width in widths if width >= needed and abs(width - full) <= 1}
    least = min((width for width in widths if width >= full), default=full)
    return Widths(frozenset(allowed | {full, named}), named, least, table.columns)


def _needed(columns: Columns) -> list[int]:
    roles = (Role.AMOUNT, Role.DEBIT, Role.CREDIT)
    found = [columns.by_role[role][0] for role in roles if columns.by_role.get(role)]
    return [min(found)] if found else []
