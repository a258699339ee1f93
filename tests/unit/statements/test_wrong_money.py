"""What can be read in two ways is rejected in words, never stored as another amount."""

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.parsing import widths

PLAIN = "Date,Description,Amount"


def read(header: str, *rows: str, hint: str | None = None) -> tuple[list[str], dict[int, str]]:
    """The amounts, and the reasons by line."""
    parsed = parsing.parse("\n".join([header, *rows, ""]).encode(), currency_hint=hint)
    return [str(row.amount) for row in parsed.rows], {r.row: r.reason for r in parsed.rejected}


SPLIT = {
    "amount last": (PLAIN, ["2026-01-05,A,4.50", "2026-01-06,B,1,234.56"]),
    "nearly all of them": (PLAIN, ["2026-01-05,A,4.50", *["2026-01-06,B,1,234.56"] * 8]),
    "an amount with its sign": (PLAIN, ["2026-01-05,A,-4.50", "2026-01-06,B,-$1,234.56"]),
    "amount in the middle": (
        "Date,Amount,Description",
        ["2026-01-05,4.50,A", "2026-01-06,1,234.56,B"],
    ),
    "a heading that is empty": (PLAIN + ",", ["2026-01-05,A,4.50,", "2026-01-06,B,1,234.56"]),
    "an empty cell behind": (
        PLAIN + ",Category",
        ["2026-01-05,A,4.50,", "2026-01-06,B,1,234.56,"],
    ),
    "two empty cells behind": (
        PLAIN + ",Category",
        ["2026-01-05,A,4.50,,", "2026-01-06,B,1,234.56,,"],
    ),
    "a balance behind": (
        PLAIN + ",Balance",
        ["2026-01-05,A,4.50,10.00", "2026-01-06,B,1,234.56,9.00"],
    ),
    "debit and credit": (
        "Date,Description,Debit,Credit",
        ["2026-01-05,A,4.50,", "2026-01-06,B,1,234.56,"],
    ),
    "marks of credits": (
        PLAIN + ",",
        ["2026-01-05,A,4.50,", "2026-01-05,A,4.50,CR", "2026-01-06,B,1,234.56,CR"],
    ),
}


@pytest.mark.parametrize(("header", "rows"), SPLIT.values(), ids=SPLIT)
def test_an_unquoted_comma_in_an_amount_rejects_the_row(header: str, rows: list[str]) -> None:
    amounts, reasons = read(header, *rows)

    assert {amount.lstrip("-") for amount in amounts} == {"4.50"}
    split = [line for line, row in enumerate(rows, start=2) if "1,234.56" in row]
    assert [line for line in reasons if line in split] == split


def test_an_unquoted_comma_in_a_file_without_headings_rejects_the_row() -> None:
    amounts, reasons = read("2026-01-05,A,4.50", "2026-01-06,B,5.50", "2026-01-06,C,1,234.56")

    assert amounts == ["4.50", "5.50"]
    assert reasons == {3: widths.TOO_MANY}


@pytest.mark.parametrize(
    "rows",
    [
        ["2026-01-05,A,4.50,,", "2026-01-06,B,5.00,,"],
        ["2026-01-05,A,4.50,", "2026-01-06,B,5.00"],
        ["2026-01-05,A,4.50,,,,", "2026-01-06,B,5.00"],
    ],
)
def test_empty_cells_behind_the_last_column_do_not_matter(rows: list[str]) -> None:
    assert read(PLAIN, *rows) == (["4.50", "5.00"], {})


def test_the_mark_of_a_credit_needs_no_heading() -> None:
    rows = ["2026-01-05,A,4.50,", "2026-01-06,B,3.00,CR"]

    assert read(PLAIN + ",", *rows) == (["4.50", "-3.00"], {})


def test_whole_numbers_beside_a_balance_are_no_split_amount() -> None:
    rows = ["2026-01-05,A,5,100.00,", "2026-01-06,B,7,193.00,"]

    assert read(PLAIN + ",Balance", *rows)[1] == {}


