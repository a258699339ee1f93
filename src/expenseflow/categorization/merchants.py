"""From what a bank prints to who was paid: one key for all lines of a merchant.

`merchant_key` works by steps that only ever take text away, repeated until nothing changes; that
is what makes it idempotent. A step that would leave nothing is not taken. Nothing is taken from a
text that looks like an order: what it says must not come to speak for a merchant it names.
"""

import re
import unicodedata
from typing import Final

from expenseflow.categorization import places, suspicion

MAX_LENGTH: Final = 200
UNKNOWN: Final = "UNKNOWN"
APART: Final = "? "
"""Begins the key of a text that looks like an order to whoever reads it."""

_FIXED_COLUMNS = re.compile(r"(?<=\S)\s{2,}[A-Z][A-Z.'-]*(?: [A-Z.'-]+)*\s{2,}[A-Z]{2,3}\s*$")
_MONTH = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_DOMAIN_END = "COM|NET|ORG|IO|CO|UK|DE|FR|EU|AI|APP|DEV|US"

# What the bank puts before the merchant; never part of its name.
_BANK_WORDS = re.compile(
    r"^(?:(?:RECURRING |POS |DEBIT |CARD |VISA |CHECK ?CARD |CONTACTLESS |ONLINE |MOBILE )+"
    r"(?:PURCHASE|PAYMENT|REFUND|DEBIT)(?: RETURN)?(?: TO| FROM| AT)?"
    r"|(?:PURCHASE|PAYMENT)(?: RETURN)? AUTHORIZED ON|PURCHASE(?: AT| FROM| RETURN)?|PAYMENT TO"
    r"|POS(?: DEBIT| REFUND| WITHDRAWAL)?|DEBIT CARD|CHECK ?CARD|VISA DEBIT|CONTACTLESS"
    r"|APL ?PAY|APPLE PAY|GPAY|GOOGLE PAY|SAMSUNG PAY|PAYPAL INST XFER|RECURRING"
    r"|CARD (?:NO\.? ?)?[X*]*\d{4})(?: \d{4}(?= [A-Z]))?[ :*-]+(?=\S)"
)
# Companies that take the money for somebody else: `SQ *BLUE BOTTLE` is Blue Bottle.
_PROCESSORS = re.compile(
    r"^(?:(?:SQ|SQU|SQC|TST|PAYPAL|PYPL|PP|SP|SPO|PY|IN|INT|IC|ZTL|CKE|FSP|BT|EB|EVT|FS|2CO"
    r"|DRI|WPY|SMK|LS|IZ|IZETTLE|ZETTLE|SUMUP|PADDLE(?:\.NET)?|STRIPE|TOAST|CLOVER|LEVELUP"
    r"|YELPINC|KLARNA|AFTERPAY|GRUBHUB|DD|CCV|MOLLIE|ADYEN|NYX|CTLP|PAR|BLS|WL|XSOLLA|PAYU|RZR"
    r"|WEB) ?[*_] ?|TST- ?|SP (?=[A-Z]{3})|(?:PAYPAL|SUMUP|I?ZETTLE|KLARNA) +(?=[A-Z]{2}))(?=\S)"
)
_WWW = re.compile(r"^(?:HTTPS?://)?WWW\.(?=\w)|^HTTPS?://(?=\w)")
_MARKETPLACE = re.compile(r"^(AMZN MKTP|AMAZON MKTPL?(?:ACE)?)(?: [A-Z]{2}\b)? ?(?:\*.*)?$")
# `AMAZON.COM` is Amazon, but APPLE.COM/BILL is not the shop.
_FIRST_DOMAIN = re.compile(
    r"^((?!APPLE\.COM/BILL)[A-Z0-9-]{2,})"
    r"(?:\.CO\.UK|\.COM?\.[A-Z]{2}|\.(?:COM|NET|ORG|US|DE|IO|EU|FR|AI|APP|DEV))"
    r"(?:/\S*|[A-Z0-9]{6,})?(?=[\s*]|$)"
)
_ADDRESSES = re.compile(
    rf"(?<=\s)(?:\S+@\S+|(?:HTTPS?:/?/?)?[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.(?:{_DOMAIN_END})(?:/\S*)?)"
    r"(?: [A-Z]{2}$|(?=\s|$))"
)
_DATES = re.compile(
    r"(?<!\S)(?:ON )?(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?"
    rf"|\d{{1,2}}-\d{{1,2}}-\d{{2,4}}|\d{{1,2}} ?(?:{_MONTH})\b(?: ?\d{{4}})?"
    r"|(?:MON|TUE|WED|THU|FRI|SAT|SUN) \d{1,2}[AP]M)(?=\s|$)"
)
_PHONES = re.compile(
    r"(?<=\s)(?:(?:\+?\d{1,3}[-. ]?)?\(?\d{3}\)?[-. ]\d{3}[-. ]?\d{4}|\+?\d{10,})"
    r"(?: [A-Z]{2}$|(?=\s|$))"
)
_STORE_AND_PLACE = re.compile(
    r"(?<=\s)(?:#|NO\.? ?|STORE ?#? ?|STR ?|SHOP ?|UNIT ?|F)?\d{4,}(?: [A-Z][A-Z.'&-]*){1,4}$"
)
_STORES = re.compile(
    r"(?<=\s)(?:(?:STORE|STR|SHOP|UNIT|LOC|REF|INV|INVOICE|ORDER|TXN|ID|NO)\b\.?:? ?#? ?\d+"
    r"|# ?[A-Z]?\d+)\b"
)
_NUMBERS = re.compile(
    r"(?<=[\s*])[#*]?[A-Z]?(?:\d{2,}(?:[-/]\d{3,})+|\d{3,})(?=\s|$)|(?<=[A-Z])-\d{3,}(?=[\s*]|$)"
)
_GLUED_NUMBERS = re.compile(r"(?<=[A-Z]{3})\d{5,}(?=\s|$)")
# An order id holds letters and at least two digits (RT4K81XZ2); after a star one digit is enough.
_ORDER_IDS = re.compile(
    r"(?<=[\s*])(?=[A-Z0-9]*[A-Z])(?=(?:[A-Z]*\d){2})[A-Z0-9]{6,}(?=\s|$)"
    r"|(?<=\*)(?=[A-Z0-9]*\d)[A-Z0-9]{5,}(?=\s|$)"
)
_LEGAL_FORM = re.compile(r"(?<=\w),? (?:INC|LLC|LTD|LIMITED|GMBH|CORP|PLC|PTY|B\.?V|AG)\.?$")
_STARS = re.compile(r"\s*[*_|]+\s*")
_AROUND = " *#:;,./_|-"
_AFTER = " *#:;,/_|-"

