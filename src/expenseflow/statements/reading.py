"""One file taken apart, and the account and currency of each row settled; needs no database."""

import hashlib
from dataclasses import dataclass, replace
from typing import TypeVar

from expenseflow.statements import parsing, rules
from expenseflow.statements.errors import UnknownCurrency
from expenseflow.statements.parsing import (
    Mapping,
    ParsedRow,
    ParsedStatement,
    currencies,
    text,
)
from expenseflow.statements.rows import CurrencySource
from expenseflow.statements.rules import Candidate

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Given:
    """What was said beside the file; it counts for rows of which the file does not say it."""

    account: str | None
    currency: str
    source: CurrencySource
    mapping: Mapping | None = None
    """How the file is to be read; None: as it shows itself."""

    def says_the_same(self, other: "Given") -> bool:
        """Whether a file read with the one comes out as with the other."""
        mine = (self.account, self.currency, self.mapping)
        return mine == (other.account, other.currency, other.mapping)


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A file that could be read."""

    content: bytes
    digest: str
    given: Given
    parsed: ParsedStatement
    candidates: list[Candidate]
    account: str | None
    currency: str | None
    currency_source: CurrencySource
    mapping: Mapping
    """How it was read, whole; with the account, where the file does not name one for each row."""

    @property
    def rows(self) -> list[ParsedRow]:
        return self.parsed.rows


def given(
    account: str | None,
    currency: str | None,
    *,
    default_currency: str,
    mapping: Mapping | None = None,
) -> Given:
    """What the form says, else the default currency; raises UnknownCurrency.

    The account of the form counts before that of the mapping.
    """
    label = text.account_label(account or (mapping and mapping.account) or "")
    if mapping is not None and mapping.reads_like(Mapping()):
        mapping = None
    if currency is None or not currency.strip():
        return Given(label, default_currency, "default", mapping)
    known = currency.strip().upper()
    if known not in currencies.CODES:
        raise UnknownCurrency("The currency must be a code of three letters such as USD.")
    return Given(label, known, "form", mapping)


def read(content: bytes, given: Given) -> ReadStatement:
    """Take a file apart; takes long, so it belongs into a thread.

    Raises UnreadableStatement, or MappingDoesNotFit.
    """
    parsed = parsing.parse(content, currency_hint=given.currency, mapping=given.mapping)
    accounts = [row.account or parsed.account or given.account for row in parsed.rows]
    said = [row.currency or parsed.currency for row in parsed.rows] or [parsed.currency]
    candidates = [
        _candidate(row, account, currency or given.currency)
        for row, account, currency in zip(parsed.rows, accounts, said, strict=False)
    ]
    return ReadStatement(
        content,
        hashlib.sha256(content).hexdigest(),
        given,
        parsed,
        candidates,
        account=_only(set(accounts) or {parsed.account or given.account}),
        currency=_only({currency or given.currency for currency in said}),
        currency_source="file" if all(said) else given.source,
        mapping=replace(parsed.mapping, account=_fallback(parsed, given)),
    )


def _fallback(parsed: ParsedStatement, given: Given) -> str | None:
    """The account that was given, if a row needs it."""
    if parsed.account or (parsed.rows and all(row.account for row in parsed.rows)):
        return None
    return given.account


def _only(values: set[_T]) -> _T | None:
    """The one value there is."""
    return next(iter(values)) if len(values) == 1 else None


def _candidate(row: ParsedRow, account: str | None, currency: str) -> Candidate:
    content_hash = rules.content_hash(
        account=account,
        posted_on=row.posted_on,
        amount=row.amount,
        currency=currency,
        description=row.description,
    )
    return Candidate(content_hash, account, row.external_id, row.amount, currency, row.posted_on)
