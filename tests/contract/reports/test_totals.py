"""GET /api/reports/{id}/totals."""

from decimal import Decimal
from typing import Any

import pytest
from tests.support import reports as make
from tests.support.identity import Visitors
from tests.support.reports import Desk


async def totals(desk: Desk) -> list[dict[str, Any]]:
    answer = await desk.client.get(f"{desk.path}/totals")
    assert answer.status_code == 200, answer.text
    return answer.json()["currencies"]


async def test_totals_are_by_account_and_department_with_names(desk: Desk) -> None:
    assert await totals(desk) == [
        {
            "currency": "USD",
            "lineCount": 3,
            "amount": "19.50",
            "byAccount": [
                {"code": "66300", "name": "Meals", "lineCount": 2, "amount": "13.00"},
                {"code": None, "name": None, "lineCount": 1, "amount": "6.50"},
            ],
            "byDepartment": [
                {"code": "07", "name": "Operations", "lineCount": 2, "amount": "13.00"},
                {"code": None, "name": None, "lineCount": 1, "amount": "6.50"},
            ],
        }
    ]


async def test_currencies_stand_apart_and_add_up_to_the_reports_totals(desk: Desk) -> None:
    amounts = {"JPY": ["1200", "-1"], "USD": ["0.0050", "-19.505"], "EUR": ["0.10"] * 3}
    settled = []
    async with desk.db.transaction() as session:
        for at, (currency, each) in enumerate(amounts.items()):
            for amount in each:
                (id_,) = await make.add_transactions(
                    session, desk.user_id, currency=currency, amount=Decimal(amount)
                )
                settled.append(make.settled(id_, gl_code=("64100", "66300", None)[at]))
    await desk.run_job(*settled)
    found = await totals(desk)
    assert [{"currency": each["currency"], "amount": each["amount"]} for each in found] == (
        await desk.report()
    )["totals"]
    assert sum(each["lineCount"] for each in found) == (await desk.report())["lineCount"]
    for each in found:
        for part in ("byAccount", "byDepartment"):
            assert sum(Decimal(row["amount"]) for row in each[part]) == Decimal(each["amount"])
            assert sum(row["lineCount"] for row in each[part]) == each["lineCount"]


async def test_an_account_out_of_use_keeps_its_name(desk: Desk) -> None:
    await desk.run_job(*(make.settled(id_, gl_code="60000") for id_ in desk.charges))
    [usd] = await totals(desk)
    assert usd["byAccount"] == [
        {"code": "60000", "name": "Old account", "lineCount": 3, "amount": "19.50"}
    ]


async def test_a_report_without_lines_has_no_totals(desk: Desk) -> None:
    for charge in desk.charges:
        await desk.client.patch(f"/api/transactions/{charge}", json={"excluded": True})
    assert await totals(desk) == []


@pytest.mark.parametrize("id_", ["6f1c2a52-2a51-4a51-8a51-9a5160c1f001", "no-uuid"])
async def test_a_report_that_is_not_there_is_404(desk: Desk, id_: str) -> None:
    assert (await desk.client.get(f"/api/reports/{id_}/totals")).status_code == 404


async def test_somebody_elses_totals_are_404(desk: Desk, visitors: Visitors) -> None:
    stranger = await visitors.signed_in("bob@example.com")
    assert (await stranger.get(f"{desk.path}/totals")).status_code == 404