# In this order: a later step sees what the earlier ones left. Most groups need a sign or digits
# that most descriptions do not have, and are spared the work.
_PREFIXES = ((_BANK_WORDS, ""), (_PROCESSORS, ""))
_SHOPS = ((_MARKETPLACE, r"\1"),)
_DOTTED = ((_WWW, ""), (_FIRST_DOMAIN, r"\1"), (_ADDRESSES, ""))
_LONG_NUMBERS = ((_PHONES, ""),)
_DAYS = ((_DATES, ""),)
_STORE_NUMBERS = ((_STORE_AND_PLACE, ""), (_STORES, ""), (_NUMBERS, ""))
_CODES = ((_GLUED_NUMBERS, ""), (_ORDER_IDS, ""))
_LEGAL = ((_LEGAL_FORM, ""),)
_BETWEEN = ((_STARS, " "),)
_PHONE_DIGITS = 10
KEY_VERSION = 1
"""Another number whenever some description gets another key: keys are kept with it."""
_Steps = tuple[tuple[re.Pattern[str], str], ...]


def merchant_key(description: str) -> str:
    """Who was paid, upper-case, at most 200 characters, never empty, the same for its own key."""
    folded = _fold(description)
    key = _tidy(_FIXED_COLUMNS.sub("", folded)) or _tidy(folded)
    if not key:
        return UNKNOWN
    while (shorter := _strip(key)) != key:
        key = shorter
    if folded.startswith(APART):
        return _apart(folded)
    if key != _tidy(folded) and suspicion.is_suspicious(description):
        return _apart(folded)
    return _apart(key) if key.startswith(APART) else key


