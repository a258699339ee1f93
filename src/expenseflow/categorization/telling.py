"""News on their way to whoever stores them: what piles up meanwhile is told in one go."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import fields

from expenseflow.categorization.outcomes import Outcome, Usage

OnOutcome = Callable[[Outcome], Awaitable[None]]


class Telling:
    """Passes outcomes on, one at a time; those that come while one is being stored are merged."""

    def __init__(self, on_outcome: OnOutcome) -> None:
        self._on_outcome = on_outcome
        self._news: Outcome | None = None
        self._wake = asyncio.Event()
        self._done = False

    def tell(self, news: Outcome) -> None:
        """Never waits."""
        self._news = news if self._news is None else merged(self._news, news)
        self._wake.set()

    def end(self) -> None:
        """Nothing more will be told."""
        self._done = True
        self._wake.set()

    async def run(self) -> None:
        """Until `end`, and then until everything is told; raises what `on_outcome` raises."""
        while self._news is not None or not self._done:
            await self._wake.wait()
            self._wake.clear()
            news, self._news = self._news, None
            if news is not None:
                await self._on_outcome(news)


def merged(earlier: Outcome, later: Outcome) -> Outcome:
    """Both as one; of what can only be one thing at a time, the later."""
    return Outcome(
        answers={**earlier.answers, **later.answers},
        given_up={**earlier.given_up, **later.given_up},
        usage=_sum(earlier.usage, later.usage),
        waiting_for=later.waiting_for,
        finish=later.finish,
    )


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        **{each.name: getattr(one, each.name) + getattr(other, each.name) for each in fields(one)}
    )
