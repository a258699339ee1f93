"""Builds a test's world in three lines."""

import hashlib
import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart import service as charts
from expenseflow.identity.models import User
from expenseflow.kit.ids import new_id
from expenseflow.kit.period import first_day
from expenseflow.statements.models import Transaction

NOW = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


async def a_user(session: AsyncSession, email: str | None = None) -> UUID:
    """A person; returns the id."""
    user = User(id=new_id(), email=email or f"person{next(_numbers)}@example.com", created_at=NOW)
    session.add(user)
    await session.flush()
    return user.id


async def a_chart(session: AsyncSession) -> None:
    """The starter chart."""
    await charts.ensure_starter_chart(session)


async def some_transactions(
    session: AsyncSession,
    user_id: UUID,
    period: str = "2026-01",
    *,
    descriptions: Sequence[str] = ("BLUE BOTTLE COFFEE",),
    amount: str = "12.50",
    excluded: bool = False,
    is_payment: bool = False,
    day: date | None = None,
) -> list[UUID]:
    """One transaction for each description; returns their ids."""
    rows = [
        Transaction(
            id=new_id(),
            user_id=user_id,
            period=period,
            posted_on=day or first_day(period),
            description=description,
            amount=Decimal(amount),
            currency="USD",
            content_hash=hashlib.sha256(f"{next(_numbers)}".encode()).hexdigest(),
            occurrence=1,
            excluded=excluded,
            is_payment=is_payment,
            created_at=NOW,
        )
        for description in descriptions
    ]
    session.add_all(rows)
    await session.flush()
    return [row.id for row in rows]


def merchants(count: int, *, each: int = 1) -> list[str]:
    """`count` merchants nobody knows, with `each` lines apiece."""
    names = ["".join(chr(65 + (n // 26**p) % 26) for p in (2, 1, 0)) for n in range(count)]
    return [f"QZ{name} HOLDINGS" for name in names for _ in range(each)]
