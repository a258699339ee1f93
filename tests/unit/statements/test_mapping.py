"""How a file is read: shown whole, and changed one member at a time."""

import contextlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.statements import csv, ofx

from expenseflow.statements import parsing
from expenseflow.statements.errors import MappingDoesNotFit, UnreadableStatement
from expenseflow.statements.parsing import Mapping, ParsedStatement
from expenseflow.statements.parsing.mapping import DateOrder, SignConvention
from expenseflow.statements.parsing.vocabulary import Role

GOLDEN = sorted(Path("tests/golden/statements").iterdir())
POSITIVE, NEGATIVE = SignConvention.CHARGES_POSITIVE, SignConvention.CHARGES_NEGATIVE
TWO = csv("2026-01-05,COFFEE,4.50", "2026-01-06,REFUND TEA,-3.50")


def read(content: bytes, **said: Any) -> ParsedStatement:
    return parsing.parse(content, mapping=Mapping(**said))


def amounts(parsed: ParsedStatement) -> list[str]:
    return [str(row.amount) for row in parsed.rows]


def days(parsed: ParsedStatement) -> list[date]:
    return [row.posted_on for row in parsed.rows]


def comes_back_the_same(content: bytes) -> None:
    try:
        parsed = parsing.parse(content)
    except UnreadableStatement:
        return
    again = parsing.parse(content, mapping=parsed.mapping)
    # Sent back, the order of the dates is what the person says; nothing else may differ.
    assert replace(again, shape=parsed.shape) == parsed
    assert again.shape.header_key == parsed.shape.header_key


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_the_mapping_of_a_real_shape_sent_back_reads_the_same(path: Path) -> None:
    comes_back_the_same(path.read_bytes())


CELLS = st.sampled_from([
    "", "2026-01-05", "03/04/2026", "13/04/2026", "03/04/26", "05.01.2026", "5 Jan 2026", "4.50",
    "-4.50", "1.234", "1,234", "1.234,56", "(9.00)", "4.50 CR", "$3.00", "EUR", "USD", "debit",
    "credit", "COFFEE", "PAYMENT - THANK YOU", "REFUND TEA", "****1234", "A1234567", "x,y", "Total",
])  # fmt: skip
HEADINGS = st.sampled_from([
    "Date", "Posting Date", "Transaction Date", "Description", "Memo", "Amount", "Debit", "Credit",
    "Type", "Currency", "Original Amount", "Card No", "Category", "Reference", "Status", "Balance",
    "Valuta", "Something", "",
])  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    width = draw(st.integers(2, 6))
    delimiter = draw(st.sampled_from(",;\t"))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8))
    if draw(st.booleans()):
        rows.insert(0, draw(st.lists(HEADINGS, min_size=width, max_size=width)))
    return "\n".join(delimiter.join(f'"{c}"' if "," in c else c for c in r) for r in rows).encode()


@given(files())
@settings(max_examples=400, deadline=None)
def test_the_mapping_of_any_file_sent_back_reads_the_same(content: bytes) -> None:
    comes_back_the_same(content)


def test_the_sign_can_be_flipped() -> None:
    assert read(TWO).mapping.sign_convention is POSITIVE
    assert amounts(read(TWO, sign_convention=NEGATIVE)) == ["-4.50", "3.50"]


def test_a_flipped_file_of_one_sign_holds_only_credits() -> None:
    content = csv("2026-01-05,COFFEE,4.50", "2026-01-06,REFUND TEA,3.50")

    assert amounts(read(content)) == ["4.50", "-3.50"]
    assert amounts(read(content, sign_convention=NEGATIVE)) == ["-4.50", "-3.50"]


def test_debit_and_credit_can_be_flipped_too() -> None:
    content = csv("2026-01-05,A,4.50,", "2026-01-06,B,,3.50", header="Date,Name,Debit,Credit")

    assert amounts(read(content)) == ["4.50", "-3.50"]
    assert amounts(read(content, sign_convention=NEGATIVE)) == ["-4.50", "3.50"]


def test_ofx_can_be_flipped_and_nothing_else() -> None:
    content = ofx(("20260105", "COFFEE", "-4.50", "F1"))

    assert read(content).mapping == Mapping(sign_convention=NEGATIVE)
    assert amounts(read(content, sign_convention=POSITIVE)) == ["-4.50"]
    with pytest.raises(MappingDoesNotFit, match="only the sign"):
        read(content, date_order=DateOrder.DAY_FIRST)


def test_a_payment_is_only_a_payment_while_it_is_a_credit() -> None:
    content = csv("2026-01-05,COFFEE,4.50", "2026-01-06,PAYMENT - THANK YOU,-3.50")

    assert [row.is_payment for row in read(content).rows] == [False, True]
    flipped = read(content, sign_convention=NEGATIVE)
    assert [row.is_payment for row in flipped.rows] == [False, False]