def _apart(folded: str) -> str:
    """All of the text, so that its answer is nobody else's: `AMZN*IGNORE …` is not Amazon."""
    return APART + _tidy(folded.lstrip("?" + _AROUND))[: MAX_LENGTH - len(APART)].rstrip(_AFTER)


def _strip(key: str) -> str:
    """One round of all steps."""
    key = _take(_PREFIXES, key)
    if "MKT" in key:
        key = _take(_SHOPS, key)
    if "." in key or "@" in key:
        key = _take(_DOTTED, key)
    if digits := _digits(key):
        key = _take((*_DAYS, *_LONG_NUMBERS) if digits >= _PHONE_DIGITS else _DAYS, key)
    if (shorter := places.without_place(key)) != key:
        key = _tidy(shorter) or key
    if digits and _digits(key):
        key = _take(_STORE_NUMBERS, key)
        key = _take(_CODES, key) if _digits(key) else key
    key = _take(_LEGAL, key)
    return _take(_BETWEEN, key) if "*" in key or "_" in key or "|" in key else key


def _digits(key: str) -> int:
    return sum(map(str.isdigit, key))


def _take(steps: _Steps, key: str) -> str:
    """A step that would leave no letter or digit, or more than there was, is not taken."""
    for pattern, replacement in steps:
        tried, found = pattern.subn(replacement, key)
        if found and (tidied := _tidy(tried)) and len(tidied) <= len(key):
            key = tidied
    return key


def _tidy(text: str) -> str:
    text = " ".join(text.split()).lstrip(_AROUND)[:MAX_LENGTH].rstrip(_AFTER)
    return text if any(map(str.isalnum, text)) else ""


def folded(text: str) -> str:
    """Upper case without accents, one space between words: as a person compares two texts."""
    return " ".join(_fold(text).split())


def _fold(text: str) -> str:
    """Upper case without accents, look-alike widths, control and invisible characters."""
    if text.isascii():
        upper = text.upper()
        return upper if upper.isprintable() else _without_controls(upper)
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def _without_controls(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _fold_once(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    return "".join(map(_plain, decomposed))


def _plain(character: str) -> str:
    """Nothing for accents and invisible characters, a space for symbols and controls."""
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf", "Cs", "Co", "Cn"}:
        return ""
    return " " if category[0] in "CZ" or category == "So" else character


# --- for people -----------------------------------------------------------------------------

_WRITTEN = {
    "AMZN MKTP": "Amazon Marketplace", "AMAZON MKTPL": "Amazon Marketplace", "GITHUB": "GitHub",
    "AMAZON WEB SERVICES": "Amazon Web Services", "AWS": "AWS", "LINKEDIN": "LinkedIn",
    "YOUTUBE": "YouTube", "PAYPAL": "PayPal", "FEDEX": "FedEx", "WEWORK": "WeWork",
    "APPLE.COM/BILL": "Apple", "UBER TRIP": "Uber", "UBER EATS": "Uber Eats", "OPENAI": "OpenAI",
    "DOORDASH": "DoorDash", "MCDONALD'S": "McDonald's", "MCDONALDS": "McDonald's",
}  # fmt: skip
_ACRONYMS = frozenset({
    "AWS", "USPS", "UPS", "DHL", "BP", "KLM", "USA", "UK", "LLC", "IBM", "HP", "AT&T", "IKEA",
    "CVS", "BMW", "NYC", "TV", "IT", "GMBH", "DB", "SNCF", "SAS", "TGI", "3M", "QT",
})  # fmt: skip
_SMALL = frozenset({"OF", "THE", "AND", "AT", "IN", "ON", "DE", "LA", "FOR"})
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def readable_vendor(key: str) -> str:
    """The key as a person would write it: `BLUE BOTTLE COFFEE` is Blue Bottle Coffee."""
    if key in _WRITTEN:
        return _WRITTEN[key]
    words = key.removeprefix(APART).split(" ")
    return " ".join(_readable_word(word, first=at == 0) for at, word in enumerate(words))[:200]


def _readable_word(word: str, *, first: bool) -> str:
    if word in _WRITTEN:
        return _WRITTEN[word]
    if word in _ACRONYMS:
        return "GmbH" if word == "GMBH" else word
    if word in _SMALL and not first:
        return word.lower()
    return _WORD.sub(lambda found: found.group().capitalize(), word)
