"""One entry of a CAMT statement: its transactions, or the reason why it has none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import cast
from xml.etree.ElementTree import Element  # the type; defusedxml does the reading

from expenseflow.statements.parsing import (
    amounts,
    currencies,
    dates,
    references,
    text,
    vocabulary,
)
from expenseflow.statements.parsing.dates import Order
from expenseflow.statements.parsing.model import RejectedRow

_SIDES = {"DBIT": 1, "CRDT": -1}
_UNBOOKED = {"PDNG", "FUTR"}
_RAW = 1000
_BETWEEN = " || "
"""So wide that numbers beside each other are not taken for one of a card."""
NONE = "(no description)"
_LONG_ENOUGH = 8
"""Shorter references of an entry count those of its statement, and begin again in the next."""
_OTHER_SIDE = {1: ("UltmtCdtr", "Cdtr"), -1: ("UltmtDbtr", "Dbtr")}
_DETAIL_DAYS = ("TxDtTm", "TxDt", "AccptncDtTm")
_DETAIL_IDS = ("AcctSvcrRef", "TxId", "InstrId")


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction: debits positive."""

    posted_on: date
    description: str
    amount: Decimal
    currency: str | None
    original_amount: Decimal | None
    original_currency: str | None
    external_id: str | None
    says_payment: bool
    """Whether its words are those of a payment to a card."""
    raw: str


def read(entry: Element, account_currency: str | None) -> list[Entry]:
    """The transactions of an entry: the payments it collects, if their amounts make up its own.

    Raises RejectedRow.
    """
    _refuse_unbooked(entry)
    details = [detail for one in entry.findall("NtryDtls") for detail in one.findall("TxDtls")]
    whole = _whole(entry, details, account_currency)
    if len(details) > 1 and (parts := _parts(details, whole)):
        return _with_ids(parts)
    return [whole]


def at(element: Element, *tags: str) -> Element | None:
    """The element on this path; a path as one text is read much more slowly."""
    found: Element | None = element
    for tag in tags:
        found = None if found is None else found.find(tag)
    return found


def text_at(element: Element, *tags: str) -> str:
    """What stands there, or nothing."""
    found = at(element, *tags)
    return "" if found is None else (found.text or "").strip()


def texts(root: Element) -> Iterator[str]:
    """All that stands in the document, and what is put together of several elements."""
    yield from root.itertext()
    yield from map(_free_text, root.iter("RmtInf"))


def _free_text(remittance: Element) -> str:
    return " ".join(one.text or "" for one in remittance.findall("Ustrd"))


def _refuse_unbooked(entry: Element) -> None:
    status = (text_at(entry, "Sts", "Cd") or text_at(entry, "Sts")).upper()
    if status in _UNBOOKED:
        raise RejectedRow("The transaction is still pending.")
    if status == "INFO":
        raise RejectedRow("The bank marks the transaction as information only.")


def _whole(entry: Element, details: Sequence[Element], account_currency: str | None) -> Entry:
    """The entry as one transaction; of several payments none speaks for all, if it can."""
    alone: Sequence[Element] = details if len(details) == 1 else ()
    side = _side(entry)
    amount, currency = _amount(entry)
    words = _words(entry, alone, side)
    description = _description(words) or _description(_words(entry, details[:1], side))
    original, original_currency = _abroad([*alone, entry], currency)
    return Entry(
        posted_on=_day(entry, alone),
        description=description or NONE,
        amount=amount * side,
        currency=currency or account_currency,
        original_amount=original,
        original_currency=original_currency,
        external_id=references.first(_ids(entry, alone)),
        says_payment=side < 0 and not _is_reversal(entry) and _says_payment(words),
        raw=_raw(entry),
    )


def _is_reversal(entry: Element) -> bool:
    return text_at(entry, "RvslInd").lower() in {"true", "1"}


def _says_payment(words: Iterable[str]) -> bool:
    return vocabulary.is_payment(" ".join(words), "")


def _side(element: Element) -> int:
    """1 for a debit, -1 for a credit; of a reversal too it is the direction it goes now."""
    written = text_at(element, "CdtDbtInd").upper()
    if written not in _SIDES:
        raise RejectedRow("The transaction does not say whether it is a debit or a credit.")
    return _SIDES[written]


def _amount(entry: Element) -> tuple[Decimal, str | None]:
    found = entry.find("Amt")
    written = "" if found is None else (found.text or "").strip()
    if found is None or not written:
        raise RejectedRow("The transaction has no amount.")
    amount = _number(written)
    if not amount:
        raise RejectedRow("The amount is zero.")
    return amount, _currency(found)


def _number(written: str) -> Decimal:
    """An amount, whose sign another tag says; raises RejectedRow."""
    shown = text.clean(written)[:40]
    try:
        amount = amounts.read(written, ".").value
    except amounts.NotAnAmount as error:
        raise RejectedRow(f"The amount “{shown}” {error}.") from error
    if amount < 0:
        raise RejectedRow(f"The amount “{shown}” has a sign, which another tag says.")
    return amount


def _currency(amount: Element) -> str | None:
    written = amount.get("Ccy", "").strip()
    found = currencies.code_of(written)
    if written and found is None:
        raise RejectedRow(f"“{text.clean(written)[:40]}” is not a currency.")
    return found


