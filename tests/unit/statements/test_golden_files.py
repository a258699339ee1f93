"""Files in the shapes of real banks, each with its rows written out by hand.

`FILE.expected` holds a line for each row that is imported,
`row | date | charge | currency | account | bank id | payment | category | description`,
and one for each that is not, `row ! reason`. `-` is nothing; `#` starts a comment.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.parsing import ParsedRow

GOLDEN = Path(__file__).parents[2] / "golden" / "statements"
FILES = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".expected")


def written(row: ParsedRow) -> str:
    cells = (
        str(row.row),
        row.posted_on.isoformat(),
        str(row.amount),
        row.currency or "-",
        row.account or "-",
        row.external_id or "-",
        "yes" if row.is_payment else "no",
        row.source_category or "-",
        row.description,
    )
    return " | ".join(cells)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_comes_out_to_the_cent_and_the_day(path: Path) -> None:
    parsed = parsing.parse(path.read_bytes())

    expected = path.with_name(path.name + ".expected").read_text(encoding="utf-8").splitlines()
    came_out = [written(row) for row in parsed.rows]
    came_out += [f"{one.row} ! {one.reason}" for one in parsed.rejected]
    assert came_out == [line for line in expected if not line.startswith("#")]


@pytest.mark.parametrize(
    ("name", "row", "amount", "currency"),
    [
        ("german_card_latin1.csv", 0, "10.00", "USD"),
        ("n26.csv", 1, "100.00", "USD"),
        ("n26_old.csv", 1, "100.0", "USD"),
        ("monzo.csv", 1, "8.20", "EUR"),
        ("ubs_card.csv", 0, "100.00", "USD"),
        ("camt053_v02.xml", 1, "10.00", "USD"),
        ("mt940_german.sta", 0, "50.00", "USD"),
    ],
)
def test_what_was_paid_abroad_is_kept_with_the_sign_of_the_charge(
    name: str, row: int, amount: str, currency: str
) -> None:
    found = parsing.parse((GOLDEN / name).read_bytes()).rows[row]

    assert (found.original_amount, found.original_currency) == (Decimal(amount), currency)


def test_every_file_names_its_shape() -> None:
    heads = [
        path.with_name(path.name + ".expected").read_text(encoding="utf-8").splitlines()[0]
        for path in FILES
    ]

    assert all(head.startswith("# shape: ") for head in heads)
    assert len(set(heads)) == len(FILES)


def test_an_ofx_file_says_its_account_and_currency() -> None:
    parsed = parsing.parse((GOLDEN / "card_sgml.ofx").read_bytes())

    assert (parsed.format, parsed.account, parsed.currency) == ("ofx", "1111", "CAD")
