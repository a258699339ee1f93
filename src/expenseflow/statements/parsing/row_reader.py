"""One record of a table to one draft of a transaction, or the reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from expenseflow.statements.parsing import (
    amounts,
    currencies,
    dates,
    decimal_signs,
    shapes,
    text,
    vocabulary,
    widths,
)
from expenseflow.statements.parsing.amounts import Amount
from expenseflow.statements.parsing.columns import Columns
from expenseflow.statements.parsing.dates import Order
from expenseflow.statements.parsing.mapping import Mapping
from expenseflow.statements.parsing.model import RejectedRow
from expenseflow.statements.parsing.records import Record
from expenseflow.statements.parsing.tables import Table
from expenseflow.statements.parsing.vocabulary import Role
from expenseflow.statements.parsing.widths import Widths

_AMBIGUOUS = "can mean thousands or three decimals"
_QUOTED = 40


@dataclass(frozen=True, slots=True)
class Draft:
    """A row before it is known which sign a charge has."""

    line: int
    posted_on: date
    description: str
    type_word: str
    value: Decimal
    side: int
    currency: str | None
    original_amount: Decimal | None
    original_currency: str | None
    account: str | None
    category: str | None
    external_id: str | None
    cleaned: str
    """The row as it stood there, with its card numbers still in it."""

    def continued(self, more: str) -> "Draft":
        """The same row with another line of description."""
        return replace(self, description=text.description(f"{self.description} {more}"))


@dataclass(frozen=True, slots=True)
class RowReader:
    """What was decided about the table, applied to its rows."""

    columns: Columns
    orders: dict[int, Order]
    decimals: dict[int, str]
    currencies: dict[int, str | None]
    """By amount column, from its heading."""
    currency_hint: str | None
    widths: Widths
    decimals_given: bool = False
    """A person has named the decimal sign; else `1.234` may be a thousand."""

    def read(self, record: Record) -> Draft:
        """The draft of one record; raises RejectedRow."""
        if record.problem:
            raise RejectedRow(record.problem)
        cells = self.widths.fitted(record.cells)
        self._refuse_unbooked(cells)
        posted_on = self._date(cells)
        amount, column = self._amount(cells)
        original, original_currency = self._original(cells)
        return Draft(
            line=record.line,
            posted_on=posted_on,
            description=self.description(cells) or "(no description)",
            type_word=self._cell(cells, Role.TYPE),
            value=amount.value,
            side=amount.mark,
            currency=self._currency(cells, amount, column),
            original_amount=original,
            original_currency=original_currency,
            account=text.account_label(self._cell(cells, Role.ACCOUNT)),
            category=text.category(self._cell(cells, Role.CATEGORY)),
            external_id=text.external_id(self._cell(cells, Role.REFERENCE)),
            cleaned=self._cleaned(cells),
        )

    def continuation(self, record: Record) -> str | None:
        """The words of a record that only goes on with the description of the one before."""
        cells = [cell.strip() for cell in record.cells]
        words = self.description(cells)
        others = self.columns.dates + [
            index for role in decimal_signs.NUMBERS for index in self.columns.by_role.get(role, [])
        ]
        if not words or any(index < len(cells) and cells[index] for index in others):
            return None
        return None if vocabulary.is_total(words) else words

    def description(self, cells: Sequence[str]) -> str:
        """The first filled column of those that describe."""
        for index in self.columns.descriptions:
            if index < len(cells) and (words := text.description(cells[index])):
                return words
        return ""

    def _cell(self, cells: Sequence[str], role: Role) -> str:
        """The first filled cell of the role."""
        for index in self.columns.by_role.get(role, ()):
            if index < len(cells) and cells[index]:
                return cells[index]
        return ""

    def _cleaned(self, cells: Sequence[str]) -> str:
        """The row as it stood there, but for the numbers of its own account."""
        accounts = self.columns.by_role.get(Role.ACCOUNT, ())
        shown = [
            text.account_label(cell) or "" if index in accounts else cell
            for index, cell in enumerate(cells)
        ]
        return text.clean(" | ".join(shown))

    def _refuse_unbooked(self, cells: Sequence[str]) -> None:
        status = self._cell(cells, Role.STATUS)
        if not status:
            return
        if vocabulary.is_pending(status):
            raise RejectedRow("The transaction is still pending.")
        if vocabulary.is_void(status):
            raise RejectedRow(f"The bank marks the transaction as {_quote(status)}.")

    def _date(self, cells: Sequence[str]) -> date:
        for index in self.columns.dates:
            cell = cells[index] if index < len(cells) else ""
            if not cell:
                continue
            found = dates.read(cell, self.orders[index])
            if found:
                return found
            if vocabulary.is_pending(cell):
                raise RejectedRow("The transaction is still pending.")
            raise RejectedRow(f"{_quote(cell)} is not a date that can be read.")
        raise RejectedRow("The row has no date.")

    def _amount(self, cells: Sequence[str]) -> tuple[Amount, int]:
        """The amount with its side, and the column it comes from."""
        found = self._filled_amounts(cells)
        if not found:
            raise RejectedRow("The row has no amount.")
        with_value = [(amount, column) for amount, column in found if amount.value]
        if not with_value:
            raise RejectedRow("The amount is zero.")
        if len(with_value) > 1:
            raise RejectedRow("The row has both a debit and a credit.")
        amount, column = with_value[0]
        if not amount.mark and (word := self._cell(cells, Role.DIRECTION)):
            amount = replace(amount, mark=vocabulary.direction(word))
        return amount, column

    def _filled_amounts(self, cells: Sequence[str]) -> list[tuple[Amount, int]]:
        debit, credit = self.columns.first(Role.DEBIT), self.columns.first(Role.CREDIT)
        split = [
            (self._number(cells, column, side), column)
            for column, side in ((debit, 1), (credit, -1))
            if column is not None and column < len(cells) and cells[column]
        ]
        if split:
            return split
        for role in (Role.AMOUNT, Role.ORIGINAL_AMOUNT):
            for column in self.columns.by_role.get(role, ()):
                if column < len(cells) and cells[column]:
                    return [(self._number(cells, column), column)]
        return []

    def _number(self, cells: Sequence[str], column: int, side: int = 0) -> Amount:
        try:
            amount = amounts.read(cells[column], self.decimals[column])
        except amounts.NotAnAmount as error:
            raise RejectedRow(f"The amount {_quote(cells[column])} {error}.") from error
        currency = self._currency(cells, amount, column) or self.currency_hint
        if self._is_ambiguous(cells[column], column, currency):
            raise RejectedRow(f"The amount {_quote(cells[column])} {_AMBIGUOUS}.")
        return Amount(amount.value, side or amount.mark, amount.currency)

    def _is_ambiguous(self, cell: str, column: int, currency: str | None) -> bool:
        return not self.decimals_given and decimal_signs.is_ambiguous(
            cell, self.decimals[column], currency
        )

    def _original(self, cells: Sequence[str]) -> tuple[Decimal | None, str | None]:
        """What was paid abroad; one that cannot be read is left out, the row is not."""
        column = self.columns.first(Role.ORIGINAL_AMOUNT)
        code = currencies.code_of(self._cell(cells, Role.ORIGINAL_CURRENCY))
        if column is None or column >= len(cells) or not cells[column]:
            return None, None
        try:
            amount = amounts.read(cells[column], self.decimals[column])
        except amounts.NotAnAmount:
            return None, None
        code = code or amount.currency or self.currencies[column]
        if self._is_ambiguous(cells[column], column, code):
            return None, None
        return (amount.value, code) if code and amount.value else (None, None)

    def _currency(self, cells: Sequence[str], amount: Amount, column: int) -> str | None:
        is_original = column in self.columns.by_role.get(Role.ORIGINAL_AMOUNT, ())
        written = self._cell(cells, Role.ORIGINAL_CURRENCY if is_original else Role.CURRENCY)
        code = currencies.code_of(written)
        if written and code is None and written not in currencies.SIGNS:
            raise RejectedRow(f"{_quote(written)} is not a currency.")
        return code or amount.currency or self.currencies[column]


def reader_for(
    table: Table, *, currency_hint: str | None, mapping: Mapping | None = None
) -> RowReader:
    """Decide the order of dates, the decimal signs and the widths of a table, from all of it.

    What the mapping says is not decided.
    """
    mapping = mapping or Mapping()
    headings = table.headings or []
    decimals = decimal_signs.decide(table, currency_hint=currency_hint)
    if mapping.decimal_sign is not None:
        decimals = dict.fromkeys(decimals, mapping.decimal_sign)
    if mapping.date_order is None:
        orders = _orders(table, _likely_order(table, decimals, currency_hint))
    else:
        orders = dict.fromkeys(table.columns.dates, shapes.ORDERS[mapping.date_order])
    return RowReader(
        columns=table.columns,
        orders=orders,
        decimals=decimals,
        currencies={
            index: currencies.code_within(headings[index]) if index < len(headings) else None
            for index in decimals
        },
        currency_hint=currency_hint,
        widths=widths.decide(table),
        decimals_given=mapping.decimal_sign is not None,
    )


def _orders(table: Table, likely: Order) -> dict[int, Order]:
    """By date column; the columns of one file agree where one of them gives the order away."""
    indices = table.columns.dates
    cells = {index: set(table.column(index)) for index in indices}
    usual = dates.decide_order(set[str]().union(*cells.values()), otherwise=likely)
    return {index: dates.decide_order(cells[index], otherwise=usual) for index in indices}


def _likely_order(table: Table, decimals: dict[int, str], currency_hint: str | None) -> Order:
    """What the rest of the file says about where it comes from."""
    if "," in decimals.values() or table.delimiter == ";":
        return Order.DAY_FIRST
    written = {
        code
        for index in decimals
        for cell in table.column(index)[:50]
        if (found := amounts.token(cell)) and (code := found.currency)
    }
    column = table.columns.first(Role.CURRENCY)
    if column is not None:
        written |= {
            code for cell in table.column(column)[:50] if (code := currencies.code_of(cell))
        }
    codes = written or {currency_hint or "USD"}
    return Order.MONTH_FIRST if "USD" in codes else Order.DAY_FIRST


def _quote(cell: str) -> str:
    short = text.beginning(cell)
    shown = text.mask_cards(short)
    is_whole = len(shown) <= _QUOTED and short == text.clean(cell)
    return f"“{shown}”" if is_whole else f"“{shown[:_QUOTED]}…”"
