"""The model tier: distinct merchants in batches to a provider; every one answered or given up.

A failed batch is split without a charge; a line is charged only for calls of its own. What is the
provider's state (limit, outage) is never charged to lines: the gate holds calls back for that.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from expenseflow.categorization import prompts
from expenseflow.categorization.gate import Gate
from expenseflow.categorization.outcomes import (
    Answer,
    Charge,
    Merchant,
    Outcome,
    PastLine,
    Usage,
)
from expenseflow.chart.service import Chart
from expenseflow.kit.clock import Clock
from expenseflow.kit.completions import (
    BadAnswer,
    Completion,
    CompletionRequest,
    Faulted,
    ProviderDown,
    ProviderFailure,
    ProviderRefused,
    RateLimited,
    TimedOut,
)

PARTS: Final = 5
"""A failed batch is split into at most this many."""
PAUSES: Final = (0.5, 1.0, 2.0)
"""Before each further try of a line on its own, with full jitter."""

_ONE_CALL: Final = Usage(calls=1)

OnOutcome = Callable[[Outcome], Awaitable[None]]


class Completer(Protocol):
    """Whoever talks to a provider; raises `ProviderFailure`s and ends every call in time."""

    async def complete(self, request: CompletionRequest) -> Completion:
        """One call."""
        ...


class ModelTier:
    """Settles charges by asking a provider."""

    def __init__(
        self,
        completer: Completer,
        clock: Clock,
        *,
        batch_size: int = 10,
        concurrency: int = 4,
        outage_patience: float = 120.0,
        rng: random.Random | None = None,
    ) -> None:
        self._completer = completer
        self._clock = clock
        self._batch_size = batch_size
        self._concurrency = concurrency
        self._outage_patience = outage_patience
        self._rng = rng or random.Random()  # noqa: S311  # jitter, not a secret

    async def settle(
        self,
        charges: Sequence[Charge],
        *,
        chart: Chart,
        past: Mapping[Merchant, Sequence[PastLine]],
        on_outcome: OnOutcome,
    ) -> None:
        """Return when each merchant has been answered or given up, exactly once.

        `on_outcome` is awaited after each call, perhaps by several tasks at once; what it raises
        ends everything and is raised here. Cancelling this cancels the calls in flight.
        """
        run = _Run(
            completer=self._completer,
            clock=self._clock,
            rng=self._rng,
            gate=Gate(self._clock, self._rng, patience=self._outage_patience),
            slots=asyncio.Semaphore(self._concurrency),
            chart=chart,
            past=past,
            on_outcome=on_outcome,
        )
        await run.settle(charges, self._batch_size)


@dataclass(frozen=True, slots=True)
class _Heard:
    """How one call went; `heard` is False when it says nothing about its lines."""

    heard: bool = True
    answers: Mapping[Merchant, Answer] = field(default_factory=dict[Merchant, Answer])
    words: str = BadAnswer.words
    usage: Usage = _ONE_CALL


@dataclass
class _Run:
    """One `settle`: its gate, its slots, and the merchants that are still open."""

    completer: Completer
    clock: Clock
    rng: random.Random
    gate: Gate
    slots: asyncio.Semaphore
    chart: Chart
    past: Mapping[Merchant, Sequence[PastLine]]
    on_outcome: OnOutcome
    open: dict[Merchant, Charge] = field(default_factory=dict[Merchant, Charge])
    group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)

    async def settle(self, charges: Sequence[Charge], batch_size: int) -> None:
        self.open = {charge.merchant: charge for charge in charges}
        try:
            async with self.group:
                for batch in _batches(list(self.open.values()), batch_size):
                    self._start(batch, again=False)
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        await self._give_up_rest()

    def _start(self, batch: Sequence[Charge], *, again: bool) -> None:
        self.group.create_task(self._settle(batch, again=again))

    async def _settle(self, batch: Sequence[Charge], *, again: bool) -> None:
        words = await self._ask(batch, again=again)
        left = [charge for charge in batch if charge.merchant in self.open]
        if len(batch) == 1 and left:
            await self._alone(left[0], words)
        elif left and self.gate.ended is None:
            for part in _batches(left, -(-len(left) // PARTS)):
                self._start(part, again=True)

    async def _alone(self, charge: Charge, words: str) -> None:
        """The further tries of a line on its own, each charged to it."""
        for longest in PAUSES:
            await self.gate.pause(self.rng.uniform(0.0, longest))
            words = await self._ask([charge], again=True)
            if charge.merchant not in self.open or self.gate.ended is not None:
                return
        await self._tell(Outcome(given_up={charge.merchant: words}))

    async def _ask(self, batch: Sequence[Charge], *, again: bool) -> str:
        """Ask until the provider has been heard or it is over; what is wrong with the rest."""
        while True:
            async with self.slots, self.gate.turn() as may_call:
                if not may_call:
                    return ""
                call = await self._call(batch)
            usage = replace(call.usage, retries=int(again))
            await self._tell(Outcome(answers=call.answers, usage=usage))
            if call.heard:
                return call.words
            again = True

    async def _call(self, batch: Sequence[Charge]) -> _Heard:
        """One call, its failures told to the gate; only cancellation gets out of here."""
        started = self.clock.monotonic()
        try:
            request = prompts.request(batch, chart=self.chart, past=self.past)
            completion = await self.completer.complete(request)
        except ProviderFailure as failure:
            return self._failed(failure, batch, started)
        except asyncio.CancelledError:
            if _being_cancelled():
                raise
            return self._failed(BadAnswer(), batch, started)
        except Exception:  # noqa: BLE001  # whatever a client does wrong must not fail the job
            return self._failed(BadAnswer(), batch, started)
        reading = prompts.read(completion.content, batch, chart=self.chart)
        self.gate.answered(useful=bool(reading.answers), words=BadAnswer.words)
        return _Heard(answers=reading.answers, usage=_cost(completion))

    def _failed(self, failure: ProviderFailure, batch: Sequence[Charge], started: float) -> _Heard:
        words = failure.words
        match failure:
            case RateLimited():
                self.gate.limited(failure.retry_after)
                return _Heard(heard=False, usage=Usage(calls=1, rejected_calls=1))
            case ProviderRefused():
                self.gate.end(words)
                return _Heard(heard=False)
            case Faulted() | TimedOut():
                lines = [charge.merchant for charge in batch]
                return _Heard(heard=not self.gate.suspect(started, words, lines), words=words)
            case ProviderDown():
                self.gate.down(started, words, failure.retry_after)
                return _Heard(heard=False)
            case BadAnswer():
                self.gate.answered(useful=False, words=words)
                return _Heard(words=words, usage=_cost(failure))
            case _:
                self.gate.answered(useful=False, words=words)
                return _Heard(words=words)

    async def _give_up_rest(self) -> None:
        """What is open when everything has ended, in one go, with the reason it ended."""
        words = self.gate.ended or BadAnswer.words
        await self._tell(Outcome(given_up=dict.fromkeys(self.open, words)))

    async def _tell(self, news: Outcome) -> None:
        """Pass on what is new; a merchant leaves `open` before anybody hears of it."""
        for merchant in (*news.answers, *news.given_up):
            self.open.pop(merchant, None)
        usage = replace(news.usage, waited_seconds=self.gate.take_held())
        news = replace(news, usage=usage, waiting_for=self.gate.waiting_for)
        if news != Outcome():
            await self.on_outcome(news)


def _being_cancelled() -> bool:
    """Whether it is us who are cancelled, not something inside the client that leaked."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _cost(call: Completion | BadAnswer) -> Usage:
    return Usage(
        calls=1,
        prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens,
    )


def _batches(charges: Sequence[Charge], size: int) -> list[Sequence[Charge]]:
    return [charges[start : start + size] for start in range(0, len(charges), size)]
