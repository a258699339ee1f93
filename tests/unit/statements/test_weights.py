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


APART = "4    5    4    4    6    " * 60


def in_csv(written: str) -> str:
    return "Date,Description,Amount\n" + f"2026-01-07,{written},5.00\n" * 5000


def in_ofx(written: str) -> str:
    transaction = f"<STMTTRN><DTPOSTED>20260107<TRNAMT>-1.00<NAME>{written}</STMTTRN>"
    return f"OFXHEADER:100\n<OFX><BANKTRANLIST>{transaction * 5000}</BANKTRANLIST></OFX>"


def in_camt(*written: str) -> str:
    texts = "".join(f"<Ustrd>{one}</Ustrd>" for one in written)
    entry = (
        '<Ntry><Amt Ccy="EUR">1.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt>'
        "<Dt>2026-01-07</Dt></BookgDt><NtryDtls><TxDtls><RmtInf>"
        f"{texts}</RmtInf></TxDtls></NtryDtls></Ntry>"
    )
    return f"<Document><BkToCstmrStmt><Stmt>{entry * 5000}</Stmt></BkToCstmrStmt></Document>"


def in_mt940(*lines: str) -> str:
    entry = ":61:2601070107DR1,50NMSC1\n:86:" + "".join(f"{line}\n" for line in lines)
    return ":20:X\n:25:1\n:60F:C260101EUR1,00\n" + entry * 15_000


@pytest.mark.parametrize(
    "content",
    [
        in_csv(APART),
        in_csv(APART.replace("    ", "\u200b" * 4)),
        in_ofx(APART),
        in_ofx("&#52;-" * 300),
        in_ofx("4\n \n-" * 300),
        in_camt(APART),
        in_camt("&#52;-" * 300),
        in_camt(*["4-4-4-4-4"] * 60),
        in_mt940(*["4-4-4-4-4"] * 19),
    ],
    ids=[
        "gaps",
        "unseen",
        "OFX",
        "OFX-entity",
        "OFX-lines",
        "CAMT",
        "CAMT-entity",
        "Ustrd",
        "MT940",
    ],
)
def test_digits_that_come_together_when_a_text_is_made_ready_weigh_as_any(content: str) -> None:
    with pytest.raises(UnreadableStatement, match="too many numbers"):
        parsing.parse(content.encode())


def test_a_wrong_cell_is_searched_only_as_far_as_it_is_quoted() -> None:
    heap, row = "4-5-" * 300, "2026-01-07,Coffee,5.00\n"
    wrong = [f"{heap},Coffee,5.00\n", f"2026-01-07,Coffee,NOTE {heap}\n"]

    parsed = parsing.parse(("Date,Description,Amount\n" + row * 9 + "".join(wrong)).encode())

    assert len(parsed.rows) == 9
    assert [one.reason.partition("”")[0].partition("“")[2] for one in parsed.rejected] == [
        "…",
        "NOTE…",
    ]
