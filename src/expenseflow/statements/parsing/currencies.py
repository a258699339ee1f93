"""ISO 4217 codes, and the signs that stand for exactly one of them."""

import re

CODES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN
    BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN
    ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK
    JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
    PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG
    XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905  # one code a line would hide the list
)

# None: a sign that several countries use says nothing.
SIGNS: dict[str, str | None] = {
    "£": "GBP", "€": "EUR", "₹": "INR", "₩": "KRW", "₪": "ILS", "₺": "TRY", "₽": "RUB", "₴": "UAH",
    "₫": "VND", "₱": "PHP", "฿": "THB", "₦": "NGN", "US$": "USD", "CA$": "CAD", "C$": "CAD",
    "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "S$": "SGD", "HK$": "HKD", "R$": "BRL", "ZŁ": "PLN",
    "KČ": "CZK", "FT": "HUF", "SFR": "CHF", "$": None, "¥": None, "KR": None, "KR.": None,
    "R": None, "RM": "MYR", "FR.": None, "RS.": None, "RS": None,
}  # fmt: skip

_CODE = re.compile(r"(?<![A-Z])([A-Z]{3})(?![A-Z])")
_EURO = re.compile(r"\beuros?\b", re.IGNORECASE)


def code_of(text: str) -> str | None:
    """The currency that a cell such as `EUR`, ` eur ` or `£` names, or None."""
    word = text.strip().upper()
    return word if word in CODES else SIGNS.get(word)


def is_sign(text: str) -> bool:
    """Whether the text is a currency code or a sign we know, if only an ambiguous one."""
    return text in CODES or text in SIGNS


def code_within(text: str) -> str | None:
    """The currency named in a heading such as `Withdrawals (SGD)`, `Amount £` or `Débit euros`."""
    for match in _CODE.finditer(text):
        if match[1] in CODES:
            return match[1]
    if _EURO.search(text):
        return "EUR"
    return next(
        (code for sign, code in SIGNS.items() if code and sign in "£€₹₩" and sign in text), None
    )
