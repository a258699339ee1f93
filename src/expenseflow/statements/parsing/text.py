"""Text from a bank made fit to store: clean, short, and without a full card number."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from expenseflow.kit import cards
from expenseflow.statements.parsing import card_batches

MAX_DESCRIPTION = 500
MAX_ACCOUNT = 100
MAX_CATEGORY = 200
MAX_EXTERNAL_ID = 255
CLEANED_AT_MOST = 1500
BEGINNING = 100

# Control characters, and the invisible ones that reorder or hide text. Private use and
# surrogates go too: PostgreSQL refuses the latter.
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
_SPACES = re.compile(r"\s+")
_ACCOUNT_NUMBER = re.compile(r"[0-9*xX#._•…/ -]*[0-9]{3,}")
IBAN = r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"
_IBAN = re.compile(IBAN)
_IBAN_DIGITS = 8
# Six digits on end, or seven with single signs between; with letters before (`GB29NWBK…`) or not.
_NUMBER_IN_LABEL = re.compile(r"[A-Za-z]*(?:[0-9](?:[ ./-]?[0-9]){6,}|[0-9]{6,})")
_PIECE = 64
_NO_END = re.compile(rf"[^\x00-\x7f]{{{_PIECE}}}")
_NUMBER_FROM_BEHIND = re.compile(r"[\W_xX]{0,3}+(?:\d[\W_xX]{0,3}+)*+")
_QUOTES = " '’`\"="


def clean(text: str) -> str:
    """One line of NFC text: control characters gone, runs of white space as one space."""
    short = text[:CLEANED_AT_MOST]
    if short.isascii() and short.isprintable() and "  " not in short:
        return short.strip()
    if not short.isascii():
        short = _composed(short)
    return _SPACES.sub(" ", _UNWANTED.sub(" ", short)).strip()


def beginning(text: str) -> str:
    """As much of the cleaned text as is quoted; a number that would be cut is left out.

    Of half a card number nobody could tell that it is one.
    """
    cleaned = clean(text)
    if len(cleaned) <= BEGINNING:
        return cleaned
    short = cleaned[:BEGINNING]
    number = _NUMBER_FROM_BEHIND.match(short[::-1])
    return short[: BEGINNING - number.end()] if number else short


def _composed(text: str) -> str:
    """NFC; in pieces where hundreds of accents may stand on one letter, which takes the square."""
    if not _NO_END.search(text):
        return unicodedata.normalize("NFC", text)
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return "".join(unicodedata.normalize("NFC", piece) for piece in pieces)


def description(text: str) -> str:
    """A description as it is stored."""
    return mask_cards(clean(text))[:MAX_DESCRIPTION].rstrip()


def category(text: str) -> str | None:
    """The bank's own category as it is stored."""
    return mask_cards(clean(text))[:MAX_CATEGORY].rstrip() or None


def external_id(text: str) -> str | None:
    """The bank's id as it is stored: a card number or an overlong one only as its digest."""
    value = clean(text).strip("'").strip()
    if not value or not value.strip("0"):
        return None
    if len(value) > MAX_EXTERNAL_ID or mask_cards(value) != value:
        return "sha256:" + hashlib.sha256(value.encode()).hexdigest()
    return value


def account_label(text: str) -> str | None:
    """How an account is called: a label as it stands, a number only by its last four digits."""
    label = clean(text)[: 2 * MAX_ACCOUNT].strip(_QUOTES)
    if _ACCOUNT_NUMBER.fullmatch(label):
        return re.sub(r"[^0-9]", "", label)[-4:]
    masked = _NUMBER_IN_LABEL.sub(_last_four, mask_cards(_mask_ibans(label)))
    if re.fullmatch(r"\*{4}[0-9A-Z]{4}", masked):
        return masked[4:]
    return masked[:MAX_ACCOUNT].rstrip() or None


def raw(text: str) -> str:
    """A line of the file as it is kept to look at."""
    return _mask_ibans(mask_cards(clean(text)))


def raws(cleaned: Sequence[str]) -> list[str]:
    """Many lines of the file, cleaned before, as they are kept to look at."""
    return list(map(_mask_ibans, card_batches.mask_all(cleaned)))


def _mask_ibans(text: str) -> str:
    return _IBAN.sub(lambda match: _last_four(match) if _is_iban(match[0]) else match[0], text)


def _is_iban(text: str) -> bool:
    """`TEAM2026 BLUE CARD` has the shape of one, but not as many digits."""
    return sum(map(str.isdigit, text)) >= _IBAN_DIGITS


def _last_four(match: re.Match[str]) -> str:
    return "****" + re.sub(r"[^0-9A-Za-z]", "", match[0])[-4:]


def mask_cards(text: str) -> str:
    """Card numbers, whatever stands between their digits, to `****1234`."""
    return cards.mask(text)
