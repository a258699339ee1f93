"""What in the shape of a text no bank prints: hidden letters, marks, encodings, spellings."""

import base64
import binascii
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from typing import Final

# --- letters ----------------------------------------------------------------------------------

_HIDDEN: Final = re.compile(
    "[\U000e0000-\U000e007f\u202a-\u202e\u2066-\u2069]|(?<=[A-Za-z])[\u200b-\u200d\u2060]"
)
"""Tags, bidirectional overrides, and what has no width between letters."""
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf", "Cs", "Co", "Cn"})
_MIXED: Final = re.compile("[a-z][а-яёѐ-ӿα-λν-ω]|[а-яёѐ-ӿα-λν-ω][a-z]")


def is_hidden(text: str) -> bool:
    """Whether letters stand in it that nobody sees."""
    return _HIDDEN.search(text) is not None


def decoded(text: str) -> str:
    """The text without other widths and the escapes of web pages and addresses."""
    text = unicodedata.normalize("NFKC", text)
    if "&" in text:
        text = html.unescape(text)
    return urllib.parse.unquote(text) if "%" in text else text


def folded(text: str) -> str:
    """Lower case without accents and invisible characters."""
    text = text.casefold()
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in apart if unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFC", kept)


# --- marks ------------------------------------------------------------------------------------

_NUMBER_WORDS: Final = "zero|one|two|three|four|five|six|seven|eight|nine|hundred|thousand"
_ADDRESSED: Final = "ai|llm|gpt|assistant|model|chatbot|bot|classifier|bookkeeper|system"
_REFERENCES: Final = (
    "ref|inv|invoice|id|no|nr|tel|ph|phone|fax|order|txn|auth|card|seq|trace|store|shop|unit|kunde|re|rg"
    "|indn|co|des|desc|mref|eref|kref|date|time|pos|terminal|tid|mid"
)
_UNUSUAL: Final = re.compile(r"[^\w\s.'&()/-]|--|//|\w\(")
"""No mark of the first kind is without one of these."""
_MARKS: Final = re.compile(
    # markup, programs, tables
    r"[<>`]|[{}](?![a-z])|(?<![a-z])[{}]|[}\]]\s*[,\]}]|\"\s*[:,}\]]|[:\[,{]\s*\"|\\[nrtux\"]"
    r"|\]\(|!\[|\[/?inst|\[[*\d]?\]|#{3}|={3}|-{2,}\s*[a-z]+ [a-z]+|^\s*//|/\*|\*/|;\s*--|!{3}"
    r"|:=|=\s*\"?\d{3}|=\s*true\b|\|\s*\d|\d\s*\||(?<!\d)\d{1,2}\s*[,;]\s*\d{4,6}\s*[,;]"
    r"|\w\([\d\"'*)]"
    # addresses that carry something, or are to be opened
    r"|https?:[^\s]*[?&=;|]|\b(?:click|visit|open|see|go ?to)\b.*https?:|javascript:|data:\w+/"
    # somebody speaks
    r"|\b(?:system|assistant|user|human|developer|admin)\s*[:>\]]|@(?:assistant|system|ai|gpt)\b"
    # a member of the answer, a code
    r"|\b(?:account|acct|konto|compte|cuenta|conto|gl|code|category|department|dept|answer"
    r"|confidence|glcode|vendor|description|json|output)\s*(?:=|:\s*[a-z\"])"
    r"|\b(?:all|others?|everything|everyone|rest|remaining)\s*:"
    rf"|(?!\b(?:{_REFERENCES})\b)\b[a-z]+:\s+\d{{4,6}}(?![\d-])"
)
_SAID: Final = re.compile(
    r"\b(?:hi|hey|hello|dear|attention|attn|note|to|for|you)\W+(?:the |an? |my )?"
    rf"(?:{_ADDRESSED})\b"
    r"|\bselect\b.*\bfrom\b|\b(?:insert into|drop table|delete from)\b"
    r"|\bc'est\b|\byou(?: a|')re\b|\byou (?:must|should|will|shall|have|need)\b"
    r"|\b(?:click|visit|open|see|go ?to)\b.*www\."
    r"|\b(?:account|acct|gl|category|dept|department)\b[\s:#.-]*\d{5,6}(?!\d)"
    r"|\b(?:account|acct|code|category|answer|confidence)\s*(?:is|to|of|must be)\s+[\d\"]"
    r"|\b(?:confidence|confianza|vertrauen)\b\W*[01]\b|(?<!\d)(\d{4,6})(?:\W+\1){2}(?!\d)"
    rf"|(?:\b(?:{_NUMBER_WORDS})\b\W*){{3}}"
)


