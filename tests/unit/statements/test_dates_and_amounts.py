"""One order of dates and one decimal sign for a whole column."""

from datetime import date
from decimal import Decimal

import pytest

from expenseflow.statements.parsing import amounts, dates
from expenseflow.statements.parsing.dates import Order


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026/1/31", date(2026, 1, 31)),
        ("20260131", date(2026, 1, 31)),
        ("31.01.2026", date(2026, 1, 31)),
        ("31.01.26", date(2026, 1, 31)),
        ("31-Jan-2026", date(2026, 1, 31)),
        ("31 Jan 2026", date(2026, 1, 31)),
        ("31. Januar 2026", date(2026, 1, 31)),
        ("31 janv. 2026", date(2026, 1, 31)),
        ("Jan 31, 2026", date(2026, 1, 31)),
        ("31JAN26", date(2026, 1, 31)),
        ("2026-01-31T23:59:59.123Z", date(2026, 1, 31)),
        ("2026-01-31 23:59:59 -0800", date(2026, 1, 31)),
        ("31/01/2026 11:22 PM", date(2026, 1, 31)),
        ("1/31/2026", date(2026, 1, 31)),
    ],
)
def test_a_date_is_read_as_it_is_printed(text: str, expected: date) -> None:
    order = Order.MONTH_FIRST if text == "1/31/2026" else Order.DAY_FIRST

    assert dates.read(text, order) == expected


@pytest.mark.parametrize(
    "text",
    ["", "Pending", "10000-01-01", "2026-02-30", "31/31/2026", "1.2.3.4", "12.50", "0001-01-01",
     "2101-01-01", "٢٠٢٦-٠١-٠١", "31 Foo 2026", "1" * 10_000],
)  # fmt: skip
def test_what_is_no_date_is_not_made_into_one(text: str) -> None:
    assert not dates.is_date(text)


def order_of(*cells: str, otherwise: Order = Order.MONTH_FIRST) -> Order:
    return dates.decide_order(cells, otherwise=otherwise)


def test_one_day_past_the_twelfth_decides_for_the_whole_column() -> None:
    assert order_of("03/04/2026", "13/04/2026") is Order.DAY_FIRST
    assert order_of("03/04/2026", "04/13/2026") is Order.MONTH_FIRST


def test_a_column_of_small_numbers_is_read_as_one_month_rather_than_a_year() -> None:
    assert order_of("01/09/2026", "04/09/2026", "12/09/2026") is Order.DAY_FIRST
    assert order_of("09/01/2026", "09/04/2026", otherwise=Order.DAY_FIRST) is Order.MONTH_FIRST


def test_years_of_two_digits_come_first_where_only_that_makes_a_month_of_it() -> None:
    assert order_of("26-05-01", "26-05-02", "26-05-03") is Order.YEAR_FIRST
    assert order_of("26-05-01", "2026-05-02") is Order.YEAR_FIRST
    assert order_of("26-05-01") is Order.DAY_FIRST
    assert order_of("01-05-26", "02-05-26", "03-05-26") is Order.DAY_FIRST
    assert order_of("26/05/01", "26/05/02") is Order.DAY_FIRST, "with slashes nobody writes so"


def test_where_nothing_tells_the_other_signs_of_the_file_do() -> None:
    assert order_of("05/05/2026", otherwise=Order.DAY_FIRST) is Order.DAY_FIRST
    assert order_of("05/05/2026", otherwise=Order.MONTH_FIRST) is Order.MONTH_FIRST


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("12", ".", "12"),
        ("-12.34", ".", "-12.34"),
        ("12.34-", ".", "-12.34"),
        ("(12.34)", ".", "-12.34"),
        ("($1,234.56)", ".", "-1234.56"),
        ("−12.34", ".", "-12.34"),
        ("+ £1,100.00", ".", "1100.00"),
        ("£67.40", ".", "67.40"),
        ("-$5", ".", "-5"),
        ("$-5.00", ".", "-5.00"),
        ("1,234,567.89", ".", "1234567.89"),
        ("1,00,000.00", ".", "100000.00"),
        ("1'234.50", ".", "1234.50"),
        ("CHF 1’234.50", ".", "1234.50"),
        ("1.234,56", ",", "1234.56"),
        ("1 234,56 €", ",", "1234.56"),
        ("1\u00a0234,56", ",", "1234.56"),
        ("-33,87", ",", "-33.87"),
        (".50", ".", "0.50"),
        ("12.34 USD", ".", "12.34"),
        ("1,234", ".", "1234"),
        ("1.234", ",", "1234"),
        ("999999999999.9999", ".", "999999999999.9999"),
    ],
)
def test_an_amount_is_read_exactly(text: str, decimal: str, expected: str) -> None:
    assert amounts.read(text, decimal).value == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "mark", "currency"),
    [
        ("12.00 CR", -1, None),
        ("12.00DR", 1, None),
        ("CR 12.00", -1, None),
        ("€12.00", 0, "EUR"),
        ("12.00 gbp", 0, "GBP"),
        ("US$12.00", 0, "USD"),
        ("$12.00", 0, None),
        ("CRC 12.00", 0, "CRC"),
    ],
)
def test_what_stands_beside_the_number_is_understood(
    text: str, mark: int, currency: str | None
) -> None:
    found = amounts.read(text, ".")

    assert (found.mark, found.currency) == (mark, currency)


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "-inf", "1e999999999", "1E5", "0x10", "1_000", "12,50", "1.2.3", "--5",
     "(5", "5)", "POS 12", "£", "", "-", "٣", "9" * 30, "9" * 1_000_000, "0.12345", "1,23,4",
     "1000000000000"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(amounts.NotAnAmount):
        amounts.read(text, ".")


def decimal_of(*cells: str, otherwise: str = ".") -> str:
    return amounts.decide_decimal(amounts.decimal_votes(cells), otherwise=otherwise)


def test_the_decimal_sign_is_the_one_that_the_column_can_only_mean() -> None:
    assert decimal_of("1.234", "12,50") == ","
    assert decimal_of("1,234", "12.50") == "."
    assert decimal_of("1.234,56") == ","
    assert decimal_of("1,234,567") == "."
    assert decimal_of("1,234", otherwise=",") == ","