@pytest.mark.parametrize(
    ("order", "day"),
    [("dayFirst", date(2026, 4, 3)), ("monthFirst", date(2026, 3, 4)),
     ("yearFirst", date(2003, 4, 26))],
)  # fmt: skip
def test_the_order_of_dates_can_be_said(order: str, day: date) -> None:
    parsed = read(csv("03/04/26,A,1.00"), date_order=DateOrder(order))

    assert days(parsed) == [day]
    assert parsed.mapping.date_order == order
    assert parsed.shape.date_order_sure


def test_an_order_that_reads_no_date_rejects_the_rows_and_says_why() -> None:
    parsed = read(csv("31/01/2026,A,1.00"), date_order=DateOrder.MONTH_FIRST)

    assert parsed.rows == []
    assert "31/01/2026" in parsed.rejected[0].reason


@pytest.mark.parametrize(
    ("cells", "told", "is_sure"),
    [
        (["03/04/2026", "05/04/2026"], "dayFirst", False),
        (["03/04/2026", "13/04/2026"], "dayFirst", True),
        (["03/04/2026", "03/14/2026"], "monthFirst", True),
        (["13/04/2026", "04/14/2026"], "monthFirst", False),
        (["13/04/2026", "04/14/2026", "14/04/2026"], "dayFirst", False),
        (["03/04/2026", "31/31/2026", "13/04/2026"], "dayFirst", True),
        (["26-05-01", "26-05-02", "26-05-03"], "yearFirst", False),
        (["26-05-30", "26-05-31"], "yearFirst", False),
        (["25-02-24", "25-03-24"], "dayFirst", False),
        (["26-05-01", "2026-05-02"], "yearFirst", False),
        (["01-05-26", "02-05-26", "13-05-26"], "dayFirst", True),
        (["05-01-26", "05-13-26"], "monthFirst", True),
        (["26/05/01", "26/05/02"], "dayFirst", True),
        (["04/04/2026"], None, True),
        (["2026-04-03"], "yearFirst", True),
        (["3 Apr 2026"], None, True),
    ],
)
def test_the_preview_can_tell_how_sure_the_order_is(
    cells: list[str], told: str | None, is_sure: bool
) -> None:
    parsed = read(csv(*(f"{cell},A,1.00" for cell in cells)))

    assert parsed.mapping.date_order == told
    assert parsed.shape.date_order_sure is is_sure


def test_another_column_can_be_chosen_by_heading_or_number() -> None:
    content = csv("2026-01-05,2026-01-07,A,B,1.00,2.00",
                  header="Date,Posted,Name,Shop,Amount,Total")  # fmt: skip

    for columns in (
        {Role.DATE: ["posted"], Role.DESCRIPTION: ["Shop"], Role.AMOUNT: ["Total"]},
        {Role.DATE: [1], Role.DESCRIPTION: [3], Role.AMOUNT: [5]},
    ):
        row = read(content, columns=columns).rows[0]
        assert (row.posted_on, row.description, str(row.amount)) == (date(2026, 1, 7), "B", "2.00")


def test_a_column_can_be_left_out() -> None:
    content = csv("2026-01-05,A,1.00,Food", header="Date,Name,Amount,Category")

    assert read(content).rows[0].source_category == "Food"
    assert read(content, columns={Role.CATEGORY: []}).rows[0].source_category is None


def test_debit_and_credit_instead_of_the_amount() -> None:
    content = csv("2026-01-05,A,1.00,", "2026-01-06,B,,2.00", header="Date,Name,Amount,In")

    parsed = read(content, columns={Role.DEBIT: ["Amount"], Role.CREDIT: ["In"]})

    assert amounts(parsed) == ["1.00", "-2.00"]


def test_a_decimal_sign_that_is_said_leaves_no_doubt() -> None:
    content = csv("2026-01-05,A,1.234")

    assert read(content).rows == []
    assert read(content).mapping.decimal_sign is None
    assert amounts(read(content, decimal_sign=",")) == ["1234"]
    assert amounts(read(content, decimal_sign=".")) == ["1.234"]


def test_the_headings_can_stand_elsewhere() -> None:
    content = b"Account,1\nWhen,What,How much\n2026-01-05,A,1.00\n"

    assert read(content).mapping.header_row == 2
    assert [row.row for row in read(content, header_row=0).rows] == [3]
    with pytest.raises(MappingDoesNotFit, match="line 9"):
        read(content, header_row=9)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({Role.DATE: [7]}, "column 7, but the file has 3"),
        ({Role.DATE: ["When"]}, "“When” is not a heading"),
        ({Role.DATE: ["Description"]}, "“Description” holds a date"),
        ({Role.AMOUNT: []}, "none with amounts"),
    ],
)
def test_a_mapping_of_another_file_is_refused_in_words(
    columns: dict[Role, list[int | str]], words: str
) -> None:
    with pytest.raises(MappingDoesNotFit, match=words):
        read(TWO, columns=columns)


