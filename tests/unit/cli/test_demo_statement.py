"""The demo's months: believable, always the same, and read by the real parser without a loss."""

import hashlib
from collections import Counter
from decimal import Decimal

import pytest

from expenseflow.app.demo import roadshow, statement
from expenseflow.categorization.merchants import merchant_key
from expenseflow.chart import service as charts
from expenseflow.statements import parsing

*EARLIER, LAST = statement.PERIODS
ROAD = statement.WITH_ROADSHOW[-1]


def _charges(period: str) -> list[statement.Row]:
    return [row for row in statement.rows(period) if row.booking is not None]


def test_the_last_month_has_between_120_and_300_lines() -> None:
    assert 120 <= len(_charges(LAST)) <= 300


@pytest.mark.parametrize("period", EARLIER)
def test_the_earlier_months_have_about_150(period: str) -> None:
    assert 130 <= len(_charges(period)) <= 170


def test_the_files_are_the_same_on_every_machine() -> None:
    """A second run, perhaps of a newer version, must find its own rows."""
    files = b"".join(map(statement.content, statement.PERIODS))
    road = statement.content(ROAD)

    assert hashlib.sha256(files).hexdigest()[:16] == "d6b426ab46e782f7"
    assert hashlib.sha256(road).hexdigest()[:16] == "2327f57d9fd8be10"


def test_adding_a_merchant_would_not_move_the_others() -> None:
    statement.rows.cache_clear()
    once = statement.rows(LAST)
    statement.rows.cache_clear()

    assert statement.rows(LAST) == once


@pytest.mark.parametrize("period", statement.WITH_ROADSHOW)
def test_the_parser_takes_every_row(period: str) -> None:
    parsed = parsing.parse(statement.content(period), currency_hint="USD")

    assert parsed.rejected == []
    assert len(parsed.rows) == len(statement.rows(period))
    assert sum(row.is_payment for row in parsed.rows) == 1
    assert {f"{row.posted_on:%Y-%m}" for row in parsed.rows} == {period}
    expected = Counter((row.description, -row.amount) for row in statement.rows(period))
    assert Counter((row.description, row.amount) for row in parsed.rows) == expected


def test_every_month_has_a_refund_and_two_equal_charges() -> None:
    for period in statement.PERIODS:
        rows = _charges(period)
        assert any(row.amount > 0 for row in rows)
        equal = Counter((row.day, row.description, row.amount) for row in rows)
        assert equal.most_common(1)[0][1] == 2


def test_foreign_charges_name_their_own_currency() -> None:
    currencies = {row.original_currency for period in statement.PERIODS for row in _charges(period)}

    assert currencies == {"", "EUR", "GBP"}


def test_the_payment_is_what_the_month_before_came_to() -> None:
    payment = next(row for row in statement.rows(LAST) if row.booking is None)

    assert payment.amount == -sum((row.amount for row in _charges(EARLIER[-1])), Decimal(0))


def test_the_person_books_on_the_starter_chart() -> None:
    accounts = {entry.code for entry in charts.starter("accounts.csv")}
    departments = {entry.code for entry in charts.starter("departments.csv")}

    for booking in statement.answers().values():
        assert booking.gl_code in accounts
        assert booking.department_code in departments


def test_a_merchant_is_always_booked_alike() -> None:
    by_merchant: dict[str, set[tuple[str, str]]] = {}
    for description, booking in statement.answers().items():
        codes = (booking.gl_code, booking.department_code)
        by_merchant.setdefault(merchant_key(description), set()).add(codes)

    assert [name for name, codes in by_merchant.items() if len(codes) > 1] == []


def test_the_month_on_the_road_is_of_merchants_never_seen_before() -> None:
    """More than a provider of 60 requests a minute answers at once."""
    before = {
        merchant_key(row.description) for period in statement.PERIODS for row in _charges(period)
    }
    road = {merchant_key(row.description) for row in _charges(ROAD)} - before

    assert len(road) == len(list(roadshow.merchants())) >= 250
    assert 290 <= len(_charges(ROAD)) <= 310


def test_the_month_on_the_road_goes_from_town_to_town() -> None:
    days = {int(merchant["day"]) for merchant in roadshow.merchants()}

    assert days == set(range(roadshow.FIRST_DAY, roadshow.FIRST_DAY + len(days)))
    assert max(days) <= 31


def test_some_merchants_are_new_in_the_last_month() -> None:
    known = {merchant_key(row.description) for period in EARLIER for row in _charges(period)}
    new = {merchant_key(row.description) for row in _charges(LAST)} - known

    assert 8 <= len(new) <= 20
