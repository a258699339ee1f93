"""Fakes with no double in production; each is as small as what it stands for."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


class FakeClock:
    """Time that moves only when something sleeps, or when the test says so."""

    def __init__(self, start: datetime = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)


class CountingDoorbell:
    """Notes who was rung for; nobody answers."""

    def __init__(self) -> None:
        self.rung: list[UUID] = []

    async def ring(self, session: AsyncSession, job_id: UUID) -> str:
        _ = session
        self.rung.append(job_id)
        return str(len(self.rung))


class NoLimit:
    """Every job is one of the allowed ones."""

    def hit(self, user_id: UUID) -> None:
        pass
