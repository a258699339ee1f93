"""The end that is announced, against the one that came: over everything that takes 20 s."""

import asyncio
import statistics
from typing import Any

from benchmarks.provider.eta import Moment, Truth, judge
from tests.support.categorization import CHART, VirtualClock, run_virtually
from tests.support.limited_provider import STARTER_CHART, LimitedProvider, Ran, month, run
from tests.support.pacing import MemoryPacing

from expenseflow.pacing.messages import Policy
from expenseflow.simulator.limits import Change, Limits

STEP_S = 0.25


def looked_at(ran: Ran) -> list[Moment]:
    """What a person saw who looked all the time: the last news holds, as a time of day."""
    moments: list[Moment] = []
    announced, told = None, 0
    for step in range(int(ran.seconds / STEP_S)):
        at = step * STEP_S
        while told < len(ran.news) and ran.news[told][0] <= at:
            when, outcome = ran.news[told]
            announced = None if outcome.finish is None else when + outcome.finish
            told += 1
        moments.append(Moment(at, announced))
    return moments


def truth(ran: Ran) -> Truth | None:
    return judge(looked_at(ran), took=ran.seconds)


def alone(limits: Limits, merchants: int = 120, *, policy: Policy | None = None, **how: Any) -> Ran:
    chart = how.pop("chart", CHART)
    provider = LimitedProvider(limits, **how)

    async def main() -> Ran:
        pacing = MemoryPacing(VirtualClock(), policy)
        return await run(provider, pacing, month(merchants, "ONE"), chart=chart)

    return run_virtually(main())


def together(jobs: int) -> list[Ran]:
    provider = LimitedProvider(Limits(requests=10, window=10.0))

    async def main() -> list[Ran]:
        pacing = MemoryPacing(VirtualClock())
        return await asyncio.gather(
            *(
                run(provider, pacing, month(120, chr(ord("A") + job) * 3), job=str(job))
                for job in range(jobs)
            )
        )

    return run_virtually(main())


STEADY = Limits(requests=10, window=10.0)
SILENT = Limits(requests=10, window=10.0, headers=False)
TOKENS = Limits(tokens=10_000)
FALLS = Change(Limits(requests=3, window=10.0), after_merchants=1000)
RISES = Change(Limits(requests=20, window=10.0), at=60.0)


def known_beforehand() -> list[Ran]:
    """Where the limit is known, or soon told, and stays."""
    return [
        alone(TOKENS),
        alone(TOKENS, chart=STARTER_CHART),
        alone(Limits(requests=6, tokens=6_000)),
        alone(Limits(requests=6, tokens=6_000), chart=STARTER_CHART),
        alone(STEADY, 960),
        alone(SILENT, 960, policy=Policy(requests_per_minute=60, window=10.0)),
        alone(SILENT, 960, policy=Policy(requests_per_minute=60)),
    ]


def test_where_limits_are_told_and_stay_the_end_is_right_at_every_moment() -> None:
    truths = [truth(ran) for ran in known_beforehand()]
    assert all(one is not None and one.worst <= 1.0 for one in truths)


def test_over_all_scenarios_the_median_one_is_right_at_every_moment() -> None:
    runs = [
        *known_beforehand(),
        *together(8),
        alone(SILENT, 960),
        alone(Limits(requests=10, tokens=10_000, window=10.0), 300, chart=STARTER_CHART),
        alone(Limits(tokens=10_000, headers=False), chart=STARTER_CHART),
        alone(Limits(requests=20, window=10.0), 2000, changes=[FALLS]),
        alone(Limits(requests=3, window=10.0), 2000, changes=[RISES]),
        alone(Limits(concurrency=2, headers=False), 500),
    ]
    truths = [one for ran in runs if (one := truth(ran)) is not None]
    assert len(truths) >= 15
    assert statistics.median(one.worst for one in truths) <= 1.0


def test_an_end_is_announced_from_the_first_tenth_on() -> None:
    for ran in (alone(STEADY, 960), alone(SILENT, 960), *together(8)):
        moments = looked_at(ran)
        assert all(moment.announced is not None for moment in moments[len(moments) // 10 + 1 :])
