"""What banks do with CSV, one behaviour at a time."""

import codecs
from datetime import date
from decimal import Decimal

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import ParsedStatement, widths

SIMPLE = "Date,Description,Amount\n2026-01-05,Café,4.50\n2026-01-06,Tea,3.50\n"


def parse(text: str, *, currency_hint: str | None = None) -> ParsedStatement:
    return parsing.parse(text.encode(), currency_hint=currency_hint)


def amounts_of(text: str) -> list[str]:
    return [str(row.amount) for row in parse(text).rows]


def reasons(text: str) -> dict[int, str]:
    return {one.row: one.reason for one in parse(text).rejected}


FORMS = {
    "UTF-8": SIMPLE.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + SIMPLE.encode(),
    "UTF-16 with a mark": SIMPLE.encode("utf-16"),
    "UTF-16-BE with a mark": codecs.BOM_UTF16_BE + SIMPLE.encode("utf-16-be"),
    "UTF-16-LE": SIMPLE.encode("utf-16-le"),
    "UTF-16-BE": SIMPLE.encode("utf-16-be"),
    "Latin-1": SIMPLE.encode("latin-1"),
    "CRLF": SIMPLE.replace("\n", "\r\n").encode(),
    "CR": SIMPLE.replace("\n", "\r").encode(),
    "NULs": SIMPLE.replace("Tea", "T\0ea").encode(),
    "semicolons": SIMPLE.replace(",", ";").encode(),
    "tabs": SIMPLE.replace(",", "\t").encode(),
    "bars": SIMPLE.replace(",", "|").encode(),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_encodings_line_ends_and_delimiters_are_found_out(content: bytes) -> None:
    rows = parsing.parse(content).rows

    assert [(row.row, row.description, row.amount) for row in rows] == [
        (2, "Café", Decimal("4.50")),
        (3, "Tea", Decimal("3.50")),
    ]


def test_windows_characters_are_read() -> None:
    content = "Date;Text;Betrag\n05.01.2026;Bäcker – Süß;4,50 €\n".encode("cp1252")

    row = parsing.parse(content).rows[0]

    assert (row.description, row.amount, row.currency) == (
        "Bäcker – Süß",
        Decimal("4.50"),
        "EUR",
    )


NO_STATEMENTS = {
    "nothing": (b"", "empty"),
    "blank": (b" \r\n\n", "empty"),
    "NULs": (b"\0" * 1000, "empty"),
    "zip": (b"PK\x03\x04rest", "zip"),
    "PDF": (b"%PDF-1.7", "PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n", "picture"),
    "old Excel": (b"\xd0\xcf\x11\xe0old excel", "Excel"),
    "binary": (bytes(range(256)) * 20, "not text"),
    "web page": (b"<html><body>1</body></html>", "web page"),
    "JSON": (b'{"date":"2026-01-01"}', "JSON"),
    "a sentence": (b"hello world", "No table"),
    "another table": (b"name,colour\nx,red\n", "No table"),
    "only headings": (b"Date,Description,Amount\n", "No transactions"),
    "headings, then nothing": (b"Date,Description,Amount\n,,\n\n", "No transactions"),
    "headings below a preamble": (
        b"Account: 1234\n\nDate;Text;Betrag;Waehrung\n",
        "No transactions",
    ),
    "an empty list": (
        b"<OFX><CCSTMTRS><CURDEF>USD<BANKTRANLIST></BANKTRANLIST></CCSTMTRS></OFX>",
        "No transactions",
    ),
    "line ends": (b"\n" * 200_000, "empty"),
    "too many lines": (b"x\n" * 200_000, "lines"),
}


@pytest.mark.parametrize(("content", "word"), NO_STATEMENTS.values(), ids=NO_STATEMENTS)
def test_a_file_that_is_no_statement_is_refused_in_words(content: bytes, word: str) -> None:
    with pytest.raises(UnreadableStatement, match=word):
        parsing.parse(content)


def test_every_row_that_is_not_imported_is_listed_with_its_reason() -> None:
    text = (
        "Date,Description,Amount\n"
        "2026-01-05,Good,4.50\n"
        "2026-01-06,Not a number,NaN\n"
        "2026-01-06,Endless,Infinity\n"
        "2026-01-06,Huge,1e999999999\n"
        "10000-01-01,Far,5.00\n"
        ",No day,5.00\n"
        "2026-01-07,Free,0.00\n"
        "2026-01-08,No amount,\n"
        "2026-01-09,Short\n"
        "2026-01-09,Too,many,cells\n"
        "Total,,19.50\n"
    )

    assert [row.description for row in parse(text).rows] == ["Good"]
    assert reasons(text) == {
        3: "The amount “NaN” is not an amount.",
        4: "The amount “Infinity” is not an amount.",
        5: "The amount “1e999999999” is not an amount.",
        6: "“10000-01-01” is not a date that can be read.",
        7: "The row has no date.",
        8: "The amount is zero.",
        9: "The row has no amount.",
        10: "The row has 2 columns instead of 3.",
        11: widths.TOO_MANY,
        12: "“Total” is not a date that can be read.",
    }


def test_a_file_of_which_every_row_is_bad_is_still_read() -> None:
    text = "Date,Description,Amount\n2026-01-06,Not a number,NaN\n"

    assert parse(text).rows == []
    assert reasons(text) == {2: "The amount “NaN” is not an amount."}


def test_a_formula_is_only_text() -> None:
    rows = parse('Date,Description,Amount\n2026-01-05,"=HYPERLINK(""x"")",4.50\n').rows

    assert rows[0].description == '=HYPERLINK("x")'


def test_empty_cells_after_the_last_column_do_not_matter() -> None:
    assert amounts_of("Date,Description,Amount\n2026-01-05,Coffee,4.50,,\n") == ["4.50"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["2026-01-05,A,4.50", "2026-01-06,B,3.00"], ["4.50", "3.00"]),
        (["2026-01-05,A,-4.50", "2026-01-06,B,-3.00"], ["4.50", "3.00"]),
        (["2026-01-05,A,4.50", "2026-01-06,REFUND B,-3.00"], ["4.50", "-3.00"]),
        (["2026-01-05,A,-4.50", "2026-01-06,REFUND B,3.00"], ["4.50", "-3.00"]),
        (["2026-01-05,A,4.50", "2026-01-06,PAYMENT - THANK YOU,-9.00"], ["4.50", "-9.00"]),
        (["2026-01-05,A,-4.50", "2026-01-06,PAYMENT - THANK YOU,9.00"], ["4.50", "-9.00"]),
        # Nothing but signs: the more frequent one is that of a charge.
        (["2026-01-05,A,7", "2026-01-06,B,7", "2026-01-07,C,-7"], ["7", "7", "-7"]),
        (["2026-01-05,A,-5", "2026-01-06,B,-5", "2026-01-07,C,5"], ["5", "5", "-5"]),
        # A file without any sign: only the words tell.
        (["2026-01-05,A,4.50", "2026-01-06,PAYMENT RECEIVED,9.00"], ["4.50", "-9.00"]),
        # More payments than purchases.
        (
            ["2026-01-05,A,4.50", "2026-01-06,ONLINE PAYMENT,-9", "2026-01-07,ONLINE PAYMENT,-8"],
            ["4.50", "-9", "-8"],
        ),
        # A bank account pays its own bills online.
        (
            ["2026-01-05,A,-5", "2026-01-06,ONLINE PAYMENT POWER CO,-7", "2026-01-07,PAYROLL,99"],
            ["5", "7", "-99"],
        ),
    ],
)  # fmt: skip
def test_charges_come_out_positive_whatever_the_issuer_writes(
    rows: list[str], expected: list[str]
) -> None:
    assert amounts_of("\n".join(["Date,Description,Amount", *rows])) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Date,Description,Amount,Type\n2026-01-05,A,4.50,DEBIT\n2026-01-06,B,3.00,CREDIT\n",
        "Date,Description,Amount,Type\n2026-01-05,A,-4.50,Debit\n2026-01-06,B,3.00,Credit\n",
        "Date,Description,Amount,D/C\n2026-01-05,A,4.50,D\n2026-01-06,B,3.00,C\n",
        "Datum,Omschrijving,Bedrag,Af Bij\n20260105,A,4.50,Af\n20260106,B,3.00,Bij\n",
        "Datum;Text;Betrag;S/H\n05.01.2026;A;4,50;S\n06.01.2026;B;3,00;H\n",
        "Date,Description,Amount\n2026-01-05,A,4.50\n2026-01-06,B,3.00 CR\n",
        "Date,Description,Amount\n2026-01-05,A,4.50 DR\n2026-01-06,B,3.00\n",
        "Date,Description,Debit,Credit\n2026-01-05,A,4.50,\n2026-01-06,B,,3.00\n",
        "Date,Description,Debit,Credit\n2026-01-05,A,-4.50,0.00\n2026-01-06,B,0.00,3.00\n",
        "Date,Description,Money Out,Money In\n2026-01-05,A,4.50,\n2026-01-06,B,,3.00\n",
        "Fecha,Concepto,Cargos,Abonos\n05/01/2026,A,4.50,\n06/01/2026,B,,3.00\n",
        "Date,Libellé,Débit,Crédit\n05/01/2026,A,4.50,\n06/01/2026,B,,3.00\n",
    ],
)
def test_debit_and_credit_however_they_are_said(text: str) -> None:
    assert [Decimal(amount) for amount in amounts_of(text)] == [Decimal("4.50"), Decimal("-3.00")]


