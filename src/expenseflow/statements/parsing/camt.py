"""CAMT.053 and CAMT.052 (ISO 20022), any version: by the local names, which stay the same.

The XML is read by defusedxml in one piece: a document type, an entity or a fetch is refused, and
what it may hold is bounded before it is looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar, cast
from xml.etree.ElementTree import Element, TreeBuilder  # defusedxml does the reading

import defusedxml.ElementTree as SafeTree
from defusedxml import DefusedXmlException

from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import camt_entries, currencies, shapes, text, weights
from expenseflow.statements.parsing.camt_entries import Entry
from expenseflow.statements.parsing.mapping import Mapping, Shape, SignConvention
from expenseflow.statements.parsing.model import (
    ParsedRow,
    ParsedStatement,
    RejectedRow,
    Rejection,
)

_T = TypeVar("_T")

FORMAT: Final = "camt.053"
MAX_TRANSACTIONS = 100_000
MAX_TAGS = 3_000_000
"""More than a file of 20 MB that a bank wrote can hold."""
_HEAD = 20_000
_SLICE = 100_000
_KINDS = ("BkToCstmrStmt", "BkToCstmrAcctRpt")
_NOTICE = "BkToCstmrDbtCdtNtfctn"
_STATEMENTS = {"Stmt", "Rpt"}


@dataclass(frozen=True, slots=True)
class _Account:
    """Whose entries follow."""

    label: str | None
    currency: str | None


def is_camt(content: str) -> bool:
    """Whether the text is a statement of ISO 20022 rather than anything else."""
    head = content[:_HEAD]
    return any(f"{kind}>" in head for kind in (*_KINDS, _NOTICE)) or "xsd:camt.05" in head


def parse(content: str, mapping: Mapping | None = None) -> ParsedStatement:
    """The transactions of a CAMT file, each payment of a collective entry by itself if it can be.

    Raises UnreadableStatement for what is no such file. A mapping can only say the sign convention
    and the account; raises MappingDoesNotFit.
    """
    mapping = (mapping or Mapping()).without_columns("CAMT.053")
    convention = mapping.sign_convention or SignConvention.CHARGES_POSITIVE
    accounts: set[_Account] = set()
    rows, rejected = _read_all(_entries(_tree(content), accounts), convention.sign)
    label = _only({account.label for account in accounts})
    found = {row.currency for row in rows} or {account.currency for account in accounts}
    return ParsedStatement(
        FORMAT,
        label,
        _only(found),
        rows,
        rejected,
        Mapping(sign_convention=convention, account=mapping.account),
        Shape(shapes.key_of(FORMAT, label or "")),
    )


def _read_all(
    entries: Iterable[tuple[_Account, Element]], sign: int
) -> tuple[list[ParsedRow], list[Rejection]]:
    rows: list[ParsedRow] = []
    rejected: list[Rejection] = []
    for account, entry in entries:
        number = len(rows) + len(rejected) + 1
        _refuse_too_many(number)
        try:
            found = camt_entries.read(entry, account.currency)
        except RejectedRow as reason:
            rejected.append(Rejection(number, str(reason)))
            continue
        _refuse_too_many(number + len(found) - 1)
        rows += [_row(one, number + i, account.label, sign) for i, one in enumerate(found)]
    return rows, rejected


def _refuse_too_many(number: int) -> None:
    if number > MAX_TRANSACTIONS:
        raise UnreadableStatement(
            f"The file has more than {MAX_TRANSACTIONS:,} transactions; split it."
        )


def _tree(content: str) -> Element:
    """The document without name spaces; raises UnreadableStatement."""
    if content.count("<") > MAX_TAGS:
        raise UnreadableStatement("The XML file holds more tags than a statement can; split it.")
    try:
        root = _read(content.lstrip("\ufeff \n\t"))
    except DefusedXmlException as error:
        raise UnreadableStatement(
            "The XML file declares a document type or entities, which no bank's statement does."
        ) from error
    except (SafeTree.ParseError, ValueError) as error:
        raise UnreadableStatement(f"The XML file is damaged: {_place(error)}.") from error
    _drop_name_spaces(root)
    _refuse_others(root)
    weights.refuse_heaps_of_numbers(camt_entries.texts(root))
    return root


def _read(content: str) -> Element:
    """In slices, between which other threads get their turn."""
    parser = SafeTree.DefusedXMLParser(target=TreeBuilder(), forbid_dtd=True)
    for at in range(0, len(content), _SLICE):
        piece = content[at : at + _SLICE]
        if ">" not in piece and len(piece) == _SLICE:
            raise UnreadableStatement("The XML file holds a tag or a text that is far too long.")
        parser.feed(piece)
    return parser.close()


def _drop_name_spaces(root: Element) -> None:
    local: dict[str, str] = {}
    for element in root.iter():
        name = local.get(element.tag)
        if name is None:
            name = local[element.tag] = element.tag.rpartition("}")[2]
        element.tag = name


def _place(error: Exception) -> str:
    line, column = cast("tuple[int, int]", getattr(error, "position", (0, 0)))
    return f"it cannot be read from line {line}, character {column + 1} on" if line else "no XML"


def _refuse_others(root: Element) -> None:
    if root.tag not in _KINDS and root.find("BkToCstmrStmt") is None:
        if root.find(_NOTICE) is not None:
            raise UnreadableStatement(
                "The file is a CAMT.054 notice of single bookings, not a statement; "
                "export CAMT.053 instead."
            )
        if root.find("BkToCstmrAcctRpt") is None:
            raise UnreadableStatement("The XML file holds no bank statement (CAMT.053).")


def _entries(root: Element, accounts: set[_Account]) -> Iterator[tuple[_Account, Element]]:
    """Every entry under its account."""
    for statement in root.iter():
        if statement.tag in _STATEMENTS:
            account = _account(statement)
            accounts.add(account)
            for entry in statement.findall("Ntry"):
                yield account, entry


def _account(statement: Element) -> _Account:
    """By its number, else by its name; the currency of the account, else of its balance."""
    numbers = (
        camt_entries.text_at(statement, "Acct", *path)
        for path in (("Id", "IBAN"), ("Id", "Othr", "Id"), ("Id", "PrtryAcct", "Id"), ("Nm",))
    )
    currency = currencies.code_of(camt_entries.text_at(statement, "Acct", "Ccy"))
    balance = camt_entries.at(statement, "Bal", "Amt")
    if currency is None and balance is not None:
        currency = currencies.code_of(balance.get("Ccy", ""))
    return _Account(text.account_label(next(filter(None, numbers), "")), currency)


def _row(entry: Entry, number: int, account: str | None, sign: int) -> ParsedRow:
    amount = entry.amount * sign
    original = entry.original_amount
    return ParsedRow(
        row=number,
        posted_on=entry.posted_on,
        description=entry.description,
        amount=amount,
        currency=entry.currency,
        original_amount=None if original is None else original.copy_sign(amount),
        original_currency=entry.original_currency,
        account=account,
        external_id=entry.external_id,
        is_payment=amount < Decimal(0) and entry.says_payment,
        raw=entry.raw,
    )


def _only(values: set[_T]) -> _T | None:
    """The one value there is."""
    return next(iter(values)) if len(values) == 1 else None
