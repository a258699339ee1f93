"""Honest files are read however many numbers they hold; only texts made of numbers are refused."""

from collections.abc import Callable

import pytest

from expenseflow.kit import cards
from expenseflow.statements import parsing
from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import weights

MOST_TRANSACTIONS = 100_000


def wide(cell: str, *, rows: int, columns: int) -> bytes:
    headings = ["Date", "Description", "Amount", *(f"Tax{n}" for n in range(columns))]
    row = ["2026-01-07", "Coffee", "5.00", *([cell] * columns)]
    return "\n".join([",".join(headings), *([",".join(row)] * rows)]).encode()


@pytest.mark.parametrize("cell", ["0.00", "4.50", "2026-01-14T12:30:11", "4111111111111112", "4"])
def test_columns_of_numbers_are_read_however_many_there_are(cell: str) -> None:
    content = wide(cell, rows=3000, columns=450)
    if cell in {"4.50", "4", "4111111111111112"}:
        assert cards.count_beginnings(content.decode()) > weights.MAX_BEGINNINGS

    assert len(parsing.parse(content).rows) == 3000


def ofx_transaction(n: int) -> str:
    return (
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260107120000.000[-5:EST]<TRNAMT>-{n}.50"
        f"<FITID>202601{n:012d}45039281736<REFNUM>{n:08d}4503928173645<SIC>5812"
        f"<NAME>SHOP #0{n}<MEMO>AUTH 445566 1-800-555-0199</STMTTRN>\n"
    )


def camt_entry(n: int) -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{n}.50</Amt><BookgDt><Dt>2026-01-07</Dt></BookgDt>'
        f"<AcctSvcrRef>450392817364{n:06d}</AcctSvcrRef><EndToEndId>{n:020d}</EndToEndId>"
        "<IBAN>DE45037040044053201300</IBAN></Ntry>"
    )


def mt940_entry(n: int) -> str:
    return (
        f":61:2601070107DR{n},50NMSC{n:016d}\n:86:005?00KARTE?10931?20SVWZ+RECHNUNG {n}"
        f"?21450392817364503928173?22EREF+{n}?30COBADEFF?31DE45037040044053201300?32SHOP\n"
    )


@pytest.mark.parametrize("transaction", [ofx_transaction, camt_entry, mt940_entry])
def test_transactions_with_long_references_do_not_weigh_too_much(
    transaction: Callable[[int], str],
) -> None:
    lines = "".join(map(transaction, range(1000, 2000))).split("\n")

    weight = sum(map(cards.count_beginnings, lines))

    assert weight * MOST_TRANSACTIONS / 1000 <= weights.MAX_BEGINNINGS


def test_iso_times_ibans_and_balances_in_each_of_many_rows_do_not_weigh_too_much() -> None:
    cells = ["Coffee 2026-01-14 12:30", "DE45 0370 4004 4053 2013 00", "4503928173645039"]

    weight = sum(map(cards.count_beginnings, cells))

    assert weight * MOST_TRANSACTIONS <= weights.MAX_BEGINNINGS


def test_descriptions_made_of_numbers_are_refused() -> None:
    content = b"Date,Description,Amount\n" + (b"2026-01-07," + b"1 2 7 " * 250 + b",5.00\n") * 2000

    with pytest.raises(UnreadableStatement, match="too many numbers"):
        parsing.parse(content)
