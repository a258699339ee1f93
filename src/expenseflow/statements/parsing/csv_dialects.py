"""CSV as banks write it: every dialect decided from the file itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import (
    currencies,
    row_reader,
    shapes,
    signs,
    tables,
    text,
    vocabulary,
    weights,
)
from expenseflow.statements.parsing.mapping import Mapping, Shape, SignConvention
from expenseflow.statements.parsing.model import (
    ParsedRow,
    ParsedStatement,
    RejectedRow,
    Rejection,
)
from expenseflow.statements.parsing.records import Record
from expenseflow.statements.parsing.row_reader import Draft, RowReader
from expenseflow.statements.parsing.tables import Table
from expenseflow.statements.parsing.vocabulary import Role

MAX_LINES = 100_000
_ACCOUNT = re.compile(
    r"(?:account|card|konto|compte|cuenta|rekening|karte|iban)[^0-9*]{0,60}?"
    rf"((?-i:{text.IBAN})|[0-9*xX][0-9*xX -]{{2,30}}[0-9](?:\.[0-9]{{2}})?(?![0-9]))",
    re.IGNORECASE,
)
_CURRENCY = re.compile(
    r"(?i:currency|währung|waehrung|devise|moneda|divisa)[^A-Za-z]{1,5}([A-Z]{3})\b"
)
_PREAMBLE_CELLS = 20
_RAW = 1000
_LOOKED_AT = (Role.DESCRIPTION, Role.MEMO, Role.TYPE, Role.CATEGORY, Role.ACCOUNT, Role.REFERENCE)
"""Searched for card numbers cell by cell; the rest of a row is only as it is kept or quoted."""
_SAMPLE = 1000
_HABIT = 0.6


@dataclass(slots=True)
class _Reading:
    """What the rows have given so far."""

    goes_on: bool
    """Whether it is a habit of this file to continue descriptions in a second record."""
    drafts: list[Draft] = field(default_factory=list[Draft])
    rejected: list[Rejection] = field(default_factory=list[Rejection])
    last_was_draft: bool = False

    @property
    def may_go_on(self) -> bool:
        return self.goes_on and bool(self.drafts or self.rejected)


def parse(
    content: str, *, currency_hint: str | None = None, mapping: Mapping | None = None
) -> ParsedStatement:
    """The transactions of a CSV file, read as the mapping says and otherwise as the file shows.

    Raises UnreadableStatement when it holds no table, MappingDoesNotFit when that is another one.
    """
    if content.count("\n") > MAX_LINES:
        raise UnreadableStatement(f"The file has more than {MAX_LINES:,} lines; split it.")
    mapping = mapping or Mapping()
    lines = content.split("\n")
    table = tables.find(lines, mapping)
    weights.refuse_heaps_of_numbers(_looked_at(table))
    account, currency = _preamble(table)
    reader = row_reader.reader_for(table, currency_hint=currency or currency_hint, mapping=mapping)
    reading = _read(table, reader)
    rows, convention = _settle(table, reading.drafts, account, mapping.sign_convention)
    found = {row.currency for row in rows if row.currency}
    headed = {code for code in reader.currencies.values() if code}
    if currency is None and len(found | headed) == 1:
        currency = (found | headed).pop()
    return ParsedStatement(
        "csv",
        account,
        currency,
        rows,
        reading.rejected,
        _told(table, reader, convention, mapping),
        Shape(
            *shapes.header_of(lines, table),
            list(table.headings or []),
            mapping.date_order is not None or shapes.date_order_is_sure(table),
        ),
    )


def _looked_at(table: Table) -> Iterator[str]:
    by_role = table.columns.by_role
    indices = {index for role in _LOOKED_AT for index in by_role.get(role, ())}
    return (cell for index in indices for cell in table.column(index))


def _told(table: Table, reader: RowReader, convention: SignConvention, mapping: Mapping) -> Mapping:
    """What was decided, in a form that decides the same when it comes back."""
    return Mapping(
        columns={role: list(indices) for role, indices in table.columns.by_role.items()},
        date_order=mapping.date_order or shapes.date_order(table, reader.orders),
        decimal_sign=mapping.decimal_sign or shapes.decimal_sign(table, reader.decimals),
        sign_convention=convention,
        delimiter=table.delimiter,
        header_row=table.header_row,
        account=mapping.account,
    )


def _read(table: Table, reader: RowReader) -> _Reading:
    reading = _Reading(goes_on=_rows_go_on(table, reader))
    for record in table.rows:
        if table.headings is not None and record.cells == table.headings:
            continue
        if not any(cell.strip() for cell in record.cells) and not record.problem:
            continue
        _read_one(record, reader, reading)
    return reading


def _rows_go_on(table: Table, reader: RowReader) -> bool:
    """One row without date and amount is a bad row; as many as rows are their other halves."""
    sample = table.rows[:_SAMPLE]
    further = sum(reader.continuation(record) is not None for record in sample)
    return further > 0 and further >= _HABIT * (len(sample) - further)


def _read_one(record: Record, reader: RowReader, reading: _Reading) -> None:
    """One record: a row, a further line of the row before, or a rejection."""
    more = reader.continuation(record) if reading.may_go_on else None
    if more is not None:
        if reading.last_was_draft:
            reading.drafts[-1] = reading.drafts[-1].continued(more)
        return
    try:
        reading.drafts.append(reader.read(record))
        reading.last_was_draft = True
    except RejectedRow as reason:
        reading.rejected.append(Rejection(record.line, str(reason)))
        reading.last_was_draft = False


def _preamble(table: Table) -> tuple[str | None, str | None]:
    """Account and currency where the lines above the table name them."""
    account = currency = None
    for record in table.preamble:
        line = text.clean(" ".join(record.cells[:_PREAMBLE_CELLS]))
        if (
            record.cells is not table.headings
            and account is None
            and (found := _ACCOUNT.search(line))
        ):
            account = text.account_label(found[1])
        if currency is None and (found := _CURRENCY.search(line)):
            currency = found[1] if found[1] in currencies.CODES else None
    return account, currency


def _settle(
    table: Table,
    drafts: list[Draft],
    account: str | None,
    convention: SignConvention | None,
) -> tuple[list[ParsedRow], SignConvention]:
    """Give every draft its sign: charges positive."""
    settled = signs.charges(
        [signs.Signed(d.value, d.side, d.description, d.type_word) for d in drafts],
        table.headings or (),
        has_balance=bool(table.columns.by_role.get(Role.BALANCE)),
        convention=convention,
    )
    raws = text.raws([draft.cleaned for draft in drafts])
    signed = zip(drafts, settled.amounts, raws, strict=True)
    return [_row(*each, account=account) for each in signed], settled.convention


def _row(draft: Draft, amount: Decimal, raw: str, *, account: str | None) -> ParsedRow:
    original = draft.original_amount
    return ParsedRow(
        row=draft.line,
        posted_on=draft.posted_on,
        description=draft.description,
        amount=amount,
        currency=draft.currency,
        original_amount=None if original is None else abs(original).copy_sign(amount),
        original_currency=draft.original_currency,
        account=draft.account or account,
        source_category=draft.category,
        external_id=draft.external_id,
        is_payment=amount < 0 and vocabulary.is_payment(draft.description, draft.type_word),
        raw=raw[:_RAW],
    )
