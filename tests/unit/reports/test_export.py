"""Files for spreadsheets: every amount exact, no text that calculates."""

import csv
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support.exports import NAMES, line

from expenseflow.categorization.rules import SIMULATED
from expenseflow.reports.export import cells
from expenseflow.reports.export.csv import CsvFile
from expenseflow.reports.export.xlsx import XlsxFile
from expenseflow.reports.views import LineView


def as_csv(*lines: LineView) -> list[dict[str, str]]:
    file = io.BytesIO()
    writer = CsvFile(file)
    writer.add(cells.row(number, each, NAMES) for number, each in enumerate(lines, start=1))
    writer.close()
    assert file.getvalue().startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read UTF-8"
    text = file.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def as_xlsx(*lines: LineView) -> openpyxl.Workbook:
    file = io.BytesIO()
    writer = XlsxFile(file)
    writer.add(cells.row(number, each, NAMES) for number, each in enumerate(lines, start=1))
    writer.close()
    return openpyxl.load_workbook(file)


def xlsx_cell(book: openpyxl.Workbook, column: str, row: int = 2) -> Any:
    return book["Lines"].cell(row, cells.COLUMNS.index(column) + 1)


DANGEROUS = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\tharmless but for the tab",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    '"=1+1',
    ";=1+1",
    ",=1+1",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_would_calculate_starts_with_an_apostrophe(text: str) -> None:
    assert cells.harmless(text).startswith("'")


def test_a_separator_inside_a_text_does_not_start_a_formula() -> None:
    assert cells.harmless("lunch;=HYPERLINK(1)") == "lunch;'=HYPERLINK(1)"
    assert cells.harmless("lunch\n =1") == "lunch\n '=1"


@pytest.mark.parametrize(
    "text",
    ["Coffee", "A-1 Towing", "user@example.org", "7-ELEVEN", "'quoted'", "", "Café, +1 guest"],
)
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert cells.harmless(text) == text


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("=+-@＝＋－＠ \t\r\n;,\"'|\u200b\u00a0"),
            st.characters(exclude_categories=["Cs"]),
        )
    )
)
@example("=")
def test_no_text_calculates_and_nothing_is_lost(text: str) -> None:
    harmless = cells.harmless(text)
    assert harmless.lstrip(' \t\r\n\0\u00a0\u200b\ufeff",;|')[:1] not in set("=+-@＝＋－＠")
    assert harmless[:1] not in set("\t\r\n\0") or harmless == ""
    assert cells.harmless(harmless) == harmless
    assert harmless.replace("'", "") == text.replace("'", "")


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), max_size=5
    )
)
def test_a_csv_is_read_back_as_it_was_written(texts: list[str]) -> None:
    rows = as_csv(*(line(description=text) for text in texts))
    assert [row["Description"] for row in rows] == [cells.harmless(text) for text in texts]


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("6.5000", "USD", "6.50"),
        ("-12.34", "USD", "-12.34"),
        ("0.0001", "USD", "0.0001"),
        ("1200.0000", "JPY", "1200"),
        ("1.2340", "KWD", "1.234"),
        ("99999999999999.9999", "USD", "99999999999999.9999"),
    ],
)
def test_an_amount_in_a_csv_is_the_plain_decimal(amount: str, currency: str, text: str) -> None:
    (row,) = as_csv(line(amount=Decimal(amount), currency=currency))
    assert row["Amount"] == text


def test_a_csv_names_codes_and_says_who_decided() -> None:
    (row,) = as_csv(line(edited_by_user=True, needs_review=True, review_reason="Look again"))
    assert (row["GL code"], row["GL account"]) == ("66300", "Meals")
    assert (row["Department code"], row["Department"]) == ("07", "Operations")
    assert row["Decided by"] == "you"
    assert row["Review reason"] == "Look again"


def test_a_file_says_what_a_simulated_service_decided() -> None:
    mark = f"{SIMULATED} read this as Blue Bottle"
    simulated, real = line(explanation=mark), line(explanation="The AI service read this as X")
    edited = line(explanation=mark, edited_by_user=True)
    rows = as_csv(simulated, real, edited)
    assert [row["Decided by"] for row in rows] == ["model (simulated)", "model", "you"]
    assert xlsx_cell(as_xlsx(simulated), "Decided by").value == "model (simulated)"


@pytest.mark.parametrize("amount", ["6.50", "-12.34", "0.0001", "99999999999.9999", "0"])
def test_an_amount_in_an_excel_file_is_an_exact_number(amount: str) -> None:
    cell = xlsx_cell(as_xlsx(line(amount=Decimal(amount))), "Amount")
    assert cell.data_type == "n"
    assert Decimal(str(cell.value)) == Decimal(amount)


def test_an_amount_too_long_for_a_number_stays_exact_as_a_text() -> None:
    cell = xlsx_cell(as_xlsx(line(amount=Decimal("99999999999999.9999"))), "Amount")
    assert (cell.data_type, cell.value) == ("s", "99999999999999.9999")


def test_an_excel_file_holds_no_formula_no_link_and_no_guessed_number() -> None:
    book = as_xlsx(
        line(description="=1+1", vendor="https://example.org", note="0042", gl_code="007")
    )
    assert xlsx_cell(book, "Description").value == "'=1+1"
    for column in ("Description", "Vendor", "Note", "GL code"):
        cell = xlsx_cell(book, column)
        assert (cell.data_type, cell.hyperlink) == ("s", None)


def test_an_excel_file_shows_dates_as_dates_and_sums_per_currency() -> None:
    book = as_xlsx(
        line(amount=Decimal("0.10")),
        line(amount=Decimal("0.20")),
        line(amount=Decimal(500), currency="JPY"),
    )
    assert xlsx_cell(book, "Date").is_date
    totals = list(book["Totals"].iter_rows(min_row=2, values_only=True))
    assert totals == [("JPY", 500), ("USD", 0.3)]


def test_an_empty_report_is_a_file_with_a_header() -> None:
    assert as_csv() == []
    assert [cell.value for cell in as_xlsx()["Lines"][1]] == list(cells.COLUMNS)
