"""MT940 (SWIFT), read by mt-940 field by field.

As a whole the library reads a file or none of it, runs entries without a type together, turns 31
February into the 28th and takes a text for a path. So its readers of the fields get one entry at
a time here, and one that they cannot read is a refused row.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

import mt940
from mt940.models import Amount, Transactions
from mt940.processors import transaction_details_post_processor
from mt940.tags import Statement, TransactionDetails

from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import (
    amounts,
    currencies,
    dates,
    mt940_details,
    references,
    shapes,
    text,
    vocabulary,
    weights,
)
from expenseflow.statements.parsing.dates import Order
from expenseflow.statements.parsing.mapping import Mapping, Shape, SignConvention
from expenseflow.statements.parsing.model import (
    ParsedRow,
    ParsedStatement,
    RejectedRow,
    Rejection,
)

_T = TypeVar("_T")
_Entry = list[tuple[str, str]]
"""Its fields in order, by tag: 61, then those about it."""

FORMAT: Final = "mt940"
MAX_TRANSACTIONS = 100_000
MAX_LINES = 1_000_000
"""An entry has some eight with all that is said about it."""
_HEAD = 20_000
_LONGEST_FIELD = 6000
_RAW = 1000
_OPENING = re.compile(r"^:20:", re.MULTILINE)
_OTHERS = re.compile(r"^:(?:25P?|28C?|60[FM]|61):", re.MULTILINE)
_FIELD = re.compile(
    r":(20|21|25P?|28C?|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS|13D?):(.*)", re.DOTALL
)
_STARTS = re.compile(r":(?:[0-9]{2}[A-Z]?|NS):")
_CURRENCIES = ("60F", "60M", "60", "62F", "62M", "62", "64", "65", "34F")
_ABOUT = {"86", "NS"}
"""What an entry has under it; below the closing balance they are about the whole statement."""
_EXPECTED = re.compile(r"[0-9]{6}(?:[0-9]{4}| {4})?E[CD]")
_PARTS = re.compile(
    r"(?P<day>[0-9]{6})(?:(?P<booked>[0-9]{4})| {4})?(?P<mark>R?[CD])[A-Z]?[\n ]?"
    r"(?P<amount>[0-9.,]{0,30})",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"[0-9]{1,15},?|[0-9]{0,14},[0-9]{1,14}", re.ASCII)
_CENTURY = 70
_CODE_BEHIND = re.compile(r"(?<=[0-9]) ?([A-Z]{3})$")

_READER: Final = Transactions(options=mt940.Options.all())
_ENTRY: Final = Statement()
_DETAILS: Final = TransactionDetails()

# It writes what it cannot read into the log, which must not hold what people bought.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)


@dataclass(slots=True)
class _Statement:
    """What stands above the entries."""

    account: str | None = None
    currency: str | None = None
    entries: list[_Entry] = field(default_factory=list[_Entry])


def is_mt940(content: str) -> bool:
    """Whether the text is MT940 rather than anything else."""
    head = content[:_HEAD]
    return _OPENING.search(head) is not None and _OTHERS.search(head) is not None


def parse(content: str, mapping: Mapping | None = None) -> ParsedStatement:
    """The transactions of an MT940 file of one statement or many.

    A mapping can only say the sign convention and the account; raises MappingDoesNotFit.
    Raises UnreadableStatement when it has too many transactions.
    """
    mapping = (mapping or Mapping()).without_columns("MT940")
    convention = mapping.sign_convention or SignConvention.CHARGES_POSITIVE
    if content.count("\n") > MAX_LINES:
        raise UnreadableStatement(f"The file has more than {MAX_LINES:,} lines; split it.")
    statements = list(_statements(content))
    if sum(len(one.entries) for one in statements) > MAX_TRANSACTIONS:
        raise UnreadableStatement(
            f"The file has more than {MAX_TRANSACTIONS:,} transactions; split it."
        )
    entries = (entry for one in statements for entry in one.entries)
    weights.refuse_heaps_of_numbers(piece for entry in entries for piece in _pieces(entry))
    rows, rejected = _read_all(statements, convention.sign)
    account = _only({one.account for one in statements})
    return ParsedStatement(
        FORMAT,
        account,
        _only({row.currency for row in rows} or {one.currency for one in statements}),
        rows,
        rejected,
        Mapping(sign_convention=convention, account=mapping.account),
        Shape(shapes.key_of(FORMAT, account or "")),
    )


def _pieces(entry: _Entry) -> Iterator[str]:
    """All words of an entry, whose fields and lines are put together, in portions to be cleaned."""
    written = "\n".join(value for _, value in entry)
    for start in range(0, len(written), text.CLEANED_AT_MOST):
        yield written[start : start + text.CLEANED_AT_MOST]


def _statements(content: str) -> Iterator[_Statement]:
    statement = _Statement()
    scale = weights.Scale()
    is_open = in_entry = False
    for tag, value in _fields(content):
        if tag == "20":
            if is_open:
                yield statement
            statement, is_open = _Statement(), True
        elif tag == "61":
            statement.entries.append([(tag, value)])
        elif tag in _ABOUT:
            if in_entry:
                statement.entries[-1].append((tag, value))
        else:
            scale.add(value)
            _take_setting(statement, tag, value)
        in_entry = tag == "61" or (in_entry and tag in _ABOUT)
    if is_open or statement.entries:
        yield statement


def _fields(content: str) -> Iterator[tuple[str, str]]:
    """The fields with their further lines; SWIFT's envelope and what is no field are left out."""
    current: list[str] = []
    for line in content.split("\n"):
        starts = _STARTS.match(line) is not None
        if starts or line.startswith(("-}", "{")) or line.strip() == "-":
            yield from _field(current)
            current = [line] if starts else []
        elif current:
            current.append(line)
    yield from _field(current)


