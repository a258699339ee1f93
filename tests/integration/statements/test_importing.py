"""Files into the real database: what is new, what is there already, and who races whom."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from tests.support import statements as support
from tests.support.statements import COFFEE, TEA, counts, csv, ofx

from expenseflow.infra.db import Database
from expenseflow.kit.paging import PageRequest
from expenseflow.statements import service
from expenseflow.statements.errors import UnknownCurrency, UnreadableStatement
from expenseflow.statements.models import Sighting, Statement, Transaction


async def stored(database: Database) -> tuple[int, int]:
    async with database.transaction() as session:
        files = await session.scalar(select(func.count()).select_from(Statement))
        rows = await session.scalar(select(func.count()).select_from(Transaction))
    return files or 0, rows or 0


async def test_a_file_is_imported_once(db: Database) -> None:
    ledger = await support.ledger(db)

    first = await ledger.take(csv(COFFEE, COFFEE, TEA))
    again = await ledger.take(csv(COFFEE, COFFEE, TEA))

    assert counts(first) == (3, 0, 0, 0)
    assert counts(again) == (0, 3, 0, 0)
    assert (first.periods, again.periods) == (["2026-01"], ["2026-01"])
    assert len(await ledger.transactions()) == 3


async def test_a_file_with_one_more_coffee_adds_that_one(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(csv(COFFEE, TEA))

    assert counts(await ledger.take(csv(COFFEE, COFFEE))) == (1, 1, 0, 0)


async def test_every_row_leaves_a_sighting_of_its_transaction(db: Database) -> None:
    ledger = await support.ledger(db)

    first = await ledger.take(csv(COFFEE, COFFEE, TEA))
    second = await ledger.take(csv(TEA, COFFEE))

    seen_first, seen_second = [await ledger.sightings(one.id) for one in (first, second)]
    assert [row for row, _ in seen_first] == [2, 3, 4]
    assert len({transaction_id for _, transaction_id in seen_first}) == 3
    by_row = dict(seen_first)
    assert dict(seen_second)[2] == by_row[4]
    assert dict(seen_second)[3] in {by_row[2], by_row[3]}


async def test_ofx_after_csv_of_the_same_month_adds_nothing(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(csv(COFFEE, COFFEE, TEA), account="1234")
    same_month = ofx(
        ("20260105", "COFFEE", "-4.50", "F1"),
        ("20260105", "COFFEE", "-4.50", "F2"),
        ("20260106", "TEA", "-3.50", "F3"),
    )

    assert counts(await ledger.take(same_month)) == (0, 3, 0, 0)
    assert counts(await ledger.take(same_month)) == (0, 3, 0, 0)


async def test_the_bank_id_found_later_is_kept(db: Database) -> None:
    """Once the OFX has named a CSV row, another description with that id is the same one."""
    ledger = await support.ledger(db)
    await ledger.take(csv(COFFEE), account="1234")
    await ledger.take(ofx(("20260105", "COFFEE", "-4.50", "F1")))

    assert counts(await ledger.take(ofx(("20260105", "COFFEE SEATTLE", "-4.50", "F1")))) == (
        0, 1, 0, 0,
    )  # fmt: skip


async def test_csv_after_ofx_of_the_same_month_adds_nothing(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(
        ofx(("20260105", "COFFEE", "-4.50", "F1"), ("20260106", "TEA", "-3.50", "F2"))
    )

    assert counts(await ledger.take(csv(COFFEE, TEA), account="1234")) == (0, 2, 0, 0)


async def test_the_same_id_with_another_amount_is_another_transaction(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(ofx(("20260105", "COFFEE", "-4.50", "F1")))

    assert counts(await ledger.take(ofx(("20260105", "COFFEE", "-5.50", "F1")))) == (1, 0, 0, 0)


async def test_an_identical_repeat_of_an_id_inside_a_file_is_a_duplicate(db: Database) -> None:
    ledger = await support.ledger(db)
    row = ("20260105", "COFFEE", "-4.50", "F1")

    done = await ledger.take(ofx(row, row))

    assert counts(done) == (1, 1, 0, 0)
    assert len(await ledger.sightings(done.id)) == 2


async def test_another_card_or_currency_is_another_transaction(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(csv(COFFEE), account="1234")
    other, third = csv(COFFEE) + b"\n", csv(COFFEE) + b"\n\n"

    assert counts(await ledger.take(other, account="5678")) == (1, 0, 0, 0)
    assert counts(await ledger.take(third, account="1234", currency="CAD")) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"account": "1234"}),
        ({"account": "1234"}, {}),
        ({"account": "1234"}, {"account": "5678", "currency": "EUR"}),
        ({"currency": "EUR"}, {"currency": "CAD"}),
        ({"currency": "KWD"}, {"currency": "USD"}),
        ({"currency": "USD"}, {"currency": "GBP"}),
    ],
)
async def test_the_same_bytes_count_with_what_was_said_the_first_time(
    db: Database, first: dict[str, str], second: dict[str, str]
) -> None:
    ledger = await support.ledger(db)
    content = csv("03/04/2026,A,4.50", "03/04/2026,B,2", "03/05/2026,C,1234.500")

    done = [await ledger.take(content, **given) for given in (first, second, second)]

    assert [counts(one) for one in done] == [(3, 0, 0, 0), (0, 3, 0, 0), (0, 3, 0, 0)]
    assert [one.imported_before for one in done] == [False, True, True]
    assert len({(one.account, one.currency) for one in done}) == 1
    assert len(await ledger.transactions()) == 3


async def test_the_same_bytes_of_another_user_are_new(db: Database) -> None:
    ann, bob = await support.ledger(db), await support.ledger(db)
    await ann.take(csv(COFFEE), account="1234")

    done = await bob.take(csv(COFFEE), account="5678")

    assert (counts(done), done.account, done.imported_before) == ((1, 0, 0, 0), "5678", False)


async def test_another_user_has_transactions_of_their_own(db: Database) -> None:
    ann, bob = await support.ledger(db), await support.ledger(db)

    await ann.take(csv(COFFEE))

    assert counts(await bob.take(csv(COFFEE))) == (1, 0, 0, 0)
    assert len(await bob.transactions()) == 1


async def test_two_imports_of_one_file_at_once_import_it_once(db: Database) -> None:
    ledger = await support.ledger(db)
    content = support.month(200)

    done = await asyncio.gather(*(ledger.take(content) for _ in range(4)))

    assert sorted(one.imported for one in done) == [0, 0, 0, 200]
    assert sum(one.duplicates for one in done) == 600
    assert (await stored(db)) == (4, 200)


async def test_overlapping_files_at_once_import_every_row_once(db: Database) -> None:
    ledger = await support.ledger(db)
    lines = support.month(300).decode().splitlines()
    head, rows = lines[0], lines[1:]
    files = ["\n".join([head, *rows[start : start + 200]]).encode() for start in (0, 50, 100)]

    await asyncio.gather(*(ledger.take(content) for content in files))

    assert (await stored(db)) == (3, 300)


async def test_account_and_currency_come_from_the_file_then_the_form_then_the_setting(
    db: Database,
) -> None:
    ledger = await support.ledger(db)
    header = "Date,Description,Amount,Currency,Card No."

    await ledger.take(csv("2026-01-01,A,1.00,EUR,9999", header=header), account="x", currency="GBP")
    await ledger.take(csv("2026-01-02,B,1.00"), account="4111 1111 1111 1111", currency="gbp")
    await ledger.take(csv("2026-01-03,C,1.00", header="Date,Merchant,Amount"))

    found = [(row.account, row.currency) for row in await ledger.transactions()]
    assert found == [("9999", "EUR"), ("1111", "GBP"), (None, "USD")]
    assert [one.account for one in ledger.imports] == ["9999", "1111", None]


SOURCES = {
    "file": (["2026-01-01,A,1.00,EUR"], {"currency": "GBP"}, "EUR", "file"),
    "file, differing": (["2026-01-01,A,1.00,EUR", "2026-01-01,B,1.00,CHF"], {}, None, "file"),
    "form": (["2026-01-01,A,1.00,"], {"currency": "gbp"}, "GBP", "form"),
    "default": (["2026-01-01,A,1.00,"], {}, "USD", "default"),
    "every row rejected": (["2026-01-01,A,NaN,"], {"currency": "CHF"}, "CHF", "form"),
}


@pytest.mark.parametrize(("rows", "given", "currency", "source"), SOURCES.values(), ids=SOURCES)
async def test_an_import_tells_its_currency_and_who_said_so(
    db: Database, rows: list[str], given: dict[str, str], currency: str | None, source: str
) -> None:
    ledger = await support.ledger(db)
    content = csv(*rows, header="Date,Description,Amount,Currency")

    done = await ledger.take(content, **given)

    assert (done.currency, done.currency_source) == (currency, source)
    async with db.transaction() as session:
        page = await service.list_statements(session, ledger.user_id, PageRequest(1, 10))
    assert page.items == [done]


async def test_a_sparkasse_export_is_in_euros(db: Database) -> None:
    ledger = await support.ledger(db)
    header = "Buchungstag;Beguenstigter/Zahlungspflichtiger;Betrag;Waehrung"

    done = await ledger.take(csv("05.01.26;Kiosk;-4,50;EUR", header=header))

    assert (done.currency, done.currency_source) == ("EUR", "file")
    assert [row.currency for row in await ledger.transactions()] == ["EUR"]


@pytest.mark.parametrize("currency", ["EURO", "ZZZ", "12", "€"])
async def test_a_currency_that_does_not_exist_stores_nothing(db: Database, currency: str) -> None:
    ledger = await support.ledger(db)

    with pytest.raises(UnknownCurrency):
        await ledger.take(csv(COFFEE), currency=currency)

    assert await stored(db) == (0, 0)


async def test_an_unreadable_file_stores_nothing(db: Database) -> None:
    ledger = await support.ledger(db)

    with pytest.raises(UnreadableStatement):
        await ledger.take(b"PK\x03\x04")

    assert await stored(db) == (0, 0)


async def test_no_card_number_reaches_the_database(db: Database) -> None:
    ledger = await support.ledger(db)
    header = "Date,Description,Amount,Card Number,Reference,Category"
    row = f"2026-01-05,CARD 4111-1111-1111-1111,4.50{',4111111111111111' * 3}"

    await ledger.take(csv(row, header=header), account="4111111111111111")

    async with db.transaction() as session:
        for table in (Transaction, Statement, Sighting):
            rows = await session.execute(select(table.__table__))
            assert "1111111111" not in str(rows.all()).replace("-", "")


async def test_a_period_is_the_month_of_the_transaction_as_printed(db: Database) -> None:
    ledger = await support.ledger(db)
    header = "Transaction Date,Post Date,Description,Amount"

    done = await ledger.take(csv("01/31/2026,02/02/2026,A,1.00", header=header))

    assert done.periods == ["2026-01"]
    assert [row.period for row in await ledger.transactions()] == ["2026-01"]


async def test_payments_are_told_apart_and_rejected_rows_listed(db: Database) -> None:
    ledger = await support.ledger(db)
    content = csv(COFFEE, "2026-01-09,PAYMENT RECEIVED - THANK YOU,-100.00", "2026-01-10,X,NaN")

    done = await ledger.take(content)

    assert counts(done) == (1, 0, 1, 1)
    assert done.rejected == [{"row": 4, "reason": "The amount “NaN” is not an amount."}]
    assert [row.is_payment for row in await ledger.transactions()] == [False, True]


async def test_amounts_are_stored_exactly(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(csv("2026-01-05,A,999999999999.9999", "2026-01-06,B,0.0001"))

    found = [row.amount for row in await ledger.transactions()]
    assert found == [Decimal("999999999999.9999"), Decimal("0.0001")]


async def test_five_thousand_rows_in_and_again(db: Database) -> None:
    ledger = await support.ledger(db)
    content = support.month(5000)

    assert counts(await ledger.take(content)) == (5000, 0, 0, 0)
    assert counts(await ledger.take(content)) == (0, 5000, 0, 0)
