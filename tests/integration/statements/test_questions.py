"""What other slices ask about transactions."""

import uuid
from decimal import Decimal

import pytest
from tests.support import statements as support
from tests.support.statements import COFFEE, TEA, Ledger, csv, names

from expenseflow.infra.db import Database
from expenseflow.kit.money import Money
from expenseflow.kit.paging import PageRequest
from expenseflow.statements import service
from expenseflow.statements.errors import TransactionIsSubmitted, TransactionNotFound
from expenseflow.statements.rows import MonthOverview, PeriodCount

PAYMENT = "2026-01-09,PAYMENT RECEIVED - THANK YOU,-100.00"


@pytest.fixture
async def ledger(db: Database) -> Ledger:
    """January with a coffee, a tea and a payment; February with a cake."""
    ledger = await support.ledger(db)
    await ledger.take(csv(COFFEE, TEA, PAYMENT, "2026-02-01,CAKE,9.00"))
    return ledger


async def test_transactions_of_one_day_keep_the_order_of_their_file(db: Database) -> None:
    ledger = await support.ledger(db)
    shops = [f"SHOP {number}" for number in range(60)]
    await ledger.take(csv(*(f"2026-01-05,{shop},1.00" for shop in shops[:40])))
    await ledger.take(csv(*(f"2026-01-05,{shop},1.00" for shop in shops[40:])))

    async with db.transaction() as session:
        page = PageRequest(page=1, page_size=100)
        listed = await service.list_transactions(session, ledger.user_id, page)
        reportable = await service.reportable(session, ledger.user_id, "2026-01")

    assert names(listed.items) == shops
    assert names(reportable) == shops


async def test_reportable_leaves_out_payments_excluded_and_submitted(ledger: Ledger) -> None:
    coffee, tea, *_ = await ledger.ids()
    async with ledger.database.transaction() as session:
        before = await service.reportable(session, ledger.user_id, "2026-01")
        await service.set_excluded(session, ledger.user_id, coffee, True)
        excluded = await service.reportable(session, ledger.user_id, "2026-01")
        await service.mark_submitted(session, ledger.user_id, [tea], uuid.uuid4())
        after = await service.reportable(session, ledger.user_id, "2026-01")

    assert (names(before), names(excluded), names(after)) == (["COFFEE", "TEA"], ["TEA"], [])


async def test_count_in_period_says_what_is_left_and_what_is_submitted(ledger: Ledger) -> None:
    coffee, *_ = await ledger.ids()
    report_id = uuid.uuid4()
    async with ledger.database.transaction() as session:
        await service.mark_submitted(session, ledger.user_id, [coffee], report_id)
        january = await service.count_in_period(session, ledger.user_id, "2026-01")
        march = await service.count_in_period(session, ledger.user_id, "2026-03")

    assert january == PeriodCount(reportable=1, submitted=1, submitted_report_ids=[report_id])
    assert march == PeriodCount(0, 0, [])


async def test_a_transaction_is_marked_for_one_report_only(ledger: Ledger) -> None:
    ids = await ledger.ids()
    first, second = uuid.uuid4(), uuid.uuid4()
    async with ledger.database.transaction() as session:
        assert await service.mark_submitted(session, ledger.user_id, ids[:1], first) == 1
        assert await service.mark_submitted(session, ledger.user_id, ids[:2], second) == 1
        assert await service.unmark_submitted(session, ledger.user_id, first) == 1
        found = await service.get_transaction(session, ledger.user_id, ids[0])

    assert found.submitted_report_id is None


async def test_a_submitted_transaction_cannot_be_excluded(ledger: Ledger) -> None:
    coffee, *_ = await ledger.ids()
    async with ledger.database.transaction() as session:
        await service.mark_submitted(session, ledger.user_id, [coffee], uuid.uuid4())
        with pytest.raises(TransactionIsSubmitted):
            await service.set_excluded(session, ledger.user_id, coffee, True)


async def test_somebody_elses_transaction_does_not_exist(ledger: Ledger) -> None:
    coffee, *_ = await ledger.ids()
    stranger = (await support.ledger(ledger.database)).user_id
    async with ledger.database.transaction() as session:
        with pytest.raises(TransactionNotFound):
            await service.get_transaction(session, stranger, coffee)
        with pytest.raises(TransactionNotFound):
            await service.set_excluded(session, stranger, coffee, True)
        assert await service.mark_submitted(session, stranger, [coffee], uuid.uuid4()) == 0
        assert await service.reportable(session, stranger, "2026-01") == []
        assert await service.month_overview(session, stranger) == []
        page = await service.list_transactions(session, stranger, PageRequest(1, 20))

    assert page.total_count == 0


async def test_the_months_count_what_a_report_would_hold(ledger: Ledger) -> None:
    await ledger.take(csv("2026-01-07,HOTEL,80.00"), currency="EUR")
    async with ledger.database.transaction() as session:
        months = await service.month_overview(session, ledger.user_id)

    assert months == [
        MonthOverview("2026-02", 1, [Money(Decimal("9.0000"), "USD")]),
        MonthOverview(
            "2026-01", 3, [Money(Decimal("80.0000"), "EUR"), Money(Decimal("8.0000"), "USD")]
        ),
    ]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("cof", ["COFFEE"]),
        ("E", ["COFFEE", "TEA", "PAYMENT RECEIVED - THANK YOU", "CAKE"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("' OR 1=1 --", []),
    ],
)
async def test_a_search_is_for_the_text_as_it_stands(
    ledger: Ledger, q: str, found: list[str]
) -> None:
    assert names(await ledger.transactions(q=q)) == found
