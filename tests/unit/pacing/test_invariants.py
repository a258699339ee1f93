"""Whatever several jobs do at whatever provider: few rejections, no deadlock, every line once."""

import asyncio
from dataclasses import dataclass

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.categorization import CHART, Ledger, VirtualClock, run_virtually
from tests.support.limited_provider import LimitedProvider, month, run
from tests.support.pacing import MemoryPacing

from expenseflow.categorization.model_tier import ModelTier
from expenseflow.simulator.limits import Change, Limits, Slope


@dataclass(frozen=True)
class Job:
    """So many merchants, beginning then; perhaps killed some time after that."""

    merchants: int
    begins: float
    killed_after: float | None


WINDOWS = st.sampled_from([1.0, 2.0, 5.0, 10.0, 30.0, 60.0])
TOLD = st.builds(
    Limits,
    requests=st.integers(2, 100),
    tokens=st.none() | st.integers(2_000, 60_000),
    window=WINDOWS,
)
JOBS = st.lists(
    st.builds(
        Job,
        merchants=st.integers(1, 150),
        begins=st.floats(0, 60),
        killed_after=st.none() | st.none() | st.floats(0.0, 20.0),
    ),
    min_size=1,
    max_size=6,
)
ANY = st.builds(
    Limits,
    requests=st.none() | st.integers(1, 100),
    tokens=st.none() | st.integers(2_000, 60_000),
    window=WINDOWS,
    headers=st.booleans(),
    retry_after=st.sampled_from(["seconds", "date", "ms", "none"]),
    concurrency=st.none() | st.integers(1, 20),
    slope=st.none() | st.builds(Slope),
    count_rejected=st.booleans(),
)


def play(provider: LimitedProvider, jobs: list[Job]) -> None:
    """All of them at once; `run` asserts that every line of a job is settled, and once."""

    async def play_one(number: int, job: Job, pacing: MemoryPacing) -> None:
        await asyncio.sleep(job.begins)
        name = chr(ord("A") + number)
        merchants = month(job.merchants, name * 3)
        if job.killed_after is None:
            ran = await run(provider, pacing, merchants, job=name)
            assert not ran.ledger.given_up
            return
        tier = ModelTier(provider, pacing, VirtualClock())
        settling = tier.settle(merchants, job=name, chart=CHART, past={}, on_outcome=Ledger())
        task = asyncio.ensure_future(settling)
        await asyncio.sleep(job.killed_after)
        task.cancel()
        await asyncio.wait([task])

    async def main() -> None:
        pacing = MemoryPacing(VirtualClock())
        await asyncio.gather(*(play_one(n, job, pacing) for n, job in enumerate(jobs)))

    run_virtually(main())


@settings(deadline=None, max_examples=60, derandomize=True)
@given(TOLD, JOBS, st.integers(0, 1000))
def test_where_headers_tell_the_limit_next_to_nothing_is_rejected(
    limits: Limits, jobs: list[Job], seed: int
) -> None:
    provider = LimitedProvider(limits, seed=seed, arrives_later=0.1)
    play(provider, jobs)
    assert provider.rejected <= max(3.0, 0.01 * len(provider.calls))
    assert set(provider.asked.values()) <= {1}


@settings(deadline=None, max_examples=60, derandomize=True)
@given(ANY, ANY, st.floats(0, 60), JOBS, st.integers(0, 1000))
def test_whatever_the_provider_does_every_line_is_settled_once(
    limits: Limits, then: Limits, at: float, jobs: list[Job], seed: int
) -> None:
    """Its limits change too; a deadlock raises under virtual time."""
    assume(limits.requests is None or limits.requests / limits.window > 0.05)
    assume(then.requests is None or then.requests / then.window > 0.05)
    provider = LimitedProvider(limits, seed=seed, arrives_later=0.1, changes=[Change(then, at=at)])
    play(provider, jobs)
    assert set(provider.asked.values()) <= {1}