def _day(entry: Element, details: Sequence[Element]) -> date:
    """The day of the transaction as printed, else of its booking; no zone moves it."""
    written = ""
    for value in chain(*map(_detail_days, details), _entry_days(entry)):
        if value and (found := dates.read(value[:10], Order.YEAR_FIRST)):
            return found
        written = value or written
    if written:
        raise RejectedRow(f"“{text.clean(written)[:40]}” is not a date that can be read.")
    raise RejectedRow("The transaction has no date.")


def _detail_days(detail: Element) -> list[str]:
    found = detail.find("RltdDts")
    return [] if found is None else [text_at(found, tag) for tag in _DETAIL_DAYS]


def _entry_days(entry: Element) -> Iterator[str]:
    for tag in ("BookgDt", "ValDt"):
        yield text_at(entry, tag, "Dt") or text_at(entry, tag, "DtTm")


def _words(entry: Element, details: Sequence[Element], side: int) -> list[str]:
    """What describes it, the likeliest name of the merchant first."""
    found: list[str] = []
    for detail in details:
        found += _names(detail, side)
        remittance = detail.find("RmtInf")
        if remittance is not None:
            found.append(_free_text(remittance))
            found.append(text_at(remittance, "Strd", "AddtlRmtInf"))
        found.append(text_at(detail, "AddtlTxInf"))
    return [*found, text_at(entry, "AddtlNtryInf")]


def _names(detail: Element, side: int) -> Iterator[str]:
    """Who was paid, or who paid; since version 8 a party stands one level deeper."""
    parties = detail.find("RltdPties")
    for tag in _OTHER_SIDE[side] if parties is not None else ():
        party = at(cast("Element", parties), tag)
        if party is not None:
            yield text_at(party, "Pty", "Nm") or text_at(party, "Nm")


def _description(words: Iterable[str]) -> str:
    found = (text.description(one) for one in words if not references.is_placeholder(one))
    return next(filter(None, found), "")


def _abroad(places: Sequence[Element], currency: str | None) -> tuple[Decimal | None, str | None]:
    """What was paid in another currency; one that cannot be read is left out."""
    for place in places:
        for found in _detailed(place):
            foreign = currencies.code_of(found.get("Ccy", ""))
            if foreign is None or foreign == currency:
                continue
            try:
                amount = _number((found.text or "").strip())
            except RejectedRow:
                continue
            if amount:
                return amount, foreign
    return None, None


def _detailed(place: Element) -> list[Element]:
    """The amounts in detail: as it was ordered, then as it was carried out."""
    details = place.find("AmtDtls")
    if details is None:
        return []
    found = (at(details, tag, "Amt") for tag in ("InstdAmt", "TxAmt"))
    return [one for one in found if one is not None]


def _ids(entry: Element, details: Sequence[Element]) -> Iterator[str]:
    yield text_at(entry, "AcctSvcrRef")
    yield from chain.from_iterable(map(_detail_ids, details))
    reference = text_at(entry, "NtryRef")
    yield reference if len(reference) >= _LONG_ENOUGH else ""


def _detail_ids(detail: Element) -> list[str]:
    found = detail.find("Refs")
    return [] if found is None else [text_at(found, tag) for tag in _DETAIL_IDS]


def _parts(details: Sequence[Element], whole: Entry) -> list[Entry] | None:
    """The payments of a collective entry, unless one has no amount or they make up another one."""
    try:
        parts = [_part(detail, whole) for detail in details]
    except RejectedRow:
        return None
    return parts if sum(part.amount for part in parts) == whole.amount else None


def _part(detail: Element, whole: Entry) -> Entry:
    """One payment; what it does not say is that of the entry. Raises RejectedRow."""
    usual = 1 if whole.amount > 0 else -1
    side = _side(detail) if detail.find("CdtDbtInd") is not None else usual
    words = _words(detail, [detail], side)
    original, original_currency = _abroad([detail], whole.currency)
    return replace(
        whole,
        posted_on=_day(detail, [detail]) if any(_detail_days(detail)) else whole.posted_on,
        description=_description(words) or whole.description,
        amount=_own_amount(detail, whole.currency) * side,
        original_amount=original,
        original_currency=original_currency,
        external_id=references.first(_detail_ids(detail)),
        says_payment=side < 0 and _says_payment(words),
        raw=_raw(detail),
    )


def _own_amount(detail: Element, currency: str | None) -> Decimal:
    """Its amount in the currency of the entry; raises RejectedRow."""
    said = detail.findall("Amt") + _detailed(detail)[::-1]
    own = [one for one in said if (_currency(one) or currency) == currency]
    amount = _number((own[0].text or "").strip()) if own else None
    if not amount:
        raise RejectedRow("The payment has no amount in the currency of its entry.")
    return amount


def _with_ids(parts: list[Entry]) -> list[Entry]:
    """Ids that some of the payments share are those of their entry, and name none of them."""
    if len({part.external_id for part in parts}) == len(parts):
        return parts
    return [replace(part, external_id=None) for part in parts]


def _raw(element: Element) -> str:
    """What stood there, but for card and account numbers."""
    written = filter(None, (part.strip() for part in element.itertext()))
    return text.raw(_BETWEEN.join(written))[:_RAW]
