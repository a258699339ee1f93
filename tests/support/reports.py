"""Rows that a report needs, written straight through the models, and a desk to work at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization.models import MemoryLesson
from expenseflow.categorization.outcomes import Suggestion
from expenseflow.chart.models import Account, Department
from expenseflow.identity.models import User
from expenseflow.infra.db import Database, advisory_lock
from expenseflow.kit.ids import new_id
from expenseflow.reports import service
from expenseflow.reports.rules import SettledLine
from expenseflow.statements.models import Transaction
from tests.support.identity import Visitors

NOW = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)
PERIOD = "2026-01"


async def add_user(session: AsyncSession) -> UUID:
    """A person; the id."""
    user = User(id=new_id(), email=f"{new_id()}@example.org", created_at=NOW)
    session.add(user)
    await session.flush()
    return user.id


async def add_chart(session: AsyncSession) -> None:
    """Three accounts, one of them out of use, and two departments."""
    for code, name, active in (
        ("66300", "Meals", True),
        ("64100", "Fuel", True),
        ("60000", "Old account", False),
    ):
        session.add(Account(code=code, name=name, active=active))
    for code, name in (("07", "Operations"), ("02", "Finance")):
        session.add(Department(code=code, name=name))
    await session.flush()


def transaction_row(user_id: UUID, number: int = 1, **changes: Any) -> dict[str, Any]:
    """The columns of one charge."""
    id_ = new_id()
    row = {
        "id": id_,
        "user_id": user_id,
        "period": PERIOD,
        "posted_on": date(2026, 1, 1 + number % 28),
        "description": f"SQ *BLUE BOTTLE {number:04}",
        "amount": Decimal("6.50"),
        "currency": "USD",
        "content_hash": id_.hex,
        "occurrence": 1,
        "is_payment": False,
        "excluded": False,
        "submitted_report_id": None,
        "created_at": NOW,
    }
    return {**row, **changes}


async def add_transactions(
    session: AsyncSession, user_id: UUID, how_many: int = 1, **changes: Any
) -> list[UUID]:
    """Charges of one month; their ids."""
    rows = [transaction_row(user_id, number, **changes) for number in range(1, how_many + 1)]
    await session.execute(insert(Transaction), rows)
    return [row["id"] for row in rows]


def settled(transaction_id: UUID, **changes: Any) -> SettledLine:
    """A line that a tier settled without a doubt."""
    values: dict[str, Any] = {
        "tier": "model",
        "gl_code": "66300",
        "department_code": "07",
        "vendor": "Blue Bottle Coffee",
        "description": "Coffee",
        "confidence": Decimal("0.9300"),
        "explanation": "The AI service chose it",
    }
    return SettledLine(transaction_id=transaction_id, **(values | changes))


def flagged(transaction_id: UUID, **changes: Any) -> SettledLine:
    """A line that nobody could settle."""
    values: dict[str, Any] = {
        "tier": "manual",
        "needs_review": True,
        "review_reason": "No AI service is configured",
    }
    return SettledLine(transaction_id=transaction_id, **(values | changes))


def suggestion(gl_code: str, tenths: str) -> Suggestion:
    """A likely account."""
    return Suggestion(gl_code, "07", Decimal(f"0.{tenths}"))


async def make_draft(
    session: AsyncSession,
    user_id: UUID,
    lines: Sequence[SettledLine],
    *,
    period: str = PERIOD,
    job_id: UUID | None = None,
) -> UUID:
    """What a job's final transaction does."""
    await advisory_lock(session, "period", user_id, period)
    return await service.bring_up_to_date(
        session, user_id, period, job_id=job_id, lines=lines, now=NOW
    )


@dataclass(frozen=True)
class Desk:
    """A person signed in, before a draft of three lines: settled, flagged, settled."""

    db: Database
    client: httpx.AsyncClient
    user_id: UUID
    report_id: UUID
    charges: Sequence[UUID]

    @property
    def path(self) -> str:
        return f"/api/reports/{self.report_id}"

    async def report(self) -> dict[str, Any]:
        return (await self.client.get(self.path)).raise_for_status().json()

    async def lines(self, **params: Any) -> list[dict[str, Any]]:
        """The lines as they are listed."""
        answer = await self.client.get(f"{self.path}/lines", params=params)
        return answer.raise_for_status().json()["items"]

    async def line(self, at: int) -> dict[str, Any]:
        """The line of the charge with that number."""
        wanted = str(self.charges[at])
        return next(line for line in await self.lines() if line["transactionId"] == wanted)

    async def edit(
        self, line: dict[str, Any], json: Any, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """PATCH the line as it was seen, unless the headers say otherwise."""
        if headers is None:
            headers = {"If-Match": f'"{line["version"]}"'}
        return await self.client.patch(
            f"{self.path}/lines/{line['id']}", json=json, headers=headers
        )

    async def submit(self, **body: Any) -> httpx.Response:
        return await self.client.post(f"{self.path}/submit", json=body)

    async def lessons(self) -> dict[UUID, str]:
        """What memory was taught: the account of each transaction."""
        async with self.db.transaction() as session:
            rows = await session.scalars(select(MemoryLesson))
            return {lesson.transaction_id: lesson.gl_code for lesson in rows}

    async def run_job(self, *lines: SettledLine) -> UUID:
        """Bring the month's draft up to date as a job does at its end."""
        async with self.db.transaction() as session:
            return await make_draft(session, self.user_id, lines)


async def open_desk(visitors: Visitors, email: str = "ann@example.com") -> Desk:
    """The desk of that person, in a database that has a chart already or not."""
    client = await visitors.signed_in(email)
    user_id = await visitors.user_id(email)
    database = visitors.parts.database
    async with database.transaction() as session:
        if await session.get(Account, "66300") is None:
            await add_chart(session)
        charges = await add_transactions(session, user_id, 3)
        lines = [settled(charges[0]), flagged(charges[1]), settled(charges[2])]
        report_id = await make_draft(session, user_id, lines)
    return Desk(database, client, user_id, report_id, charges)


@pytest.fixture
async def desk(visitors: Visitors) -> Desk:
    """Ann's desk."""
    return await open_desk(visitors)
