"""The defects that OFX files of real banks have, each by itself."""

from decimal import Decimal

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.parsing import ParsedRow, ParsedStatement

HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
BODY = (
    "<OFX><CCSTMTRS><CURDEF>{currency}<CCACCTFROM><ACCTID>12341234</CCACCTFROM><BANKTRANLIST>{rows}"
)


def row(**fields: str) -> str:
    given = {"TRNTYPE": "DEBIT", "DTPOSTED": "20260105", "TRNAMT": "-5.00", "FITID": "F1",
             "NAME": "SHOP"} | fields  # fmt: skip
    return "<STMTTRN>" + "".join(f"<{tag}>{value}" for tag, value in given.items()) + "</STMTTRN>"


def parse(
    rows: str, *, currency: str = "USD", header: str = HEADER, end: str = "</BANKTRANLIST></OFX>"
) -> ParsedStatement:
    content = header + BODY.format(currency=currency, rows=rows) + end
    return parsing.parse(content.encode("cp1252"))


def only(rows: str) -> ParsedRow:
    [found] = parse(rows).rows
    return found


HEADERS = {
    "none": "",
    "blank lines": "\n\n\n\n",
    "empty values": "OFXHEADER:\nDATA:\nVERSION:\nENCODING:\nCHARSET:\n\n",
    "on one line": HEADER.replace("\n", " "),
    "without a line between": HEADER.rstrip("\n"),
    "XML": '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?>\n',
    "SGML over XML": HEADER + '<?xml version="1.0" encoding="UTF-8"?>\n',
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_no_header_is_needed_and_a_bad_one_does_no_harm(header: str) -> None:
    parsed = parse(row(NAME="CAFÉ"), header=header)

    assert [(one.description, one.amount) for one in parsed.rows] == [("CAFÉ", Decimal("5.00"))]
    assert (parsed.account, parsed.currency) == ("1234", "USD")


@pytest.mark.parametrize("end", ["", "</STMTTRN", "</BANKTRANLIST>", "</OFX></OFX></OFX>"])
def test_missing_end_tags_lose_no_row(end: str) -> None:
    assert len(parse(row() + row(FITID="F2").removesuffix("</STMTTRN>"), end=end).rows) == 2


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20260131", "2026-01-31"),
        ("20260131000000", "2026-01-31"),
        ("20260131233000.000[-5:EST]", "2026-01-31"),
        ("20260201003000[+11:AEDT]", "2026-02-01"),
        ("20260131120000[0:GMT]", "2026-01-31"),
        ("20260131 120000", "2026-01-31"),
        ("2026-01-31", "2026-01-31"),
        ("20260131093914:014", "2026-01-31"),
    ],
)
def test_the_printed_day_counts_whatever_the_zone(written: str, day: str) -> None:
    assert only(row(DTPOSTED=written)).posted_on.isoformat() == day


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "The transaction has no date."),
        ("20120231", "“20120231” is not a date that can be read."),
        ("00000000", "“00000000” is not a date that can be read."),
        ("yesterday", "“yesterday” is not a date that can be read."),
    ],
)
def test_a_day_that_is_none_is_the_reason_of_its_row_alone(written: str, reason: str) -> None:
    parsed = parse(row(DTPOSTED=written) + row(FITID="F2"))

    assert [(one.row, one.reason) for one in parsed.rejected] == [(1, reason)]
    assert [one.row for one in parsed.rows] == [2]


def test_a_day_that_is_missing_is_the_reason() -> None:
    parsed = parse(row().replace("<DTPOSTED>20260105", ""))

    assert parsed.rejected[0].reason == "The transaction has no date."


@pytest.mark.parametrize(
    ("written", "amount"),
    [("-6,60", "6.60"), ("-1.234,56", "1234.56"), ("-1,234.56", "1234.56"),
     ("-.60", "0.60"), (" -6.60 ", "6.60")],
)  # fmt: skip
def test_amounts_are_exact_with_either_decimal_sign(written: str, amount: str) -> None:
    assert only(row(TRNAMT=written)).amount == Decimal(amount)


def test_the_currency_of_a_row_stands_in_for_an_empty_one() -> None:
    inner = "<CURRENCY><CURRATE>1.0000<CURSYM>AUD</CURRENCY></STMTTRN>"

    parsed = parse(row().replace("</STMTTRN>", inner), currency="")

    assert (parsed.currency, parsed.rows[0].currency) == ("AUD", "AUD")


def test_an_original_currency_is_not_that_of_the_amount() -> None:
    inner = "<ORIGCURRENCY><CURRATE>1.1<CURSYM>EUR</ORIGCURRENCY></STMTTRN>"

    assert only(row().replace("</STMTTRN>", inner)).currency == "USD"


def test_the_memo_stands_in_for_an_empty_name() -> None:
    assert only(row(NAME="", MEMO="CORNER SHOP")).description == "CORNER SHOP"


@pytest.mark.parametrize("fitid", ["", "0", "000000"])
def test_an_empty_id_is_none(fitid: str) -> None:
    assert only(row(FITID=fitid)).external_id is None


def test_rows_under_one_id_all_come_out() -> None:
    parsed = parse(row() + row(NAME="OTHER SHOP") + row(TRNAMT="-6.00"))

    assert [one.amount for one in parsed.rows] == [
        Decimal("5.00"),
        Decimal("5.00"),
        Decimal("6.00"),
    ]
