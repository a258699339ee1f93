"""MT940, entry by entry; whole files are in tests/golden/statements."""

import logging
from decimal import Decimal

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.errors import MappingDoesNotFit, UnreadableStatement
from expenseflow.statements.parsing import Mapping, ParsedRow, ParsedStatement, mt940
from expenseflow.statements.parsing.mapping import SignConvention

HEAD = ":20:REF\n:25:37040044/0532013000\n:28C:1/1\n:60F:C260101EUR100,00\n"
FOOT = ":62F:C260131EUR95,00\n-\n"


def parse(entries: str, *, head: str = HEAD, foot: str = FOOT) -> ParsedStatement:
    return parsing.parse(f"{head}{entries}\n{foot}".encode())


def row(entries: str) -> ParsedRow:
    [found] = parse(entries).rows
    return found


@pytest.mark.parametrize(
    ("mark", "amount"),
    [("D", "5.00"), ("DR", "5.00"), ("C", "-5.00"), ("CR", "-5.00"), ("RC", "5.00"),
     ("RD", "-5.00"), ("RCR", "5.00"), ("RDR", "-5.00")],
)  # fmt: skip
def test_the_mark_says_which_way_the_money_goes(mark: str, amount: str) -> None:
    assert row(f":61:2601050105{mark}5,00NMSCNONREF").amount == Decimal(amount)


@pytest.mark.parametrize(
    "purpose",
    ["?20Zahlung mit 41111111?2111111111 Danke", "?20SVWZ+Karte 4111 1111?211111 1111?32SHOP"],
)
def test_a_card_number_that_is_broken_over_two_subfields_is_kept_nowhere(purpose: str) -> None:
    found = row(f":61:2601050105D5,00NMSCNONREF\n:86:166?00KARTE{purpose}")
    assert found.raw is not None
    assert "****1111" in found.raw
    assert "1111" not in (found.raw + found.description).replace("****1111", "")


@pytest.mark.parametrize(
    ("written", "amount"),
    [("5,", "5"), ("5,5", "5.5"), ("0,01", "0.01"), ("1234567890,12", "1234567890.12")],
)
def test_amounts_are_exact(written: str, amount: str) -> None:
    assert row(f":61:2601050105D{written}NMSCNONREF").amount == Decimal(amount)


@pytest.mark.parametrize(
    ("days", "posted_on"),
    [("2601050106", "2026-01-06"), ("260105", "2026-01-05"), ("260105    ", "2026-01-05"),
     ("2512310102", "2026-01-02"), ("2601021231", "2025-12-31"), ("991231", "1999-12-31")],
)  # fmt: skip
def test_the_day_of_booking_counts_with_its_own_year(days: str, posted_on: str) -> None:
    assert row(f":61:{days}D5,00NMSCNONREF").posted_on.isoformat() == posted_on


def test_entries_without_a_type_are_not_run_together() -> None:
    parsed = parse(":61:2601050105D5,00\n:86:ONE\n:61:2601060106D6,00\n:86:TWO")

    assert [(row.description, row.amount) for row in parsed.rows] == [
        ("ONE", Decimal("5.00")),
        ("TWO", Decimal("6.00")),
    ]


def test_words_below_the_closing_balance_belong_to_no_entry() -> None:
    parsed = parse(":61:2601050105D5,00NMSC\n:86:SHOP", foot=":62F:C260131EUR95,00\n:86:ALL\n")

    assert parsed.rows[0].description == "SHOP"


@pytest.mark.parametrize(
    ("details", "description"),
    [
        ("SHOP\nBERLIN", "SHOP BERLIN"),
        ("X" * 65 + "\nYZ", "X" * 65 + "YZ"),
        ("106?00KARTENZAHLUNG?20SVWZ+SHOP?32SHOP GMBH?33 BERLIN", "SHOP GMBH BERLIN"),
        ("106?00KARTENZAHLUNG?20EREF+1?21SVWZ+SHOP", "SHOP"),
        ("106?00KARTENZAHLUNG?20ABWE+REAL SHOP?32PROVIDER", "REAL SHOP"),
        ("106?00KARTENZAHLUNG", "KARTENZAHLUNG"),
        ("020~00POS~20ZAKUP~32SKLEP~33 SPOLKA", "SKLEP SPOLKA"),
        ("020<00POS<20ZAKUP", "ZAKUP"),
        ("/TRTP/IDEAL/IBAN/NL00/NAME/WINKEL/REMI/1/EREF/2", "WINKEL"),
        ("/EREF/1//CNTP/NL00/INGB/WINKEL/DELFT//REMI/USTD//X/", "WINKEL"),
        ("/REMI/USTD//Factuur 5/", "Factuur 5"),
        ("NONREF", "(no description)"),
    ],
)
def test_who_was_paid_is_found_as_each_country_writes_it(details: str, description: str) -> None:
    assert row(f":61:2601050105D5,00NMSCNONREF\n:86:{details}").description == description


