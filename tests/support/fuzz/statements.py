"""Files that are nearly statements: real shapes with cells, tags and bytes that are not right."""

from pathlib import Path

from hypothesis import strategies as st

GOLDEN = Path(__file__).parents[2] / "golden" / "statements"
PATHS = [path for path in sorted(GOLDEN.iterdir()) if path.suffix != ".expected"]
FILES = [path.read_bytes() for path in PATHS]
_CSV = [path.read_bytes().decode("utf-8", "replace") for path in PATHS if path.suffix == ".csv"]
Change = tuple[float, str, bytes, int]
"""Where (a share of the file), what is done there, with which piece, how many times."""
PIECES = [b",", b";", b'"', b"\n", b"\0", b"<", b">", b"/", b":", b"&", b"?", b"-", b"\xff", b"9",
          b":61:", b":86:", b":20:", b"<Ntry>", b"</Ntry>", b"<STMTTRN>", b"NaN", "٣".encode(),
          b"]]>", b"<!DOCTYPE a>", b"&x;", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\xe2\x80\xae",
          b"\xed\xa0\x80", b"&#0;", b"&#xD800;", b"\x1a", "\u2028".encode()]  # fmt: skip
CHANGES: st.SearchStrategy[list[Change]] = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["in", "out", "again"]), st.sampled_from(PIECES),
              st.sampled_from([1, 1, 3, 500])),
    max_size=12,
)  # fmt: skip
LONGEST = 100_000

_DATES = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda day: day.strftime("%d/%m/%y")),
    st.dates().map(lambda day: day.strftime("%Y%m%d")),
    st.sampled_from(["31/02/2026", "2026-13-01", "00/00/0000", "0001-01-01", "9999-12-31", "29 Feb",
                     "2026-01-05T25:61:61Z", "05.01.", "Jan 5, 26", "٢٠٢٦-٠١-٠٥", "45000", ""]),
)  # fmt: skip
_AMOUNTS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.decimals(-(10**6), 10**6, places=2).map(str),
    st.integers(-(10**40), 10**40).map(str),
    st.sampled_from(["1e400", "1E-400", "--5", "(5.00)", "5.00-", "1.234.567,89", "1,234,56",
                     "£-5", "- 5", "5 CR", "+5", "0", "-0.00", "٥٫٠", "5,", ",5", "0x10", "1_000",
                     "∞", ""]),
)  # fmt: skip
_WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["PAYMENT - THANK YOU", "4111 1111 1111 1111", '"', '""', '"open', "a\0b",
                     "=1+1", "&amp;&#0;&bogus;", "x" * 3000, "\u202etxt", "EUR", "Pending",
                     "\ufeff", "\r", "</STMTTRN>", "]]>", "\x85", ":61:", "-}",
                     "DE89370400440532013000"]),
)  # fmt: skip
CELLS = st.one_of(_DATES, _AMOUNTS, _WORDS)
_ENCODINGS = st.sampled_from(
    [
        "utf-8",
        "utf-8-sig",
        "cp1252",
        "latin-1",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-7",
    ]
)
_LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """The headings of a real bank, its rows with other cells, and rows that it never wrote."""
    lines = draw(st.sampled_from(_CSV)).splitlines()
    delimiter = max(",;\t|", key="".join(lines).count)
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(lines) - 1))
        cells = lines[at].split(delimiter)
        cells[draw(st.integers(0, len(cells) - 1))] = draw(CELLS)
        if draw(st.booleans()):
            lines[at] = delimiter.join(cells)
        else:
            lines.insert(at, delimiter.join(cells))
    return draw(_LINE_ENDS).join(lines).encode(draw(_ENCODINGS), "replace")


_OFX_TAGS = ("TRNTYPE", "DTPOSTED", "DTUSER", "TRNAMT", "FITID", "NAME", "MEMO", "CURRENCY",
             "ORIGCURRENCY", "CURSYM", "CURRATE", "CCACCTTO", "SIC")  # fmt: skip


_OFX_HEADS = (
    "OFXHEADER:100\nENCODING:USASCII\nCHARSET:1252\n\n",
    '<?xml version="1.0"?><?OFX OFXHEADER="200"?>',
    "OFXHEADER:100\nENCODING:UTF-16\nCHARSET:nonsense\n\n",
    "",
)


@st.composite
def ofx(draw: st.DrawFn) -> bytes:
    """OFX, as SGML or as XML, with some tags left open."""
    closes = st.sampled_from(["", "</{0}>", "</{0}>", "</{0}", "<{0}>"])
    value = st.one_of(CELLS, st.sampled_from(["DEBIT", "CREDIT", "20260105120000[-5:EST]", "USD"]))
    rows = [
        "".join(f"<{tag}>{draw(value)}{draw(closes).format(tag)}" for tag in _some(draw, _OFX_TAGS))
        for _ in range(draw(st.integers(0, 6)))
    ]
    body = "".join(f"<STMTTRN>{row}{draw(closes).format('STMTTRN')}" for row in rows)
    head = draw(st.sampled_from(_OFX_HEADS))
    account = f"<CCACCTFROM><ACCTID>{draw(CELLS)}</CCACCTFROM>"
    text = (
        f"{head}<OFX><CCSTMTRS><CURDEF>{draw(st.sampled_from(['USD', 'XXX', '', 'usd', 'US']))}"
        f"{account}<BANKTRANLIST>{body}</BANKTRANLIST></CCSTMTRS></OFX>"
    )
    return text.encode(draw(_ENCODINGS), "replace")


