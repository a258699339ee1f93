"""A report as a journal: double entry, one balanced journal per currency, as CSV.

Each line debits its account (a refund credits it); each card account is credited with what its
lines add up to. Whoever books this books all of it, so a line without an account stops it.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import IO

from expenseflow.kit import money
from expenseflow.kit.period import first_day
from expenseflow.reports import errors
from expenseflow.reports.export import cells
from expenseflow.reports.export.heads import Head
from expenseflow.reports.views import LineView

MEDIA_TYPE = "text/csv; charset=utf-8"

COLUMNS = (
    "Journal",
    "Journal date",
    "Entry",
    "Account",
    "Account name",
    "Department",
    "Department name",
    "Debit",
    "Credit",
    "Currency",
    "Transaction date",
    "Description",
    "Vendor",
    "Card",
    "Reference",
)
_CLEARING = "Card clearing"
"""What the balancing account is called when the chart does not know it."""
_LONGEST_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a journal, before it gets its number; a positive amount is a debit."""

    account: str
    account_name: str
    amount: Decimal
    currency: str
    description: str
    reference: str
    department: str | None = None
    department_name: str | None = None
    posted_on: date | None = None
    vendor: str | None = None
    card: str | None = None


@dataclass(slots=True)
class _Journal:
    entries: list[Entry] = field(default_factory=list[Entry])
    by_card: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


class JournalFile:
    """Collects the lines, and writes them to a binary file, which stays open."""

    def __init__(self, file: IO[bytes], head: Head) -> None:
        self._file = file
        self._head = head
        self._journals: dict[str, _Journal] = defaultdict(_Journal)
        self._without_account = 0

    def add(self, lines: Iterable[LineView]) -> None:
        for line in lines:
            if line.gl_code is None:
                self._without_account += 1
                continue
            journal = self._journals[line.currency]
            journal.entries.append(_entry(line, line.gl_code, self._head))
            journal.by_card[line.card or ""] += line.amount

    def close(self) -> None:
        """Write the journals. Raises `LinesWithoutAccount`, and nothing is written."""
        if self._without_account:
            raise errors.LinesWithoutAccount.of(self._without_account)
        text = io.TextIOWrapper(self._file, encoding="utf-8-sig", newline="")
        rows = csv.writer(text, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        for currency, journal in sorted(self._journals.items()):
            rows.writerows(self._rows(currency, journal))
        text.flush()
        text.detach()

    def _rows(self, currency: str, journal: _Journal) -> Iterable[tuple[str, ...]]:
        name = f"EXP-{self._head.period}-{self._head.report_id.hex[-8:]}-{currency}"
        day = _last_day(self._head.period).isoformat()
        balancing = [
            _balance(card, amount, currency, self._head)
            for card, amount in sorted(journal.by_card.items())
            if amount
        ]
        for number, entry in enumerate([*journal.entries, *balancing], start=1):
            yield (name, day, str(number), *_cells(entry))


def _entry(line: LineView, gl_code: str, head: Head) -> Entry:
    return Entry(
        account=gl_code,
        account_name=head.names.accounts.get(gl_code, ""),
        amount=line.amount,
        currency=line.currency,
        description=line.description,
        reference=str(line.transaction_id),
        department=line.department_code,
        department_name=head.names.departments.get(line.department_code or ""),
        posted_on=line.posted_on,
        vendor=line.vendor,
        card=line.card,
    )


def _balance(card: str, amount: Decimal, currency: str, head: Head) -> Entry:
    account = head.journal_account
    return Entry(
        account=account,
        account_name=head.names.accounts.get(account, _CLEARING),
        amount=-amount,
        currency=currency,
        description=f"Card {card}, {head.period}" if card else f"Card charges, {head.period}",
        reference=str(head.report_id),
        card=card,
    )


def _cells(entry: Entry) -> tuple[str, ...]:
    amount = money.to_text(abs(entry.amount), entry.currency)
    is_credit = entry.amount < 0
    return (
        _text(entry.account),
        _text(entry.account_name),
        _text(entry.department),
        _text(entry.department_name),
        "" if is_credit else amount,
        amount if is_credit else "",
        entry.currency,
        "" if entry.posted_on is None else entry.posted_on.isoformat(),
        _text(entry.description),
        _text(entry.vendor),
        _text(entry.card),
        entry.reference,
    )


def _text(value: str | None) -> str:
    return cells.harmless(value or "")


def _last_day(period: str) -> date:
    """A journal is booked on one day: most programs refuse one that is spread over several."""
    next_month = (first_day(period) + _LONGEST_MONTH).replace(day=1)
    return next_month - timedelta(days=1)