def has_marks(text: str) -> bool:
    """Whether a folded text has marks of an order, a program, or an answer."""
    if _SAID.search(text) or (_UNUSUAL.search(text) and _MARKS.search(text)):
        return True
    return not text.isascii() and any(map(_MIXED.search, text.split()))


# --- encodings --------------------------------------------------------------------------------

_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{12,}={0,2}(?![A-Za-z0-9+/=])")
_HEX: Final = re.compile(r"(?<![0-9A-Za-z])(?:0x)?(?:[2-7][0-9a-fA-F][ :,]?){8,}(?![0-9A-Za-z])")
_CODES: Final = re.compile(
    r"(?:\b[01]{7,8}\b\W*){3}|(?:\b\d{2,3}\b[ ,]+){5}\b\d{2,3}\b"
    r"|(?:(?<!\S)[.\-·–_]{1,6}(?:[ /|]+|$)){5}|(?:(?<![^\W_])[^\W\d_](?:[\W_]+|$)){6}"
)
"""Binary and decimal codes of characters, Morse, letters set apart."""
_SHORTEST: Final = 7
_ALL_TEXT: Final = re.compile(rb"[A-Za-z0-9 .,:;'\"!?{}_=-]+")


def is_encoded(text: str) -> bool:
    """Whether a decoded text, in its own case, holds characters written as something else."""
    if _CODES.search(text):
        return True
    return any(_is_text(_from_base64(token)) for token in _BASE64.findall(text)) or any(
        _is_text(_from_hex(token)) for token in _HEX.findall(text)
    )


def _from_base64(token: str) -> bytes:
    token = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        return b""


def _from_hex(token: str) -> bytes:
    digits = re.sub(r"[ :,]|0x", "", token)
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _is_text(octets: bytes) -> bool:
    """A reference number hardly ever comes out as letters only."""
    return len(octets) >= _SHORTEST and _ALL_TEXT.fullmatch(octets) is not None


# --- other spellings --------------------------------------------------------------------------

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_ROT13: Final = str.maketrans(_ALPHABET, _ALPHABET[13:] + _ALPHABET[:13])
_LEET: Final = str.maketrans("013457@$!|", "oieastasil")
_LEET_WORD: Final = re.compile(r"[a-z][013457@$!|]|[013457@$!|][a-z]")
_LOOK_ALIKES: Final = str.maketrans(
    "абвгеёзікмнорстухѕјһԁԛԝαβεικνορτυχɪɢɴᴏʀᴇᴀʟᴜꜱᴛᴡʙᴄᴅғʜᴊᴋᴍᴘʏᴢᴠ",
    "abbreezikmhopctyxsjhdqwabeiknoptuxignorealustwbcdfhjkmpyzv",
)


def readings(text: str) -> Iterator[str]:
    """Other ways to read a folded text: mirrored, turned by 13 letters, look-alikes as letters."""
    yield text[::-1]
    yield text.translate(_ROT13)
    if "vv" in text:
        yield text.replace("vv", "w")
    if _LEET_WORD.search(text):
        yield text.translate(_LEET)
        yield text.translate(_LEET | {ord("1"): "l"})
    if not text.isascii():
        yield text.translate(_LOOK_ALIKES)