def test_a_row_with_both_a_debit_and_a_credit_is_rejected() -> None:
    text = "Date,Description,Debit,Credit\n2026-01-05,A,4.50,\n2026-01-06,B,2.00,3.00\n"

    assert reasons(text) == {3: "The row has both a debit and a credit."}


def test_the_day_is_that_of_the_transaction_rather_than_of_the_booking() -> None:
    text = "Posting Date,Transaction Date,Description,Amount\n02/02/2026,01/31/2026,A,4.50\n"

    assert parse(text).rows[0].posted_on == date(2026, 1, 31)


def test_without_a_day_of_the_transaction_that_of_the_booking_counts() -> None:
    text = "Posting Date,Transaction Date,Description,Amount\n02/22/2026,,A,4.50\n"

    assert parse(text).rows[0].posted_on == date(2026, 2, 22)


@pytest.mark.parametrize(("hint", "month"), [("USD", 3), ("GBP", 4), (None, 3)])
def test_a_day_that_nothing_decides_follows_the_currency(hint: str | None, month: int) -> None:
    rows = parse("Date,Description,Amount\n03/04/2026,A,4.50\n", currency_hint=hint).rows

    assert rows[0].posted_on.month == month


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Date,Description,Amount,Currency\n2026-01-05,A,4.50,eur\n", "EUR"),
        ("Date,Description,Amount (SGD)\n2026-01-05,A,4.50\n", "SGD"),
        ("Date,Description,Amount GBP\n2026-01-05,A,4.50\n", "GBP"),
        ("Date,Description,Amount\n2026-01-05,A,€4.50\n", "EUR"),
        ("Currency: CHF\nDate,Description,Amount\n2026-01-05,A,4.50\n", "CHF"),
        ("Date,Description,Amount\n2026-01-05,A,$4.50\n", None),
    ],
)
def test_the_currency_comes_from_the_file_if_it_says_one(text: str, currency: str | None) -> None:
    assert parse(text).currency == currency


