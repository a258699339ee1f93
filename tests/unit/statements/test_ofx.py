"""OFX of both kinds, read without an XML parser."""

from decimal import Decimal

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import ParsedStatement


def parse(transactions: str, *, before: str = "") -> ParsedStatement:
    body = f"<OFX><STMTRS><CURDEF>USD{before}<BANKTRANLIST>{transactions}</BANKTRANLIST></STMTRS>"
    return parsing.parse(f"{body}</OFX>".encode())


def transaction(**fields: str) -> str:
    given = {"TRNTYPE": "DEBIT", "DTPOSTED": "20260105", "TRNAMT": "-5.00", "FITID": "F1",
             "NAME": "SHOP"} | fields  # fmt: skip
    return "<STMTTRN>" + "".join(f"<{tag}>{value}" for tag, value in given.items()) + "</STMTTRN>"


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE OFX [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE OFX SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
    ],
)
def test_declared_entities_are_refused(prolog: str) -> None:
    content = f'<?xml version="1.0"?>{prolog}<OFX>{transaction(NAME="&x;")}</OFX>'

    with pytest.raises(UnreadableStatement, match="entities"):
        parsing.parse(content.encode())


def test_ofx_without_a_list_of_transactions_is_refused() -> None:
    with pytest.raises(UnreadableStatement, match="no list"):
        parsing.parse(b"OFXHEADER:100\n<OFX><SIGNONMSGSRSV1></SIGNONMSGSRSV1></OFX>")


def test_an_empty_list_is_refused_in_words() -> None:
    with pytest.raises(UnreadableStatement, match="No transactions were found"):
        parse("")


def test_a_zone_never_moves_the_day() -> None:
    rows = parse(transaction(DTPOSTED="20260131233000.000[-8:PST]")).rows

    assert rows[0].posted_on.isoformat() == "2026-01-31"


def test_the_text_may_stand_in_the_memo_alone() -> None:
    rows = parse(transaction(NAME="", MEMO="CORNER SHOP")).rows

    assert rows[0].description == "CORNER SHOP"


def test_every_statement_of_a_file_has_its_own_account() -> None:
    one = "<CCSTMTRS><CURDEF>EUR<CCACCTFROM><ACCTID>{}</CCACCTFROM><BANKTRANLIST>{}</BANKTRANLIST>"
    content = "<OFX>" + one.format("11112222", transaction()) + one.format("Gold", transaction())

    parsed = parsing.parse(content.encode())

    assert [row.account for row in parsed.rows] == ["2222", "Gold"]
    assert parsed.account is None


def test_the_account_a_transfer_goes_to_is_not_the_account() -> None:
    to = "<BANKACCTTO><ACCTID>99998888</BANKACCTTO>"

    rows = parse(transaction().replace("</STMTTRN>", to + "</STMTTRN>")).rows

    assert rows[0].account is None


def test_a_bank_that_writes_debits_positive_is_understood() -> None:
    parsed = parse(transaction(TRNAMT="5.00") + transaction(TRNTYPE="CREDIT", TRNAMT="-9.00"))

    assert [row.amount for row in parsed.rows] == [Decimal("5.00"), Decimal("-9.00")]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"TRNAMT": "NaN"}, "The amount “NaN” is not an amount."),
        ({"TRNAMT": "1e99999"}, "The amount “1e99999” is not an amount."),
        ({"TRNAMT": ""}, "The transaction has no amount."),
        ({"TRNAMT": "0.00"}, "The amount is zero."),
        ({"DTPOSTED": ""}, "The transaction has no date."),
        ({"DTPOSTED": "99990101"}, "“99990101” is not a date that can be read."),
    ],
)
def test_a_bad_transaction_is_listed_and_the_rest_imported(
    fields: dict[str, str], reason: str
) -> None:
    parsed = parse(transaction(**fields) + transaction())

    assert [(one.row, one.reason) for one in parsed.rejected] == [(1, reason)]
    assert [row.row for row in parsed.rows] == [2]


def test_a_pending_transaction_is_rejected() -> None:
    pending = transaction().replace("STMTTRN>", "STMTTRNP>")

    assert parse(pending).rejected[0].reason == "The transaction is still pending."


def test_a_transaction_that_is_never_closed_ends_where_the_next_begins() -> None:
    parsed = parse(transaction().removesuffix("</STMTTRN>") + transaction(NAME="NEXT"))

    assert [row.description for row in parsed.rows] == ["SHOP", "NEXT"]