@st.composite
def camt(draw: st.DrawFn) -> bytes:
    """CAMT.053 and .052 whose entries miss members, or hold others."""
    kind = draw(st.sampled_from(["Stmt", "Rpt", "Ntfctn"]))
    entries = "".join(draw(_entry()) for _ in range(draw(st.integers(0, 5))))
    doctype = draw(st.sampled_from(["", "", "", '<!DOCTYPE a [<!ENTITY x "y">]>']))
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<Document xmlns="urn:iso:std:iso:20022:'
        f'tech:xsd:camt.053.001.0{draw(st.integers(0, 9))}"><BkToCstmrStmt><{kind}><Acct><Id><IBAN>'
        f"{_xml(draw(CELLS))}</IBAN></Id></Acct>{entries}</{kind}></BkToCstmrStmt></Document>"
    )
    return text.encode(draw(_ENCODINGS), "replace")


@st.composite
def _entry(draw: st.DrawFn) -> str:
    day, amount, words = (_xml(draw(cells)) for cells in (_DATES, _AMOUNTS, _WORDS))
    currency = draw(st.sampled_from(["EUR", "eur", "", "XXX", "EURO", "JPY"]))
    instructed = f"<AmtDtls><InstdAmt><Amt Ccy='USD'>{amount}</Amt></InstdAmt></AmtDtls>"
    members = (
        f'<Amt Ccy="{currency}">{amount}</Amt>',
        f"<CdtDbtInd>{draw(st.sampled_from(['DBIT', 'CRDT', 'dbit', '']))}</CdtDbtInd>",
        f"<Sts>{draw(st.sampled_from(['BOOK', 'PDNG', '<Cd>BOOK</Cd>', '']))}</Sts>",
        f"<BookgDt><Dt>{day}</Dt></BookgDt>",
        f"<BookgDt><DtTm>{day}T24:00:00+99:00</DtTm></BookgDt>",
        f"<RvslInd>{draw(st.sampled_from(['true', '1', 'no']))}</RvslInd>",
        f"<NtryDtls><TxDtls><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls></NtryDtls>",
        f"<NtryDtls><Btch><NbOfTxs>{amount}</NbOfTxs></Btch></NtryDtls>",
        f"<NtryDtls><TxDtls>{instructed}</TxDtls></NtryDtls>",
        f"<AddtlNtryInf>{words}</AddtlNtryInf>",
    )
    return f"<Ntry>{''.join(_some(draw, members))}</Ntry>"


_MT940_LINES = (
    ":20:STARTUMS", ":25:37040044/0532013000EUR", ":28C:1/1", ":60F:C251231EUR1000,00",
    ":61:2601050105D45,90NMSCNONREF//1", ":61:2601050105CR9,NTRFX", ":61:260131RC1,00NMSC",
    ":61:2602300230D0,01S103ABC//DEF", ":61:9912311231RD,5FCHGX", ":86:?00TEXT?20SVWZ+A?32NAME",
    ":86:/EREF/X//NAME/Y/REMI/USTD//Z/", ":62F:C260131EUR945,10", ":64:C260131EUR945,10", "-", "-}",
    "{1:F01X}{2:I940X}{4:", "", ":60M:D260101XXX,", ":13D:2601311200+0100",
)  # fmt: skip


@st.composite
def mt940(draw: st.DrawFn) -> bytes:
    """Lines of MT940 in an order that no bank writes."""
    line = st.one_of(
        st.sampled_from(_MT940_LINES),
        st.builds(lambda day, sign, amount, rest: f":61:{day}{sign}{amount}{rest}",
                  st.from_regex(r"[0-9]{0,10}", fullmatch=True),
                  st.sampled_from(["D", "C", "RD", "X"]),
                  _AMOUNTS.map(lambda text: text.replace(".", ",")), _WORDS),
        st.builds(lambda words: f":86:{words}", _WORDS),
        CELLS,
    )  # fmt: skip
    start = [":20:X", ":25:1"] if draw(st.booleans()) else []
    lines = [*start, *draw(st.lists(line, max_size=25))]
    return draw(_LINE_ENDS).join(lines).encode(draw(_ENCODINGS), "replace")


def nearly() -> st.SearchStrategy[bytes]:
    """Any of them, or a real file, with damage done to its bytes."""
    whole = st.one_of(tables(), ofx(), camt(), mt940(), st.sampled_from(FILES))
    return st.one_of(whole, st.builds(changed, whole, CHANGES))


def changed(content: bytes, changes: list[Change]) -> bytes:
    """The file after the damage."""
    for place, kind, piece, times in changes:
        at = int(place * len(content))
        if kind == "in":
            content = content[:at] + piece * times + content[at:]
        elif kind == "out":
            content = content[:at] + content[at + times :]
        else:
            content = content[:at] + content[at : at + 100 * times] + content[at:]
        content = content[:LONGEST]
    return content


def _some(draw: st.DrawFn, parts: tuple[str, ...]) -> list[str]:
    return [part for part in parts if draw(st.integers(0, 4))]


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
