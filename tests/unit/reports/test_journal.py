"""The journal: double entry, balanced to the last digit, nothing booked nowhere."""

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.exports import head, line

from expenseflow.reports.errors import LinesWithoutAccount
from expenseflow.reports.export.journal import COLUMNS, JournalFile
from expenseflow.reports.views import LineView

GOLDEN = Path(__file__).parents[2] / "golden/exports/journal.csv"


def written(*lines: LineView, **of_head: str) -> bytes:
    file = io.BytesIO()
    writer = JournalFile(file, head(**of_head))
    writer.add(lines)
    writer.close()
    return file.getvalue()


def journal(*lines: LineView, **of_head: str) -> list[dict[str, str]]:
    text = written(*lines, **of_head).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def number(cell: str) -> Decimal:
    return Decimal(cell or 0)


def usd(amount: str, **changes: object) -> LineView:
    return line(amount=Decimal(amount), **changes)


def test_a_month_with_two_cards_a_refund_and_three_currencies_is_the_golden_journal() -> None:
    lines = [
        usd("6.5000", vendor="Blue Bottle Coffee", department_code="02"),
        usd("-20", transaction_id=UUID(int=2), description="Fuel, refunded", gl_code="64100"),
        usd("41.0000", transaction_id=UUID(int=3), card="9876", department_code=None),
        line(
            transaction_id=UUID(int=4),
            amount=Decimal("1200.0000"),
            currency="JPY",
            posted_on=date(2026, 1, 30),
            description="=1+1",
            card=None,
        ),
        line(transaction_id=UUID(int=5), amount=Decimal("1.2340"), currency="KWD"),
    ]
    assert written(*lines).decode("utf-8-sig") == GOLDEN.read_bytes().decode("utf-8-sig")


AMOUNTS = st.decimals(
    min_value=Decimal(-99999999999), max_value=Decimal(99999999999), places=4, allow_nan=False
)
LINES = st.builds(
    line,
    amount=AMOUNTS,
    currency=st.sampled_from(["USD", "EUR", "JPY", "KWD"]),
    card=st.sampled_from([None, "", "1234", "=9"]),
    gl_code=st.sampled_from(["66300", "64100", "gone"]),
    description=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
)


@given(st.lists(LINES, max_size=30))
def test_every_journal_is_balanced_and_holds_every_line_on_one_side(lines: list[LineView]) -> None:
    sides: dict[str, Decimal] = defaultdict(Decimal)
    rows = journal(*lines)
    for row in rows:
        assert (row["Debit"] == "") != (row["Credit"] == "")
        assert number(row["Debit"]) >= 0
        assert number(row["Credit"]) >= 0
        sides[row["Journal"]] += number(row["Debit"]) - number(row["Credit"])
    assert not any(sides.values())
    booked = [row for row in rows if row["Account"] != "CARD-CLEARING"]
    assert len(booked) == len(lines)
    assert sum(number(row["Debit"]) - number(row["Credit"]) for row in booked) == sum(
        each.amount for each in lines
    )


def test_a_journal_is_one_currency_in_one_block_on_one_day() -> None:
    rows = journal(usd("1"), line(currency="EUR"), usd("2"), line(currency="EUR"))
    assert [row["Journal"][-3:] for row in rows] == ["EUR"] * 3 + ["USD"] * 3
    assert [row["Entry"] for row in rows] == ["1", "2", "3"] * 2
    assert {row["Journal date"] for row in rows} == {"2026-01-31"}


@pytest.mark.parametrize(
    ("period", "last"),
    [("2026-02", "2026-02-28"), ("2028-02", "2028-02-29"), ("2026-12", "2026-12-31")],
)
def test_a_journal_is_booked_on_the_last_day_of_its_month(period: str, last: str) -> None:
    assert {row["Journal date"] for row in journal(usd("1"), period=period)} == {last}


def test_a_card_that_comes_to_nothing_is_not_balanced_by_a_zero() -> None:
    rows = journal(usd("5"), usd("-5"))
    assert [(row["Debit"], row["Credit"]) for row in rows] == [("5.00", ""), ("", "5.00")]


def test_a_line_of_nothing_is_a_debit_of_nothing() -> None:
    (row,) = journal(usd("0"))
    assert (row["Debit"], row["Credit"]) == ("0.00", "")


def test_a_journal_is_not_made_while_a_line_has_no_account() -> None:
    with pytest.raises(LinesWithoutAccount, match=r"^2 lines have no account yet") as caught:
        journal(usd("5"), usd("6", gl_code=None), usd("7", gl_code=None))
    assert caught.value.fields == {"line_count": 2}


def test_no_cell_of_a_journal_calculates_and_amounts_stay_numbers() -> None:
    evil = usd("-1", description="=1", vendor="+1", card="@1", gl_code="-1", department_code="=d")
    refund, balance = journal(evil, journal_account="=2")
    for column in ("Description", "Vendor", "Card", "Account", "Department"):
        assert refund[column].startswith("'")
    assert balance["Account"] == "'=2"
    assert (refund["Credit"], balance["Debit"]) == ("1.00", "1.00")


def test_the_balancing_account_is_named_as_the_chart_has_it() -> None:
    assert journal(usd("1"))[-1]["Account name"] == "Card clearing"
    assert journal(usd("1"), journal_account="64100")[-1]["Account name"] == "Fuel"


def test_an_empty_report_is_a_journal_with_a_header() -> None:
    assert written().decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"
