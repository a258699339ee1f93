"""Rows that a report needs, written straight through the models."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart.models import Account, Department
from expenseflow.identity.models import User
from expenseflow.infra.db import advisory_lock
from expenseflow.kit.ids import new_id
from expenseflow.reports import service
from expenseflow.reports.rules import SettledLine
from expenseflow.statements.models import Transaction

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
