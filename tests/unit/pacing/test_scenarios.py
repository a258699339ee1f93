"""The table of limits under virtual time: near to the bound, few rejected, nothing lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from benchmarks.provider.bound import Provider, lower_bound
from tests.support.categorization import CHART, VirtualClock, run_virtually
from tests.support.limited_provider import (
    STARTER_CHART,
    LimitedProvider,
    Ran,
    month,
    run,
    run_twice,
)
from tests.support.pacing import MemoryPacing

from expenseflow.pacing.messages import Policy
from expenseflow.simulator.limits import Change, Limits, RetryAfter, Slope

SIXTY = Provider(rpm=60, window=10)
RPM = Policy(requests_per_minute=60)
RPM_AND_WINDOW = Policy(requests_per_minute=60, window=10.0)


def allowed(share: float, calls: int) -> float:
    """Rejected calls: a share, but three in any case."""
    return max(3.0, share * calls)


def sixty(**how: Any) -> Limits:
    """60 requests a minute, counted in windows of 10 s."""
    given: dict[str, Any] = {"requests": 10, "window": 10.0} | how
    return Limits(**given)


@dataclass(frozen=True)
class Row:
    """A provider, what is told about it, and what is aimed at (time by the lower bound)."""

    limits: Limits
    bound: Provider
    first: float
    later: float
    rejected: float = 0.01
    policy: Policy | None = None
    merchants: int = 120


ROWS = {
    "no limit": Row(Limits(), Provider(), 5, 2),
    "headers": Row(sixty(), SIXTY, 1.4, 1.15),
    "configured": Row(sixty(headers=False), SIXTY, 1.15, 1.15, policy=RPM_AND_WINDOW),
    "only the rate": Row(sixty(headers=False), SIXTY, 3.5, 1.25, policy=RPM),
    "unknown": Row(sixty(headers=False), SIXTY, 4, 1.5, 0.05),
    "a date": Row(sixty(headers=False, retry_after="date"), SIXTY, 4, 1.5, 0.05),
    "milliseconds": Row(sixty(headers=False, retry_after="ms"), SIXTY, 4, 1.5, 0.05),
    "counts the rejected": Row(sixty(headers=False, count_rejected=True), SIXTY, 4, 1.5, 0.05),
    "tokens": Row(
        Limits(requests=10, tokens=10_000, window=10.0),
        Provider(rpm=60, tpm=60_000, window=10),
        1.15,
        1.15,
    ),
    "only tokens": Row(Limits(tokens=10_000), Provider(tpm=10_000), 1.15, 1.15),
    "slow": Row(Limits(requests=6, tokens=6_000), Provider(rpm=6, tpm=6_000), 1.2, 1.2),
    "large": Row(Limits(requests=500), Provider(rpm=500), 3, 3, merchants=3000),
}
WITH_TOKENS = ("tokens", "only tokens", "slow")


@pytest.mark.parametrize(
    ("name", "starter"),
    [*((name, False) for name in ROWS), *((name, True) for name in WITH_TOKENS)],
)
def test_the_end_is_near_the_bound_and_next_to_nothing_is_rejected(
    name: str, *, starter: bool
) -> None:
    row, chart = ROWS[name], STARTER_CHART if starter else CHART
    provider = LimitedProvider(row.limits)
    found = run_twice(provider, row.merchants, policy=row.policy, chart=chart)
    bound = lower_bound(row.merchants, row.bound)
    assert found.first.seconds <= row.first * bound
    assert found.later.seconds <= row.later * bound
    assert provider.rejected <= allowed(row.rejected, len(provider.calls))
    assert_nothing_lost(provider, [found.first, found.later])


def assert_nothing_lost(provider: LimitedProvider, runs: Sequence[Ran]) -> None:
    """All are answered, and nobody was paid for twice."""
    assert not any(ran.ledger.given_up for ran in runs)
    assert set(provider.asked.values()) == {1}
    assert len(provider.asked) == sum(len(ran.ledger.answered) for ran in runs)


def test_a_configured_limit_is_never_hit() -> None:
    provider = LimitedProvider(sixty(headers=False))
    run_twice(provider, 400, policy=RPM_AND_WINDOW)
    assert provider.rejected == 0


# --- without a word, or with limits that no header tells ----------------------------------------


@pytest.mark.parametrize("style", ["seconds", "date", "ms", "none"])
@pytest.mark.parametrize("counts", [False, True], ids=["", "rejected ones count"])
@pytest.mark.parametrize("headers", [False, True], ids=["no headers", "headers"])
def test_however_a_rejection_is_told_it_is_soon_understood(
    style: RetryAfter, *, counts: bool, headers: bool
) -> None:
    provider = LimitedProvider(sixty(headers=headers, retry_after=style, count_rejected=counts))
    found = run_twice(provider)
    assert provider.rejected <= allowed(0.05, len(provider.calls))
    assert found.later.seconds <= 2 * lower_bound(120, SIXTY)
    assert_nothing_lost(provider, [found.first, found.later])


@pytest.mark.parametrize("headers", [False, True], ids=["no headers", "headers"])
def test_a_limit_of_calls_at_the_same_time_is_found(*, headers: bool) -> None:
    provider = LimitedProvider(Limits(requests=100, window=10.0, concurrency=4, headers=headers))
    found = run_twice(provider)
    bound = lower_bound(120, Provider(rpm=600, window=10, concurrency=4))
    assert found.first.seconds <= 2 * bound
    assert found.later.seconds <= 1.5 * bound
    assert provider.meter.most_under_way == 4
    assert provider.rejected <= len(provider.calls) / 2
    assert_nothing_lost(provider, [found.first, found.later])


@pytest.mark.parametrize("jobs", [1, 8])
def test_one_call_at_a_time_is_not_taken_for_one_a_second(jobs: int) -> None:
    """`Retry-After: 1` for want of anything better, while a call takes eight seconds."""
    provider = LimitedProvider(Limits(headers=False, concurrency=1), arrives_later=0.1)

    async def main() -> list[Ran]:
        pacing = MemoryPacing(VirtualClock())
        names = [chr(ord("A") + job) for job in range(jobs)]
        return await asyncio.gather(
            *(run(provider, pacing, month(120, name * 3), job=name) for name in names)
        )

    runs = run_virtually(main())
    assert provider.rejected <= 0.6 * len(provider.calls)
    assert max(ran.seconds for ran in runs) <= 1.6 * jobs * lower_bound(
        120, Provider(concurrency=1)
    )
    assert_nothing_lost(provider, runs)


@pytest.mark.parametrize("limits", [Limits(slope=Slope()), sixty(slope=Slope())])
def test_a_limit_on_the_rise_costs_seconds_but_no_line(limits: Limits) -> None:
    provider = LimitedProvider(limits)
    found = run_twice(provider)
    assert found.first.seconds <= 15.0
    assert provider.rejected <= len(provider.calls) / 2
    assert_nothing_lost(provider, [found.first, found.later])


# --- limits that change -------------------------------------------------------------------------


def alone(provider: LimitedProvider, merchants: int) -> Ran:
    """One large report."""

    async def main() -> Ran:
        return await run(provider, MemoryPacing(VirtualClock()), month(merchants, "ONE"))

    return run_virtually(main())


HALF_AT_120 = lower_bound(1000, Provider(rpm=120, window=10))
BOTH_HALVES = HALF_AT_120 + lower_bound(1000, Provider(rpm=20, window=10))


@pytest.mark.parametrize("headers", [False, True], ids=["no headers", "headers"])
@pytest.mark.parametrize(
    ("merchants", "at"), [(1000, None), (None, HALF_AT_120)], ids=["by answers", "by the clock"]
)
def test_a_limit_that_falls_half_way_makes_no_storm(
    merchants: int | None, at: float | None, *, headers: bool
) -> None:
    falls = Change(sixty(requests=3, headers=headers), after_merchants=merchants, at=at)
    provider = LimitedProvider(sixty(requests=20, headers=headers), changes=[falls])
    ran = alone(provider, 2000)
    assert ran.seconds <= 1.4 * BOTH_HALVES
    assert provider.rejected <= allowed(0.05, len(provider.calls))
    assert_nothing_lost(provider, [ran])


@pytest.mark.parametrize(("headers", "seconds"), [(True, 120.0), (False, 200.0)])
def test_a_limit_that_rises_again_is_used(*, headers: bool, seconds: float) -> None:
    """At the old limit it would take 270 s."""
    rises = Change(sixty(requests=20, headers=headers), at=60.0)
    provider = LimitedProvider(sixty(requests=3, headers=headers), changes=[rises])
    ran = alone(provider, 2000)
    assert ran.seconds <= seconds
    assert provider.rejected <= allowed(0.05, len(provider.calls))
    assert_nothing_lost(provider, [ran])


# --- many jobs ----------------------------------------------------------------------------------


def test_eight_jobs_share_the_limit_and_a_short_one_gets_through() -> None:
    provider = LimitedProvider(sixty())

    async def short(pacing: MemoryPacing) -> Ran:
        await asyncio.sleep(5.0)
        return await run(provider, pacing, month(10, "SHORT"), job="short")

    async def main() -> list[Ran]:
        pacing = MemoryPacing(VirtualClock())
        large = [run(provider, pacing, month(120, name * 3), job=name) for name in "abcdefgh"]
        return await asyncio.gather(*large, short(pacing))

    *large, last = run_virtually(main())
    assert max(ran.seconds for ran in large) <= 1.2 * lower_bound(960, SIXTY)
    assert last.seconds <= 20.0
    assert provider.rejected <= allowed(0.01, len(provider.calls))
    assert_nothing_lost(provider, [*large, last])
