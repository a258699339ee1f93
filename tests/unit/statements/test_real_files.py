"""The real exports of banks beside the repository; they are never copied into it."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from benchmarks import dialects

from expenseflow.statements import parsing
from expenseflow.statements.parsing import ParsedStatement

DATA = Path(
    os.environ.get("EXPENSEFLOW_SAMPLE_DATA")
    or Path(__file__).parents[3].parent / "shared" / "data"
)
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="no sample data: set EXPENSEFLOW_SAMPLE_DATA to its folder"
)


EXPECTED = Path(__file__).parents[2] / "golden" / "real_statements"


def parsed(name: str) -> ParsedStatement:
    return parsing.parse((DATA / name).read_bytes())


def total(statement: ParsedStatement) -> Decimal:
    return sum((row.amount for row in statement.rows), Decimal(0))


@pytest.mark.parametrize(
    ("name", "rows", "rejected", "charges"),
    [
        ("at_raiffeisen_noheader_semicolon_commadec.csv", 73, [71], "4580.70"),
        ("de_card_latin1_fxcolumns.csv", 1, [], "5.00"),
        ("ie_bankofireland_debit_credit.csv", 27, [], "419.61"),
        ("ofx_anzcc.ofx", 1, [], "5.50"),
        ("ofx_bank_medium.ofx", 3, [], "345.27"),
        ("ofx_date_missing.ofx", 0, [1, 2, 3], "0"),
        ("ofx_ofx-v102-empty-tags.ofx", 1, [], "-12.34"),
        ("sg_ocbc_preamble_multiline.csv", 8, [], "173.28"),
        ("uk_johnlewis_card_bom_pound_pending.csv", 10, [2, 3, 4], "285.80"),
    ],
)
def test_a_statement_comes_out_whole(
    name: str, rows: int, rejected: list[int], charges: str
) -> None:
    statement = parsed(f"statements/{name}")

    assert len(statement.rows) == rows
    assert [one.row for one in statement.rejected] == rejected
    assert total(statement) == Decimal(charges)


@pytest.mark.parametrize("path", sorted(EXPECTED.iterdir()), ids=lambda path: path.stem)
def test_every_row_of_a_real_file_comes_out_to_the_cent_and_the_day(path: Path) -> None:
    outcome = dialects.outcome(path, (DATA / "statements" / path.stem).read_bytes())

    assert outcome.wrong == []


@pytest.mark.parametrize(
    ("name", "account", "currency"),
    [
        ("at_raiffeisen_noheader_semicolon_commadec.csv", None, "EUR"),
        ("ofx_anzcc.ofx", "1234", "AUD"),
        ("ofx_bank_medium.ofx", "5678", "CAD"),
        ("ofx_date_missing.ofx", "9749", "USD"),
        ("sg_ocbc_preamble_multiline.csv", "6666", "SGD"),
        ("uk_johnlewis_card_bom_pound_pending.csv", None, "GBP"),
    ],
)
def test_account_and_currency_come_from_the_file(
    name: str, account: str | None, currency: str
) -> None:
    statement = parsed(f"statements/{name}")

    assert (statement.account, statement.currency) == (account, currency)


@pytest.mark.parametrize(
    ("name", "rows", "charges", "first", "last"),
    [
        ("city_cards_2017-01_2017-03.csv", 1141, "178660.96", "2017-01-01", "2017-03-30"),
        ("city_cards_2021-08_2021-11.csv", 15733, "1561524.03", "2021-05-05", "2021-12-03"),
    ],
)
def test_thousands_of_lines_lose_nothing(
    name: str, rows: int, charges: str, first: str, last: str
) -> None:
    statement = parsed(name)

    assert len(statement.rows) == rows
    assert statement.rejected == []
    assert total(statement) == Decimal(charges)
    days = [row.posted_on.isoformat() for row in statement.rows]
    assert (min(days), max(days)) == (first, last)