AMBIGUOUS = "can mean thousands or three decimals."


@pytest.mark.parametrize(
    ("header", "rows", "hint", "expected"),
    [
        # From where a point stands before three digits of thousands.
        ("Datum;Text;Betrag", ["05.01.2026;A;1.234", "06.01.2026;B;500"], None, ["1234", "500"]),
        (
            "Date;Text;Amount",
            ["2026-01-05;A;1.234", "2026-01-06;B;12.345"],
            None,
            ["1234", "12345"],
        ),
        (PLAIN, ["31/01/2026,A,1.234", "30/01/2026,B,2.000"], "EUR", ["1234", "2000"]),
        (PLAIN, ["31.01.2026,A,1.234"], "EUR", ["1234"]),
        (PLAIN + ",Foreign Amount", ['2026-01-05,A,1.234,"9,50"'], "EUR", ["1234"]),
        ("Datum;Text;Betrag", ["05.01.2026;A;1.234", "06.01.2026;B;2,50"], None, ["1234", "2.50"]),
        # Currencies that have thousandths.
        (PLAIN + ",Currency", ["2026-01-05,A,1.234,KWD"], None, ["1.234"]),
        (PLAIN, ["2026-01-05,A,1.234", "2026-01-05,B,KWD 2.500"], "BHD", ["1.234", "2.500"]),
        ("Date;Text;Amount (TND)", ["31/01/2026;A;1.234"], None, ["1.234"]),
        ("Currency: OMR\n" + PLAIN, ["2026-01-05,A,1.234"], "USD", ["1.234"]),
        # No doubt at all.
        (PLAIN, ['2026-01-05,A,"1,234"', "2026-01-05,B,0.123"], "USD", ["1234", "0.123"]),
        (PLAIN, ["2026-01-05,A,1234.567"], "USD", ["1234.567"]),
    ],
)
def test_three_digits_behind_a_point_are_what_the_file_shows(
    header: str, rows: list[str], hint: str | None, expected: list[str]
) -> None:
    assert read(header, *rows, hint=hint) == (expected, {})


@pytest.mark.parametrize(
    ("header", "row", "other"),
    [
        (PLAIN, "2026-01-05,A,1.234", "2026-01-06,B,4.50"),
        (PLAIN, "2026-01-05,A,$1.234", "2026-01-06,B,$4"),
        (PLAIN, "01/31/2026,A,-1.234", "01/30/2026,B,-4"),
        ("Date;Text;Amount", "05.01.2026;A;$1.234", "05.01.2026;B;$4"),
        ("Datum;Text;Betrag", "05.01.2026;A;1.234", "06.01.2026;B;4.50"),
        ("Datum;Text;Betrag", "05.01.2026;A;1,234", "06.01.2026;B;4,50"),
        (PLAIN + ",Currency", "2026-01-05,A,1.234,EUR", "2026-01-06,B,4,KWD"),
        (PLAIN, "2026-01-05,A,JPY 1.234", "2026-01-06,B,JPY 4"),
        ("Date,Description,Debit,Credit", "2026-01-05,A,1.234,", "2026-01-06,B,4,"),
    ],
)
def test_an_amount_that_is_a_thousand_or_a_little_is_rejected(
    header: str, row: str, other: str
) -> None:
    amounts, reasons = read(header, row, other, hint="USD")

    assert [amount.rstrip("0").rstrip(".") for amount in amounts] in (["4"], ["4.5"])
    assert list(reasons) == [2]
    assert reasons[2].endswith(AMBIGUOUS)


def test_an_ambiguous_amount_abroad_is_left_out_and_its_row_is_not() -> None:
    header = PLAIN + ",Foreign Amount,Foreign Currency"

    parsed = parsing.parse(f"{header}\n2026-01-05,A,4.50,1.234,EUR\n".encode())

    assert [(str(row.amount), row.original_amount) for row in parsed.rows] == [("4.50", None)]