def test_several_fields_of_words_are_all_read() -> None:
    found = row(":61:2601050105D5,00NMSCNONREF\n:86:SHOP\n:86:BERLIN")

    assert found.description == "SHOP BERLIN"


def test_what_was_paid_abroad_is_kept_with_the_sign_of_the_charge() -> None:
    found = row(":61:2601050105C5,00NMSCNONREF\n/OCMT/USD5,50/EXCH/1,1/\n:86:SHOP")

    assert (found.original_amount, found.original_currency) == (Decimal("-5.50"), "USD")


def test_each_statement_has_its_account_and_currency() -> None:
    other = ":20:2\n:25:NL91ABNA0417164300\n:60F:C260101USD1,\n:61:260106D1,NMSC\n"
    parsed = parse(":61:260105D5,00NMSC", foot=FOOT + other)

    assert [(row.account, row.currency) for row in parsed.rows] == [
        ("3000", "EUR"),
        ("4300", "USD"),
    ]
    assert (parsed.format, parsed.account, parsed.currency) == ("mt940", None, None)


def test_a_payment_to_the_card_is_recognised() -> None:
    assert row(":61:260105C5,00NMSC\n:86:PAYMENT RECEIVED - THANK YOU").is_payment


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("260231D5,00NMSC", "“260231” is not a date that can be read."),
        ("2601050231D5,00NMSC", "“0231” is not a date that can be read."),
        ("260105D1,2,3NMSC", "The amount “1,2,3” is not an amount."),
        ("260105D1.234,56NMSC", "The amount “1.234,56” is not an amount."),
        ("260105D0,00NMSC", "The amount is zero."),
        ("260105D1,23456NMSC", "The amount “1,23456” has more than four decimals."),
        ("260105EDR5,00NMSC", "The transaction is still pending."),
        ("garbage", "“garbage” is not an entry that can be read."),
        ("", "“” is not an entry that can be read."),
    ],
)
def test_a_bad_entry_is_the_reason_of_its_row_alone(entry: str, reason: str) -> None:
    parsed = parse(f":61:{entry}\n:86:X\n:61:260106D6,00NMSC\n:86:Y")

    assert [(one.row, one.reason) for one in parsed.rejected] == [(1, reason)]
    assert [row.description for row in parsed.rows] == ["Y"]


def test_what_cannot_be_read_is_not_written_into_the_log() -> None:
    logged: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: logged.append(record.getMessage())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        parse(":61:260105D5,00NMSC 4111111111111111\n:86:SECRET SHOP\n:61:garbage\n:86:X")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

    assert logged == []


def test_a_text_is_never_taken_for_a_path(tmp_path: object) -> None:
    with pytest.raises(UnreadableStatement, match="No transactions"):
        parsing.parse(f":20:{tmp_path}\n:25:{tmp_path}\n".encode())


def test_an_iban_of_somebody_else_is_not_kept_whole() -> None:
    found = row(":61:260105D5,00NMSC\n:86:106?00X?31DE02120300000000202051?32SHOP")

    assert "DE02120300000000202051" not in (found.raw or "")


def test_too_many_entries_are_refused() -> None:
    with pytest.raises(UnreadableStatement, match="split it"):
        parse(":61:260105D5,00NMSC\n" * (mt940.MAX_TRANSACTIONS + 1))


def test_the_sign_can_be_turned_and_nothing_else() -> None:
    content = f"{HEAD}:61:260105D5,00NMSC\n".encode()
    turned = Mapping(sign_convention=SignConvention.CHARGES_NEGATIVE)

    assert parsing.parse(content, mapping=turned).rows[0].amount == Decimal("-5.00")
    with pytest.raises(MappingDoesNotFit):
        parsing.parse(content, mapping=Mapping(header_row=1))


def test_the_mapping_that_came_out_reads_the_same_again() -> None:
    content = f"{HEAD}:61:260105D5,00NMSC\n:61:260106C6,00NMSC\n".encode()
    parsed = parsing.parse(content)

    assert parsing.parse(content, mapping=parsed.mapping) == parsed
