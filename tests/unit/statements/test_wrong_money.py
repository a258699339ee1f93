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
