"""The chart in the database."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart import service
from expenseflow.chart.errors import InvalidChart
from expenseflow.chart.service import ChartEntry, Loading
from expenseflow.infra.db import Database

# The chart is nobody's own, so what an earlier test committed would be seen here.
pytestmark = pytest.mark.usefixtures("db")


async def test_the_starter_chart_comes_once(session: AsyncSession) -> None:
    assert await service.ensure_starter_chart(session) is True
    chart = await service.load_chart(session)
    assert "66300" in chart.account_codes
    assert "07" in chart.department_codes
    assert await service.ensure_starter_chart(session) is False
    assert await service.load_chart(session) == chart


async def test_the_starter_chart_leaves_a_loaded_one_alone(session: AsyncSession) -> None:
    await service.load_accounts_csv(session, b"code,name\n1,Mine\n")
    assert await service.ensure_starter_chart(session) is True
    chart = await service.load_chart(session)
    assert chart.account_codes == {"1"}
    assert len(chart.department_codes) == 10


async def test_two_first_starts_at_once_make_one_chart(db: Database) -> None:
    async def start() -> bool:
        async with db.transaction() as session:
            return await service.ensure_starter_chart(session)

    assert sorted(await asyncio.gather(*(start() for _ in range(8)))) == [False] * 7 + [True]


async def test_a_file_updates_adds_and_deactivates(session: AsyncSession) -> None:
    await service.load_accounts_csv(session, b"code,name,description\n1,One,first\n2,Two,\n")
    done = await service.load_accounts_csv(session, b"code,name\n2,Second\n3,Three\n")
    chart = await service.load_chart(session)
    assert done == Loading(loaded=2, deactivated=1, active_before=2)
    assert chart.accounts == (
        ChartEntry("1", "One", "first", active=False),
        ChartEntry("2", "Second"),
        ChartEntry("3", "Three"),
    )
    assert chart.account_codes == {"2", "3"}


async def test_a_deactivated_code_comes_back_with_its_file(session: AsyncSession) -> None:
    for content in (b"code,name\n1,One\n", b"code,name\n2,Two\n", b"code,name\n1,One\n"):
        await service.load_departments_csv(session, content)
    assert (await service.load_chart(session)).department_codes == {"1"}


async def test_a_wrong_file_changes_nothing(session: AsyncSession) -> None:
    await service.load_accounts_csv(session, b"code,name\n1,One\n")
    before = await service.load_chart(session)
    with pytest.raises(InvalidChart):
        await service.load_accounts_csv(session, b"code,name\n2,Two\n2,Twice\n")
    assert await service.load_chart(session) == before


async def test_two_thousand_accounts_load(session: AsyncSession) -> None:
    rows = b"".join(b"%d,Account %d\n" % (code, code) for code in range(2_000))
    first = await service.load_accounts_csv(session, b"code,name\n" + rows)
    second = await service.load_accounts_csv(session, b"code,name\n" + rows)
    assert first == Loading(loaded=2_000, deactivated=0, active_before=0)
    assert second == Loading(loaded=2_000, deactivated=0, active_before=2_000)
    assert len((await service.load_chart(session)).account_codes) == 2_000


async def test_the_starter_chart_can_be_gone_back_to(session: AsyncSession) -> None:
    await service.ensure_starter_chart(session)
    before = await service.load_chart(session)
    await service.load_accounts_csv(session, b"code,name\n66300,Lunch\n")
    await service.load_departments_csv(session, b"code,name\n07,Ops\n")

    done = await service.load_starter_accounts(session)
    await service.load_starter_departments(session)

    assert done == Loading(loaded=43, deactivated=0, active_before=1)
    assert await service.load_chart(session) == before
