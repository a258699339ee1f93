"""OFX and QFX, SGML and XML alike: only the tags that matter, read one after another.

There is no XML parser: entities beyond the five of XML and numbers are not known, a document type
is refused, and nothing is ever fetched.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import (
    amounts,
    currencies,
    dates,
    shapes,
    text,
    vocabulary,
    weights,
)
from expenseflow.statements.parsing.amounts import Amount
from expenseflow.statements.parsing.dates import Order
from expenseflow.statements.parsing.mapping import Mapping, Shape, SignConvention
from expenseflow.statements.parsing.model import (
    ParsedRow,
    ParsedStatement,
    RejectedRow,
    Rejection,
)

MAX_TRANSACTIONS = 100_000
_HEAD = 20_000
_VALUE = 4000
_SLICE = 100_000
_RAW = 1000
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9_.]{0,63})(?:\s[^<>]{0,500})?/?>([^<]*)")
_STATEMENTS = {"STMTRS", "CCSTMTRS"}
_ACCOUNTS = {"BANKACCTFROM", "CCACCTFROM"}
_TRANSACTIONS = {"STMTTRN", "STMTTRNP"}
_GROUPS = {"CURRENCY", "ORIGCURRENCY", "PAYEE", "BANKACCTTO", "CCACCTTO", "EXTDPAYEE"}
_LIST = "BANKTRANLIST"
_ALSO_IN_GROUPS = {"CURSYM", "CURRATE", "ACCTID"}
_OUT = {"DEBIT", "POS", "ATM", "CHECK", "FEE", "SRVCHG", "PAYMENT", "DIRECTDEBIT", "CASH"}
_IN = {"CREDIT", "DEP", "DIRECTDEP", "INT", "DIV"}


@dataclass(slots=True)
class _Block:
    """The fields of one transaction with the account and currency it stands under."""

    number: int
    is_pending: bool
    account: str | None
    currency: str | None
    fields: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class _Read:
    block: _Block
    posted_on: date
    amount: Amount


def is_ofx(content: str) -> bool:
    """Whether the text is OFX rather than anything else."""
    head = content[:_HEAD].upper()
    return "<OFX>" in head or head.lstrip().startswith("OFXHEADER")


def parse(content: str, mapping: Mapping | None = None) -> ParsedStatement:
    """The transactions of an OFX file; raises UnreadableStatement for what is no OFX.

    A mapping can only say the sign convention and the account; raises MappingDoesNotFit.
    """
    mapping = (mapping or Mapping()).without_columns("OFX")
    head = content[:_HEAD].upper()
    if "<!DOCTYPE" in head or "<!ENTITY" in content.upper():
        raise UnreadableStatement("The file declares XML entities, which no bank's OFX does.")
    if "<STMTTRN" not in content.upper() and "<BANKTRANLIST" not in content.upper():
        raise UnreadableStatement("The OFX file holds no list of transactions.")
    blocks = _blocks(_without_cdata(content))
    read, rejected = _read_all(blocks)
    convention = mapping.sign_convention or SignConvention.of(_charge_sign(read))
    raws = text.raws([_cleaned(one.block.fields) for one in read])
    rows = [_row(one, raw, sign=convention.sign) for one, raw in zip(read, raws, strict=True)]
    account = _only({block.account for block in blocks})
    return ParsedStatement(
        "ofx",
        account,
        _only({row.currency for row in rows} or {_code(block) for block in blocks}),
        rows,
        rejected,
        Mapping(sign_convention=convention, account=mapping.account),
        Shape(shapes.key_of("ofx", account or "")),
    )


def _only(values: set[str | None]) -> str | None:
    """The one value all of them have."""
    return next(iter(values)) if len(values) == 1 else None


def _without_cdata(content: str) -> str:
    """CDATA sections as escaped text; one that is never closed stays as it is."""
    parts: list[str] = []
    at = 0
    while (start := content.find("<![CDATA[", at)) >= 0:
        end = content.find("]]>", start)
        if end < 0:
            break
        parts += [content[at:start], html.escape(content[start + 9 : end], quote=False)]
        at = end + 3
    return "".join([*parts, content[at:]])


@dataclass(slots=True)
class _Walk:
    """Where in the file we are, tag by tag."""

    blocks: list[_Block] = field(default_factory=list[_Block])
    block: _Block | None = None
    group: str | None = None
    account: str | None = None
    currency: str | None = None
    in_account: bool = False

    def take(self, tag: str, value: str, *, closing: bool) -> None:
        if tag in _TRANSACTIONS or tag == _LIST:
            self.block = self.group = None
            if tag != _LIST and not closing:
                self._open_transaction(tag)
        elif self.block is not None:
            self._take_field(self.block, tag, value, closing=closing)
        elif tag in _STATEMENTS:
            self.account = self.currency = None
        elif tag in _ACCOUNTS:
            self.in_account = not closing
        elif value:
            self._take_setting(tag, value)

    def _open_transaction(self, tag: str) -> None:
        number = len(self.blocks) + 1
        if number > MAX_TRANSACTIONS:
            raise UnreadableStatement(
                f"The file has more than {MAX_TRANSACTIONS:,} transactions; split it."
            )
        self.block = _Block(number, tag == "STMTTRNP", self.account, self.currency)
        self.blocks.append(self.block)

    def _take_field(self, block: _Block, tag: str, value: str, *, closing: bool) -> None:
        """The first value of a tag counts; only in a group the currency is another one."""
        if tag in _GROUPS:
            self.group = None if closing else tag
        elif value and not closing:
            grouped = self.group and tag in _ALSO_IN_GROUPS
            block.fields.setdefault(f"{self.group}.{tag}" if grouped else tag, value)

    def _take_setting(self, tag: str, value: str) -> None:
        if tag == "ACCTID" and self.in_account:
            self.account = text.account_label(value)
        elif tag == "CURDEF":
            self.currency = value


def _blocks(content: str) -> list[_Block]:
    """The transactions in the order of the file."""
    walk = _Walk()
    scale = weights.Scale()
    for closing, tag, value in _tags(content):
        scale.add(value)
        walk.take(tag, value, closing=closing)
    return walk.blocks


def _tags(content: str) -> Iterator[tuple[bool, str, str]]:
    for start, end in _slices(content):
        for match in _TAG.finditer(content, start, end):
            yield bool(match[1]), match[2].upper(), html.unescape(match[3][:_VALUE].strip())


def _slices(content: str) -> Iterator[tuple[int, int]]:
    """Parts that begin with a tag: a search through all of it would keep other threads waiting."""
    start = 0
    while start < len(content):
        end = content.find("<", start + _SLICE)
        end = len(content) if end < 0 else end
        yield start, end
        start = end


def _read_all(blocks: list[_Block]) -> tuple[list[_Read], list[Rejection]]:
    votes = amounts.decimal_votes(block.fields.get("TRNAMT", "") for block in blocks)
    decimal = amounts.decide_decimal(votes, otherwise=".")
    read: list[_Read] = []
    rejected: list[Rejection] = []
    for block in blocks:
        try:
            read.append(_Read(block, _date(block), _amount(block, decimal)))
        except RejectedRow as reason:
            rejected.append(Rejection(block.number, str(reason)))
    return read, rejected


def _date(block: _Block) -> date:
    """The day as printed: the zone of a time never moves it."""
    if block.is_pending:
        raise RejectedRow("The transaction is still pending.")
    written = [block.fields[tag] for tag in ("DTUSER", "DTPOSTED") if block.fields.get(tag)]
    for value in written:
        compact = value[:10].replace("-", "")[:8]
        if found := dates.read(compact, Order.DAY_FIRST):
            return found
    if written:
        raise RejectedRow(f"“{text.clean(written[-1])[:40]}” is not a date that can be read.")
    raise RejectedRow("The transaction has no date.")


def _amount(block: _Block, decimal: str) -> Amount:
    written = block.fields.get("TRNAMT", "")
    if not written:
        raise RejectedRow("The transaction has no amount.")
    try:
        amount = amounts.read(written, decimal)
    except amounts.NotAnAmount as error:
        raise RejectedRow(f"The amount “{text.clean(written)[:40]}” {error}.") from error
    if not amount.value:
        raise RejectedRow("The amount is zero.")
    return amount


def _charge_sign(read: list[_Read]) -> int:
    """OFX writes money out negative; a bank that says DEBIT beside plus signs does not."""
    votes = 0
    for one in read:
        kind = one.block.fields.get("TRNTYPE", "").upper()
        side = (kind in _OUT) - (kind in _IN)
        votes += side if one.amount.value > 0 else -side
    return 1 if votes > 0 else -1


def _row(one: _Read, raw: str, *, sign: int) -> ParsedRow:
    fields = one.block.fields
    amount = one.amount.value * sign
    description = text.description(fields.get("NAME") or fields.get("MEMO") or "")
    return ParsedRow(
        row=one.block.number,
        posted_on=one.posted_on,
        description=description or "(no description)",
        amount=amount,
        currency=_code(one.block),
        account=one.block.account,
        source_category=text.category(fields.get("CATEGORY", "")),
        external_id=text.external_id(fields.get("FITID", "")),
        is_payment=amount < 0
        and vocabulary.is_payment(f"{description} {text.clean(fields.get('MEMO', ''))}", ""),
        raw=raw[:_RAW],
    )


def _cleaned(fields: dict[str, str]) -> str:
    """The tags as they stood there, but for the numbers of accounts."""
    shown = (
        (tag, text.account_label(value) if tag.endswith("ACCTID") else value)
        for tag, value in fields.items()
    )
    return text.clean(" | ".join(f"{tag}={value}" for tag, value in shown))


def _code(block: _Block) -> str | None:
    return currencies.code_of(block.fields.get("CURRENCY.CURSYM") or block.currency or "")
