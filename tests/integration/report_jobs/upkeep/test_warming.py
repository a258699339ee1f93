"""What is done at night: who was paid, and with leave the AI service is asked ahead."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support import factories, statements, workers
from tests.support.fakes import FakeClock
from tests.support.simulator import completer
from tests.support.statements import Ledger

from expenseflow.categorization.model_tier import ModelTier
from expenseflow.infra.db import Database
from expenseflow.kit.clock import Clock, SystemClock
from expenseflow.pacing.messages import Policy
from expenseflow.pacing.service import SharedPacing
from expenseflow.report_jobs.rules import Status
from expenseflow.report_jobs.running import Workshop
from expenseflow.report_jobs.upkeep.warming import Warmed, Warmer, somebody_waits
from expenseflow.report_jobs.upkeep.yielding import LOOK_SECONDS, OLD_AFTER_SECONDS, Yielding
from expenseflow.simulator import Simulator, behaviour

OPEN = Policy(requests_per_minute=60_000, window=60.0)
CLOCK = SystemClock()


@pytest.fixture
async def provider() -> AsyncGenerator[Simulator]:
    with Simulator() as running:
        yield running


async def _imported(db: Database, *descriptions: str, days_ago: int = 0) -> UUID:
    """A person who has imported these charges."""
    ledger = await statements.ledger(db)
    async with db.transaction() as session:
        await factories.a_chart(session)
    await _import(ledger, *descriptions, days_ago=days_ago)
    return ledger.user_id


async def _import(ledger: Ledger, *descriptions: str, days_ago: int = 0) -> None:
    rows = [f"2026-01-{day:02d},{text},{day}.00" for day, text in enumerate(descriptions, 1)]
    now = CLOCK.now() - timedelta(days=days_ago)
    await ledger.take(statements.csv(*rows), now=now)


def _shop(db: Database, tier: ModelTier | None = None, clock: Clock = CLOCK) -> Workshop:
    return Workshop(
        database=db, clock=clock, model_tier=tier, model_name="test-model", deadline_seconds=600
    )


async def _warm_here(db: Database) -> Warmed:
    return await Warmer(_shop(db)).warm()


@asynccontextmanager
async def _warmer(
    db: Database,
    provider: Simulator,
    is_busy: Callable[[], Awaitable[bool]] | None = None,
    *,
    patience: float = 120,
    old_after: float = OLD_AFTER_SECONDS,
) -> AsyncGenerator[Warmer]:
    """The one that may ask this provider."""
    shared = SharedPacing(db, "test-provider", OPEN)
    is_busy = is_busy or partial(somebody_waits, db)
    pacing = Yielding(shared, CLOCK, is_busy, old_after=old_after)
    async with completer(provider) as client:
        tier = ModelTier(client, pacing, CLOCK, outage_patience=patience)
        yield Warmer(_shop(db, tier), pacing)


async def _report(db: Database, provider: Simulator, user: UUID) -> tuple[Status, int]:
    """Status and calls of a job for their month."""
    async with (
        completer(provider) as client,
        workers.bench(db, completer=client, policy=OPEN) as bench,
    ):
        job = await bench.finished(user, await bench.start_job(user))
        return Status(job.status), job.calls


async def _keys(db: Database, table: str) -> list[str | None]:
    async with db.transaction() as session:
        found = await session.scalars(text(f"SELECT merchant_key FROM {table} ORDER BY 1"))  # noqa: S608  # a name from a test
        return list(found)


async def test_a_job_finds_who_was_paid(db: Database) -> None:
    user = await _imported(db, "SQ *QZA CAFE 0423", "QZB HOLDINGS")

    assert await _warm_here(db) == Warmed(named=2, answered=0)
    assert await _warm_here(db) == Warmed(named=0, answered=0)

    async with workers.bench(db) as bench:
        await bench.start_job(user)
        assert await _keys(db, "report_job_lines") == ["QZA CAFE", "QZB HOLDINGS"]


class HeldUntil(FakeClock):
    """Somebody else has a charge locked until so many pauses were made."""

    def __init__(self, pauses: int, release: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._pauses = pauses
        self._release = release

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if len(self.slept) == self._pauses:
            await self._release()


@pytest.mark.parametrize(("pauses", "named", "made"), [(1, 3, 1), (99, 2, 3)])
async def test_a_locked_charge_is_looked_at_a_few_times_and_counted_once(
    db: Database, pauses: int, named: int, made: int
) -> None:
    """Once, one locked charge was looked at hundreds of times a second, and counted each time."""
    await _imported(db, "QZA HOLDINGS", "QZB HOLDINGS", "QZC HOLDINGS")
    async with db.transaction() as other:
        await other.execute(
            text("SELECT 1 FROM transactions WHERE description LIKE 'QZA%' FOR UPDATE")
        )
        clock = HeldUntil(pauses, other.rollback)
        async with asyncio.timeout(20):
            assert await Warmer(_shop(db, clock=clock)).warm() == Warmed(named, answered=0)

    assert clock.slept == [LOOK_SECONDS] * made


async def test_an_older_rule_of_naming_is_not_believed(db: Database) -> None:
    user = await _imported(db, "QZA HOLDINGS")
    await _warm_here(db)
    async with db.transaction() as session:
        await session.execute(
            text("UPDATE transactions SET merchant_key = 'WRONG', merchant_key_version = 0")
        )

    async with workers.bench(db) as bench:
        await bench.start_job(user)
        assert await _keys(db, "report_job_lines") == [None]
    assert await _keys(db, "transactions") == ["WRONG"]


async def test_with_leave_the_provider_is_asked_once_and_a_job_need_not(
    db: Database, provider: Simulator
) -> None:
    user = await _imported(db, *factories.merchants(12), "STARBUCKS 0423 SEATTLE WA")

    async with _warmer(db, provider) as warmer:
        warmed = await warmer.warm()
        assert (warmed.named, warmed.answered) == (13, 13)
        asked = len(provider.calls)
        assert (await warmer.warm()).answered == 0

    assert await _report(db, provider, user) == (Status.Completed, 0)
    assert len(provider.calls) == asked


async def test_nobody_waits_so_calls_are_full(db: Database, provider: Simulator) -> None:
    """A call of one line pays the whole prompt for it."""
    user = await _imported(db, "QZFIRST HOLDINGS")
    await _report(db, provider, user)  # the provider is no stranger
    asked = len(provider.calls)
    await _imported(db, *factories.merchants(28))

    async with _warmer(db, provider) as warmer:
        assert (await warmer.warm()).answered == 28

    assert len(provider.calls) - asked == 2


async def test_what_is_personal_reported_or_old_is_told_to_nobody(
    db: Database, provider: Simulator
) -> None:
    personal = await _imported(db, "QZPERSONAL HOLDINGS")
    async with db.transaction() as session:
        await session.execute(text("UPDATE transactions SET excluded = true"))
    old = await _imported(db, "QZOLD HOLDINGS", days_ago=8)
    reported = await _imported(db, "QZREPORTED HOLDINGS")
    async with workers.bench(db) as bench:
        await bench.finished(reported, await bench.start_job(reported))

    async with _warmer(db, provider) as warmer:
        warmed = await warmer.warm()

    assert len({personal, old, reported}) == 3
    assert warmed.answered == 0
    assert provider.calls == []


async def test_nothing_is_begun_while_somebody_waits(db: Database, provider: Simulator) -> None:
    await _imported(db, "QZA HOLDINGS")
    waiting = await workers.a_month(db, "QZB HOLDINGS")
    async with workers.bench(db) as bench, _warmer(db, provider) as warmer:
        job = await bench.start_job(waiting)
        night = asyncio.create_task(warmer.warm())
        await asyncio.wait({night}, timeout=1.5)
        assert not night.done()
        assert await _keys(db, "transactions") == [None, None]

        await bench.cancel(waiting, job)
        warmed = await night

    assert (warmed.named, warmed.answered) == (1, 1)


@dataclass
class Busy:
    """Whether somebody waits, as the test says; the first look says no."""

    looks: int = 0
    is_over: bool = False

    async def __call__(self) -> bool:
        self.looks += 1
        return self.looks > 1 and not self.is_over


async def test_no_further_call_leaves_once_somebody_waits(
    db: Database, provider: Simulator
) -> None:
    # The first answer is useless, so its lines are to be asked again.
    provider.script(behaviour.malformed(first=1))
    await _imported(db, *factories.merchants(10))
    busy = Busy()
    async with _warmer(db, provider, busy) as warmer:
        night = asyncio.create_task(warmer.warm())

        async def has_looked(often: int) -> bool:
            return busy.looks >= often

        await workers.until(partial(has_looked, 3))
        before = len(provider.calls)
        await workers.until(partial(has_looked, 6))
        assert len(provider.calls) == before
        busy.is_over = True
        warmed = await night

    assert warmed.answered == 10
    assert len(provider.calls) > before


async def test_what_becomes_personal_while_it_waits_is_not_told(
    db: Database, provider: Simulator
) -> None:
    provider.script(behaviour.malformed(first=1))
    await _imported(db, *factories.merchants(10))
    busy = Busy()
    async with _warmer(db, provider, busy) as warmer:
        night = asyncio.create_task(warmer.warm())

        async def has_looked() -> bool:
            return busy.looks >= 3

        await workers.until(has_looked)
        told = provider.asked
        async with db.transaction() as session:
            await session.execute(text("UPDATE transactions SET excluded = true"))
        busy.is_over = True
        await night

    assert provider.asked == told


async def test_an_outage_ends_the_night_and_flags_nothing(
    db: Database, provider: Simulator
) -> None:
    provider.refuse()
    for month in range(5):
        await _imported(db, f"QZ{'ABCDE'[month]} HOLDINGS")

    async with _warmer(db, provider, patience=0.2) as warmer:
        warmed = await warmer.warm()

    assert warmed == Warmed(named=5, answered=0)
    async with db.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM kept_answers")) == 0


async def test_an_outage_ends_the_night_after_the_patience_of_one_job(
    db: Database, provider: Simulator
) -> None:
    """Once, each reading anew forgot since when the provider was gone, until the night was over."""
    provider.script(behaviour.status(503))
    for month in "ABCDE":
        await _imported(db, f"QZ{month} HOLDINGS")

    async with (
        _warmer(db, provider, patience=1.5, old_after=0.0) as warmer,
        asyncio.timeout(20),
    ):
        assert (await warmer.warm()).answered == 0

    assert len(provider.asked) == 1  # the other months are left alone


async def test_a_hopeless_merchant_is_asked_no_more_often_than_by_a_job(
    db: Database, provider: Simulator
) -> None:
    """However often somebody comes between, and all is read again."""
    provider.script(behaviour.malformed(contains="QZHOPELESS"))
    await _imported(db, "QZHOPELESS HOLDINGS")
    await _imported(db, "QZA HOLDINGS")
    looks = itertools.cycle([False, False, True])

    async def is_busy() -> bool:
        return next(looks)

    async with (
        _warmer(db, provider, is_busy, old_after=0.0) as warmer,
        asyncio.timeout(60),
    ):
        warmed = await warmer.warm()

    assert provider.asked["QZHOPELESS HOLDINGS"] == 4
    assert warmed.answered == 1
