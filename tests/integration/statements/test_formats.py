"""The same month in every format is the same transactions, once."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.support import statements as support
from tests.support.statements import counts

from expenseflow.infra.db import Database

GOLDEN = Path(__file__).parents[2] / "golden" / "statements"


@pytest.mark.parametrize(
    ("name", "format_name", "came_out"),
    [
        ("camt053_v02.xml", "camt.053", (6, 0, 1, 3)),
        ("camt052_v08.xml", "camt.053", (2, 0, 0, 4)),
        ("mt940_german.sta", "mt940", (6, 0, 0, 5)),
        ("card_sgml.ofx", "ofx", (1, 0, 1, 1)),
        ("ubs_card.csv", "csv", (2, 0, 1, 0)),
    ],
)
async def test_a_file_of_each_format_is_imported_once(
    db: Database, name: str, format_name: str, came_out: tuple[int, int, int, int]
) -> None:
    ledger = await support.ledger(db)
    content = (GOLDEN / name).read_bytes()

    first = await ledger.take(content)
    again = await ledger.take(content)

    assert first.format == format_name
    assert counts(first) == came_out
    assert (again.imported, again.duplicates) == (0, first.imported + first.payments)


async def test_what_was_paid_abroad_is_stored_with_it(db: Database) -> None:
    ledger = await support.ledger(db)

    await ledger.take((GOLDEN / "camt053_v02.xml").read_bytes())

    [found] = [one for one in await ledger.transactions() if one.original_currency == "USD"]
    assert (found.amount, found.currency, found.original_amount) == (
        Decimal("9.26"),
        "EUR",
        Decimal("10.00"),
    )


async def test_camt_after_mt940_of_the_same_bank_adds_nothing(db: Database) -> None:
    ledger = await support.ledger(db)
    mt940 = (
        b":20:X\n:25:DE89370400440532013000\n:60F:C260101EUR1,\n:61:260115D45,90NMSC\n:86:SHOP\n"
    )
    camt = (
        b"<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>"
        b'<Ntry><Amt Ccy="EUR">45.90</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>'
        b"<BookgDt><Dt>2026-01-15</Dt></BookgDt><AddtlNtryInf>SHOP</AddtlNtryInf></Ntry>"
        b"</Stmt></BkToCstmrStmt></Document>"
    )

    await ledger.take(mt940)

    assert counts(await ledger.take(camt)) == (0, 1, 0, 0)