def _field(lines: list[str]) -> Iterator[tuple[str, str]]:
    if lines and (found := _FIELD.fullmatch("\n".join(lines))):
        yield found[1], found[2].rstrip()[:_LONGEST_FIELD]


def _take_setting(statement: _Statement, tag: str, value: str) -> None:
    """Account and currency."""
    if tag in {"25", "25P"}:
        number = value.split("\n", maxsplit=1)[0].strip()
        behind = _CODE_BEHIND.search(number)
        if behind and behind[1] in currencies.CODES:
            number = number[: behind.start()]
            statement.currency = statement.currency or behind[1]
        statement.account = text.account_label(number.rpartition("/")[2])
    elif tag in _CURRENCIES:
        found = value[:3] if tag == "34F" else value[7:10]
        statement.currency = currencies.code_of(found) or statement.currency


def _read_all(statements: list[_Statement], sign: int) -> tuple[list[ParsedRow], list[Rejection]]:
    rows: list[ParsedRow] = []
    rejected: list[Rejection] = []
    for statement in statements:
        for entry in statement.entries:
            number = len(rows) + len(rejected) + 1
            try:
                rows.append(_row(entry, statement, number, sign))
            except RejectedRow as reason:
                rejected.append(Rejection(number, str(reason)))
    return rows, rejected


def _row(entry: _Entry, statement: _Statement, number: int, sign: int) -> ParsedRow:
    data = _taken_apart(entry)
    amount = _amount(data, entry[0][1]) * sign
    details = mt940_details.read(data)
    original, original_currency = mt940_details.abroad(entry, statement.currency)
    return ParsedRow(
        row=number,
        posted_on=_day(data),
        description=details.description or "(no description)",
        amount=amount,
        currency=statement.currency,
        original_amount=None if original is None else original.copy_sign(amount),
        original_currency=original_currency,
        account=statement.account,
        external_id=references.first([data.get("bank_reference")]),
        is_payment=amount < 0 and vocabulary.is_payment(details.words, ""),
        raw=_raw(entry),
    )


def _taken_apart(entry: _Entry) -> dict[str, Any]:
    """What mt-940 finds in one entry; raises RejectedRow."""
    written = "\n".join(entry[0][1].split("\n", maxsplit=2)[:2])  # no standard knows a third line
    if _EXPECTED.match(written):
        raise RejectedRow("The transaction is still pending.")
    if _PARTS.match(written) is None:
        raise RejectedRow(_why(written))
    try:
        return dict(_ENTRY(_READER, _ENTRY.parse(_READER, written)), **_details(entry))
    except Exception as error:  # whatever a library stumbles over is one bad row
        raise RejectedRow(_why(written)) from error


def _details(entry: _Entry) -> dict[str, Any]:
    """The words of an entry by their meaning, where their country's banks mark it."""
    value = "\n".join(value for tag, value in entry if tag == "86")
    found: dict[str, Any] = dict(_DETAILS.parse(_READER, mt940_details.with_usual_marks(value)))
    return transaction_details_post_processor(_READER, _DETAILS, found, dict(found))


def _why(written: str) -> str:
    """What is wrong with an entry that cannot be read, as far as that can be told."""
    parts = _PARTS.match(written)
    if parts is None:
        shown = text.raw(written.split("\n", maxsplit=1)[0])[:40]
        return f"“{shown}” is not an entry that can be read."
    day, booked = parts["day"], parts["booked"]
    if not _is_day(day):
        return f"“{day}” is not a date that can be read."
    if booked and not _is_day(day[:2] + booked):
        return f"“{booked}” is not a date that can be read."
    return f"The amount “{parts['amount']}” is not an amount."


def _is_day(digits: str) -> bool:
    return dates.read(f"20{digits}", Order.YEAR_FIRST) is not None


def _amount(data: dict[str, Any], written: str) -> Decimal:
    """Debits positive, reversed credits too; raises RejectedRow."""
    parts = cast("re.Match[str]", _PARTS.match(written))
    found: Amount = data["amount"]
    value = abs(found.amount)
    if not _is_number(parts["amount"], value):  # of `1.234,56` mt-940 takes the 1
        raise RejectedRow(f"The amount “{parts['amount']}” is not an amount.")
    try:
        amounts.storable(value)
    except amounts.NotAnAmount as error:
        raise RejectedRow(f"The amount “{parts['amount']}” {error}.") from error
    if not value:
        raise RejectedRow("The amount is zero.")
    return value if parts["mark"].upper() in {"D", "RC"} else -value


def _is_number(written: str, value: Decimal) -> bool:
    return _NUMBER.fullmatch(written) is not None and Decimal(written.replace(",", ".")) == value


def _day(data: dict[str, Any]) -> date:
    """The day of booking where there is one, else of value."""
    booked = data.get("entry_date")  # four spaces, with some banks
    found: date = booked if isinstance(booked, date) else data["date"]
    value: date = data["date"]
    century = 100 if value.year % 100 >= _CENTURY else 0  # mt-940 knows no year before 2000
    return date(found.year - century, found.month, found.day)


def _raw(entry: _Entry) -> str:
    """The fields as they stood there, but for card and account numbers."""
    written = " ".join(f":{tag}:{value}" for tag, value in entry)
    first, *others = written.split("?")
    apart = " ?".join([first, *(f"{one[:2]} {one[2:]}" for one in others)])
    joined = "".join([first, *(one[2:] for one in others)])
    if text.mask_cards(joined) != joined:  # one may be broken over two subfields
        return text.raw(joined)[:_RAW]
    return text.raw(apart)[:_RAW]


def _only(values: set[_T]) -> _T | None:
    """The one value there is."""
    return next(iter(values)) if len(values) == 1 else None
