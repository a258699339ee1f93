"""CAMT of every version, entry by entry; whole files are in tests/golden/statements."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.errors import MappingDoesNotFit, UnreadableStatement
from expenseflow.statements.parsing import Mapping, ParsedRow, ParsedStatement, camt
from expenseflow.statements.parsing.mapping import SignConvention

VERSIONS = [f"{number:02}" for number in range(2, 14)]
BOOKED = "<Sts>BOOK</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt>"
ACCOUNT = "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>"


def document(entries: str, *, version: str = "08", account: str = ACCOUNT) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        f"<BkToCstmrStmt><Stmt><Id>1</Id>{account}{entries}</Stmt></BkToCstmrStmt></Document>"
    )


def entry(
    inner: str = "", *, amount: str = "5.00", side: str = "DBIT", booked: str = BOOKED
) -> str:
    said = f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{booked}'
    return f"<Ntry>{said}{inner}</Ntry>"


def details(*inner: str) -> str:
    return "<NtryDtls>" + "".join(f"<TxDtls>{one}</TxDtls>" for one in inner) + "</NtryDtls>"


def parse(*entries: str) -> ParsedStatement:
    return parsing.parse(document("".join(entries)).encode())


def row(one: str) -> ParsedRow:
    [found] = parse(one).rows
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read_by_its_local_names(version: str) -> None:
    parsed = parsing.parse(document(entry(), version=version).encode())

    assert (parsed.format, parsed.account, parsed.currency) == ("camt.053", "3000", "EUR")
    assert [row.amount for row in parsed.rows] == [Decimal("5.00")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_the_bytes_tell_the_encoding_not_the_declaration(encoding: str) -> None:
    content = document(entry("<AddtlNtryInf>Café Süß</AddtlNtryInf>")).encode(encoding)

    assert parsing.parse(content).rows[0].description == "Café Süß"


BOMBS: dict[str, Callable[[], str]] = {
    "an entity": lambda: '<!DOCTYPE D [<!ENTITY a "ha">]>' + document(entry()),
    "a billion laughs": lambda: (
        '<!DOCTYPE D [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + document(entry("&b;"))
    ),
    "a file": lambda: '<!DOCTYPE D [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + document("&x;"),
    "an address": lambda: '<!DOCTYPE D SYSTEM "http://127.0.0.1:1/x.dtd">' + document(entry()),
    "a document cut off": lambda: document(entry())[:-30],
    "an unknown entity": lambda: document(entry("<AddtlNtryInf>&x;</AddtlNtryInf>")),
    "a million tags that stay open": lambda: document("<a>" * 1_000_000),
    "a tag of many megabytes": lambda: document('<a b="' + "x" * 10_000_000),
    "a million tags within each other": lambda: document("<a>" * 500_000 + "</a>" * 500_000),
    "more tags than a bank writes": lambda: document("<a/>" * 3_000_001),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_or_a_damaged_document_is_refused_in_words(name: str) -> None:
    with pytest.raises(UnreadableStatement, match=r"^(The XML file|No transactions)"):
        parsing.parse(BOMBS[name]().encode())


def test_a_notice_of_single_bookings_is_refused() -> None:
    notice = document(entry()).replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")

    with pytest.raises(UnreadableStatement, match=r"CAMT\.054"):
        parsing.parse(notice.encode())


def test_another_document_of_the_standard_is_refused() -> None:
    with pytest.raises(UnreadableStatement, match="no bank statement"):
        parsing.parse(b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.056"><A/></Document>')


def test_a_zone_never_moves_the_day() -> None:
    booked = "<BookgDt><DtTm>2026-01-31T23:59:59-11:00</DtTm></BookgDt>"

    assert row(entry(booked=booked)).posted_on.isoformat() == "2026-01-31"


def test_the_day_of_the_purchase_counts_before_that_of_the_booking() -> None:
    inner = details("<RltdDts><TxDtTm>2025-12-31T10:00:00Z</TxDtTm></RltdDts>")

    assert row(entry(inner)).posted_on.isoformat() == "2025-12-31"


def test_payments_that_make_up_their_entry_stand_by_themselves() -> None:
    parts = [f'<Amt Ccy="EUR">{amount}</Amt>' for amount in ("1.25", "3.75")]

    assert [row.amount for row in parse(entry(details(*parts))).rows] == [
        Decimal("1.25"),
        Decimal("3.75"),
    ]


def test_more_payments_than_a_file_may_have_are_refused() -> None:
    one = '<TxDtls><Amt Ccy="EUR">1</Amt></TxDtls>' * (camt.MAX_TRANSACTIONS + 1)
    whole = entry(f"<NtryDtls>{one}</NtryDtls>", amount=str(camt.MAX_TRANSACTIONS + 1))

    with pytest.raises(UnreadableStatement, match="split it"):
        parse(whole)


def test_a_refund_among_the_payments_counts_against_them() -> None:
    parts = [
        '<Amt Ccy="EUR">7.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>',
        '<Amt Ccy="EUR">2.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>',
    ]

    assert [row.amount for row in parse(entry(details(*parts))).rows] == [
        Decimal("7.00"),
        Decimal("-2.00"),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        ('<Amt Ccy="EUR">1.25</Amt>', '<Amt Ccy="EUR">3.74</Amt>'),
        ('<Amt Ccy="EUR">1.25</Amt>', ""),
        ('<Amt Ccy="EUR">1.25</Amt>', '<Amt Ccy="USD">3.75</Amt>'),
        ('<Amt Ccy="EUR">1.25</Amt>', '<Amt Ccy="EUR">NaN</Amt>'),
    ],
    ids=["another sum", "no amount", "another currency", "no number"],
)
def test_payments_that_do_not_make_up_their_entry_leave_it_whole(parts: tuple[str, ...]) -> None:
    assert row(entry(details(*parts))).amount == Decimal("5.00")


def test_equal_payments_under_one_reference_are_not_taken_for_one() -> None:
    one = '<Refs><AcctSvcrRef>BATCH-1</AcctSvcrRef></Refs><Amt Ccy="EUR">2.50</Amt>'

    assert [row.external_id for row in parse(entry(details(one, one))).rows] == [None, None]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<AcctSvcrRef>A-1</AcctSvcrRef>", "A-1"),
        (details("<Refs><AcctSvcrRef>A-2</AcctSvcrRef></Refs>"), "A-2"),
        ("<NtryRef>20260105000017</NtryRef>", "20260105000017"),
        ("<NtryRef>17</NtryRef>", None),
        ("<AcctSvcrRef>NOTPROVIDED</AcctSvcrRef>", None),
        ("<AcctSvcrRef>NONREF</AcctSvcrRef>", None),
    ],
)
def test_only_an_id_that_lasts_is_one(inner: str, expected: str | None) -> None:
    assert row(entry(inner)).external_id == expected


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("", "The transaction has no amount."),
        ("NaN", "The amount “NaN” is not an amount."),
        ("1e9", "The amount “1e9” is not an amount."),
        ("-5.00", "The amount “-5.00” has a sign, which another tag says."),
        ("1.23456", "The amount “1.23456” has more than four decimals."),
        ("9999999999999", "The amount “9999999999999” is too large."),
    ],
)
def test_a_bad_amount_is_the_reason_of_its_row_alone(amount: str, reason: str) -> None:
    parsed = parse(entry(amount=amount), entry())

    assert [(one.row, one.reason) for one in parsed.rejected] == [(1, reason)]
    assert [row.row for row in parsed.rows] == [2]


def test_a_currency_that_is_none_is_the_reason() -> None:
    parsed = parse(entry().replace('"EUR"', '"EURO"'))

    assert parsed.rejected[0].reason == "“EURO” is not a currency."


def test_whole_numbers_of_other_accounts_are_not_kept() -> None:
    inner = details(
        "<RltdPties><CdtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></CdtrAcct></RltdPties>"
    )

    assert "DE02120300000000202051" not in (row(entry(inner)).raw or "")


def test_the_sign_can_be_turned_and_nothing_else() -> None:
    content = document(entry()).encode()
    turned = Mapping(sign_convention=SignConvention.CHARGES_NEGATIVE)

    assert parsing.parse(content, mapping=turned).rows[0].amount == Decimal("-5.00")
    with pytest.raises(MappingDoesNotFit):
        parsing.parse(content, mapping=Mapping(delimiter=";"))


def test_the_mapping_that_came_out_reads_the_same_again() -> None:
    content = document(entry() + entry(side="CRDT")).encode()
    parsed = parsing.parse(content)

    assert parsing.parse(content, mapping=parsed.mapping) == parsed