def test_files_with_the_same_headings_have_one_key() -> None:
    def key(content: bytes, **said: Any) -> str | None:
        return read(content, **said).shape.header_key

    other = csv("05/02/2026,TEA,1.00", header="DATE,description,Amount ")
    assert key(TWO) == key(other) == key(TWO, sign_convention=NEGATIVE, header_row=0)
    assert key(TWO) != key(TWO.replace(b",", b";"))
    assert key(TWO) != key(csv("2026-01-05,A,1.00", header="Date,Merchant,Amount"))
    assert key(b"2026-01-05,A,1.00\n") == key(b"2026-02-07,B,-9.00\n")
    assert key(b"2026-01-05,A,1.00\n") != key(b"2026-02-07,-9.00,B\n")


@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
def test_a_delimiter_that_makes_no_rows_is_refused_in_words(delimiter: str) -> None:
    content = b"Datum;Text;Betrag\n05.01.2026;KAFFEE;4,50\n"

    with pytest.raises(MappingDoesNotFit, match="between the cells, no row has a date"):
        read(content, delimiter=delimiter)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_whatever_is_said_a_file_is_read_or_refused_in_words(path: Path) -> None:
    content = path.read_bytes()
    said = [{"delimiter": delimiter} for delimiter in ",;\t|"]
    said += [{"header_row": row} for row in (0, 1, 2, 3, 1000)]
    said += [{"columns": {Role.AMOUNT: [at]}} for at in range(3)]
    for one in said:
        for order in (None, *DateOrder):
            with contextlib.suppress(UnreadableStatement, MappingDoesNotFit):
                assert read(content, **one, date_order=order).shape.header_key


def test_the_only_line_under_a_header_row_that_is_said_may_be_no_row() -> None:
    with pytest.raises((MappingDoesNotFit, UnreadableStatement)):
        read(b"Datum;Text;Betrag\n05.01.2026;KAFFEE;4,50\n", header_row=2)


@pytest.mark.parametrize(
    "words",
    ["Zahlung - Danke", "ZAHLUNG, DANKE", "Vielen Dank f\u00fcr Ihre Zahlung",
     "Lastschrift Kartenabrechnung", "Ausgleich Kreditkarte", "Einzug vom Konto",
     "Pr\u00e9l\u00e8vement carte", "PAIEMENT - MERCI", "Su pago, gracias", "Recibo tarjeta",
     "Addebito in c/c", "Automatische incasso"],
)  # fmt: skip
def test_payments_to_the_card_are_known_in_other_languages(words: str) -> None:
    content = csv("2026-01-05,A,-1.00", "2026-01-06,B,-2.00", f'2026-01-07,"{words}",3.00')

    assert [row.is_payment for row in read(content).rows] == [False, False, True]


@pytest.mark.parametrize("shop", ["PAIEMENT CB MERCI PARIS", "BETALING DANKERS BOUW",
                                  "PAGO EN GRACIAS BAR", "DANKE BAECKEREI"])  # fmt: skip
def test_a_shop_called_thanks_is_a_shop(shop: str) -> None:
    account = csv(f"2026-01-05,{shop},-4.50", "2026-01-06,B,-2.00", "2026-01-07,SALARY,2500.00")

    assert [str(row.amount) for row in read(account).rows] == ["4.50", "2.00", "-2500.00"]
    card = csv(f"2026-01-05,{shop},4.50", "2026-01-06,B,2.00")
    assert [(str(row.amount), row.is_payment) for row in read(card).rows] == [
        ("4.50", False), ("2.00", False),
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["Rueckgabe Lastschrifteinzug", "R\u00fcckgabe Bankeinzug",
                                   "REJET PRELEVEMENT AUTOMATIQUE", "STORNO AUTOMATISCHE INCASSO",
                                   "Gutschrift Kartenrechnung Korrektur"])  # fmt: skip
def test_a_debit_that_was_given_back_offsets_its_charge(words: str) -> None:
    content = csv("2026-01-05,A,-1.00", "2026-01-06,B,-2.00", f'2026-01-07,"{words}",3.00')

    assert [row.is_payment for row in read(content).rows] == [False, False, False]


def test_a_sort_code_is_no_date() -> None:
    rows = b"40-05-16,12345678,05/01/2026,TESCO,-4.50\n40-05-16,12345678,06/01/2026,BP,-9.00\n"

    assert days(read(rows)) == [date(2026, 1, 5), date(2026, 1, 6)]
    headed = b"Sort code,40-05-16,Balance,120.50\n" + csv("05/01/2026,TESCO,-4.50")
    assert len(read(headed).rows) == 1


def test_what_a_bank_account_calls_its_bills_does_not_turn_its_signs() -> None:
    content = csv("2026-01-05,Bankeinzug Strom,-40.00", "2026-01-06,Bankeinzug Wasser,-20.00",
                  "2026-01-07,Gutschrift Meier,30.00", header="Datum,Text,Betrag")  # fmt: skip

    parsed = read(content)

    assert [row.amount for row in parsed.rows] == [Decimal(40), Decimal(20), Decimal(-30)]
    assert not any(row.is_payment for row in parsed.rows)
