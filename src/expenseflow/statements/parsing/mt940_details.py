"""The free words of an MT940 entry: who was paid, as each country's banks write it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from expenseflow.statements.parsing import amounts, currencies, references, text

_FULL_LINE = 65
"""A line of this length is broken off within a word."""
_OTHER_MARK = re.compile(r"[0-9]{3}([<>~^@|+])(?=[0-9]{2})")
_SLASHED = re.compile(
    "/(?=(?:TRTP|NAME|REMI|CNTP|BENM|ORDP|BENEF|IBAN|BIC|EREF|PREF|KREF|CSID|MARF|RTRN|ULTC|ULTD|"
    "ULTB|PURP|SVCL|ADDR|ISDT|TRCD|ACCW|OCMT|EXCH|CHGS|ID|NM)/)"
)
_NAMES = ("NAME", "BENM", "ORDP", "CNTP", "BENEF", "NM")
_TEXTS = ("REMI", "RTRN", "TRTP")
_ABROAD = re.compile(r"(?:OCMT/|OAMT\+)([A-Z]{3}) ?([0-9]{1,15}(?:[,.][0-9]{0,4})?)/?")

Entry = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Details:
    """What an entry says about itself."""

    description: str
    words: str
    """All of it, for what tells a payment."""


def with_usual_marks(value: str) -> str:
    """The field with its parts marked by `?`, whichever sign the bank took."""
    mark = _OTHER_MARK.match(value)
    return re.sub(re.escape(mark[1]) + r"(?=\n?[0-9]{2})", "?", value) if mark else value


def read(data: dict[str, Any]) -> Details:
    """The payee of an entry, else its purpose, else what the bank calls it."""
    free = _free(str(data.get("transaction_details") or ""))
    slashed = _slashed(free)
    texts = [
        _text(data, "deviate_recipient", "deviate_applicant"),
        _text(data, "applicant_name"),
        *(slashed.get(key, "") for key in _NAMES),
        _text(data, "purpose", "additional_purpose"),
        *(slashed.get(key, "") for key in _TEXTS),
        free,
        _text(data, "posting_text"),
        _text(data, "extra_details"),
        _text(data, "customer_reference"),
    ]
    found = [one for one in texts if one and not references.is_placeholder(one)]
    named = (words for one in found if (words := text.description(one)))
    return Details(next(named, ""), " ".join(found))


def abroad(entry: Entry, currency: str | None) -> tuple[Decimal | None, str | None]:
    """What was paid in another currency, in the one spelling of it that is a standard."""
    for _, value in entry:
        found = _ABROAD.search(value)
        if found and found[1] in currencies.CODES and found[1] != currency:
            try:
                amount = amounts.read(found[2].rstrip(",."), "," if "," in found[2] else ".").value
            except amounts.NotAnAmount:
                continue
            if amount:
                return amount, found[1]
    return None, None


def _text(data: dict[str, Any], *keys: str) -> str:
    return next((str(data[key]) for key in keys if data.get(key)), "")


def _free(written: str) -> str:
    """The lines as one; where a full one ends within a word, nothing comes between."""
    parts: list[str] = []
    for line in written.split("\n"):
        parts += [line, "" if len(line) >= _FULL_LINE else " "]
    return "".join(parts).strip()


def _slashed(free: str) -> dict[str, str]:
    """`/NAME/Shop/REMI/Invoice 5` by its words, as Dutch banks write it."""
    if not free.startswith("/"):
        return {}
    found: dict[str, str] = {}
    for part in _SLASHED.split(free)[1:]:
        key, _, value = part.partition("/")
        words = value.split("/")
        if key == "CNTP":  # account, bank, name, town
            value = words[2] if len(words) > 2 else ""  # noqa: PLR2004  # two words and the rest
        elif key == "REMI" and words[0] in {"USTD", "STRD"}:
            value = " ".join(words[1:])
        found.setdefault(key, value.strip("/ "))
    return found
