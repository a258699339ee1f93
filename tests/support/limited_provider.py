"""A provider with real limits under virtual time: the simulator's own meter, without its socket."""

import asyncio
import math
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from expenseflow.categorization import prompts
from expenseflow.categorization.model_tier import ModelTier
from expenseflow.categorization.outcomes import Charge, Outcome
from expenseflow.chart.service import Chart, starter
from expenseflow.infra.llm.limit_headers import limits_in
from expenseflow.infra.llm.retry_after import retry_after
from expenseflow.kit.completions import Completion, CompletionRequest, RateLimited
from expenseflow.pacing.messages import Policy
from expenseflow.simulator.limits import Change, Limits, Meter, retry_headers
from tests.support.categorization import (
    CHART,
    Call,
    Ledger,
    VirtualClock,
    answer_line,
    answers,
    charge,
    run_virtually,
)
from tests.support.pacing import MemoryPacing


@dataclass
class LimitedProvider:
    """0.4 s and 10 ms for each token of the answer, give or take a tenth; 32 tokens a line."""

    limits: Limits
    seed: int = 1
    arrives_after: float = 0.005
    arrives_later: float = 0.0
    """Up to so many seconds more, at random: calls overtake each other on the way."""
    changes: list[Change] = field(default_factory=list[Change])
    """Other limits from some moment on, in order."""
    calls: list[Call] = field(default_factory=list)
    rejected: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    most_in_flight: int = 0

    def __post_init__(self) -> None:
        self.meter = Meter(self.limits)
        self._rng = random.Random(self.seed)

    async def complete(self, request: CompletionRequest) -> Completion:
        loop = asyncio.get_running_loop()
        call = Call(len(self.calls) + 1, loop.time(), request)
        self.calls.append(call)
        await asyncio.sleep(self.arrives_after + self._rng.uniform(0.0, self.arrives_later))
        self._change(loop.time())
        prompt = math.ceil(prompts.size(request) / 4)
        completion = 8 + 32 * len(call.lines)
        verdict = self.meter.admit(loop.time(), tokens=prompt + completion)
        if not verdict.admitted:
            await self._reject(verdict.wait)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep((0.4 + 0.01 * completion) * self._rng.uniform(0.9, 1.1))
        finally:
            self.in_flight -= 1
            self.meter.end()
        self.asked.update(call.descriptions)
        content = answers([answer_line(line["id"]) for line in call.lines])
        return Completion(content, prompt, completion, limits_in(self.meter.headers(loop.time())))

    def _change(self, now: float) -> None:
        while self.changes and self.changes[0].is_due(merchants=len(self.asked), at=now):
            self.limits = self.meter.limits = self.changes.pop(0).limits

    async def _reject(self, wait: float) -> None:
        self.rejected += 1
        await asyncio.sleep(self.arrives_after)
        clock = VirtualClock()
        headers = retry_headers(wait, self.limits.retry_after, now=clock.now())
        error = RateLimited("429", retry_after=retry_after(headers, now=clock.now()))
        error.limits = limits_in(self.meter.headers(clock.monotonic()))
        raise error


@dataclass
class Ran:
    """How one run went; `news` with the virtual time of each."""

    seconds: float
    ledger: Ledger
    news: list[tuple[float, Outcome]]


STARTER_CHART: Final = Chart(tuple(starter("accounts.csv")), tuple(starter("departments.csv")))
"""What an installation begins with: large enough for tokens to matter."""


async def run(
    provider: LimitedProvider,
    pacing: MemoryPacing,
    wanted: list[Charge],
    *,
    job: str = "job",
    chart: Chart = CHART,
) -> Ran:
    """Settle these charges as one job."""
    clock, ledger = VirtualClock(), Ledger()
    started = clock.monotonic()
    news: list[tuple[float, Outcome]] = []

    async def take(outcome: Outcome) -> None:
        news.append((clock.monotonic() - started, outcome))
        await ledger(outcome)
        await asyncio.sleep(0.004)

    tier = ModelTier(provider, pacing, clock, rng=random.Random(1))
    await tier.settle(wanted, job=job, chart=chart, past={}, on_outcome=take)
    assert ledger.settled == {charge.merchant for charge in wanted}
    return Ran(clock.monotonic() - started, ledger, news)


@dataclass
class Reports:
    """What came of a first report ever, and of another one when the window was empty again."""

    provider: LimitedProvider
    first: Ran
    later: Ran


def run_twice(
    provider: LimitedProvider,
    merchants: int = 120,
    *,
    policy: Policy | None = None,
    chart: Chart = CHART,
) -> Reports:
    """Two people's reports, one after the other, with different merchants."""

    async def main() -> tuple[Ran, Ran]:
        clock = VirtualClock()
        pacing = MemoryPacing(clock, policy)
        first = await run(provider, pacing, month(merchants, "ONE"), job="first", chart=chart)
        has_windows = provider.limits.requests or provider.limits.tokens
        # Without a limit so long that nothing was heard lately: a burst is careful then.
        await clock.sleep(provider.limits.window + 5 if has_windows else 65)
        later = await run(provider, pacing, month(merchants, "TWO"), job="later", chart=chart)
        return first, later

    first, later = run_virtually(main())
    return Reports(provider, first, later)


def month(merchants: int, whose: str) -> list[Charge]:
    """So many different merchants."""
    return [charge(f"{whose}{_letters(number)} TRADING") for number in range(merchants)]


def _letters(number: int) -> str:
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))