def test_a_currency_that_does_not_exist_rejects_its_row_only() -> None:
    text = (
        "Date,Description,Amount,Currency\n"
        "2026-01-05,A,4.50,EUR\n2026-01-05,C,4.50,EUR\n2026-01-06,B,3.00,ZZZ\n"
    )

    assert reasons(text) == {4: "“ZZZ” is not a currency."}


@pytest.mark.parametrize(
    "header",
    [
        "date,description,amount",
        "DATE,DESCRIPTION,AMOUNT",
        "postedOn,merchantName,amountUSD",
        "transaction_date,merchant_name,transaction_amount",
        "Posted,Payee,Amount (USD)",
        "Buchungstag,Verwendungszweck,Betrag",
        "Fecha,Concepto,Importe",
        "Data,Descrizione,Importo",
    ],
)
def test_headings_are_known_however_they_are_written(header: str) -> None:
    rows = parse(f"{header}\n2026-01-05,Coffee,4.50\n").rows

    assert [(row.description, str(row.amount)) for row in rows] == [("Coffee", "4.50")]


def test_a_reference_that_payers_write_is_no_bank_id() -> None:
    header = "Date,Description,Amount,Reference\n"

    free_text = parse(header + "2026-01-05,A,4.50,RENT\n2026-02-05,A,4.50,RENT\n")
    ids = parse(header + "2026-01-05,A,4.50,REF0001234\n2026-02-05,A,4.50,REF0001235\n")

    assert [row.external_id for row in free_text.rows] == [None, None]
    assert [row.external_id for row in ids.rows] == ["REF0001234", "REF0001235"]


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    text = (
        "Date,Description,Amount\n"
        '2026-01-05,"Never closed,4.50\n'
        "2026-01-06,B,3.00\n"
        '2026-01-07,"Never closed either,4.50\n'
        '2026-01-08,"Closed, well",2.00\n'
        '2026-01-09,5" PIPE,1.00\n'
    )

    assert [row.row for row in parse(text).rows] == [3, 5, 6]
    assert reasons(text) == {
        2: "A quotation mark is opened and never closed.",
        4: "A quotation mark is opened and never closed.",
    }


def test_headings_that_are_repeated_in_the_middle_are_no_rows() -> None:
    text = SIMPLE + SIMPLE.replace("Café", "Cake")

    assert [row.row for row in parse(text).rows] == [2, 3, 5, 6]
    assert reasons(text) == {}


def test_headings_in_a_language_we_do_not_know_are_found_by_the_cells_below() -> None:
    text = "Päivä;Kuvaus;Määrä\n05.01.2026;Kahvila;-4,50\n06.01.2026;Kauppa;-3,00\n"

    assert [(row.description, str(row.amount)) for row in parse(text).rows] == [
        ("Kahvila", "4.50"),
        ("Kauppa", "3.00"),
    ]


def test_one_bad_row_at_the_end_is_not_taken_for_a_second_line() -> None:
    text = SIMPLE + ",Something without a day,\n"

    assert reasons(text) == {4: "The row has no date."}


def test_a_declined_transaction_is_rejected() -> None:
    text = (
        "Date,Description,Amount,State\n"
        "2026-01-05,A,-4.50,COMPLETED\n2026-01-05,B,-4.50,DECLINED\n2026-01-05,C,-1,PENDING\n"
    )

    assert reasons(text) == {
        3: "The bank marks the transaction as “DECLINED”.",
        4: "The transaction is still pending.",
    }
