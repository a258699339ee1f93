"""One call to a provider: what is asked, and how it ended, in terms of its lines."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from expenseflow.categorization import prompts
from expenseflow.categorization.outcomes import Answer, Charge, Merchant, PastLine, Usage
from expenseflow.chart.service import Chart
from expenseflow.kit.completions import (
    NO_LIMITS,
    BadAnswer,
    Completion,
    CompletionRequest,
    Faulted,
    Limits,
    ProviderDown,
    ProviderFailure,
    ProviderRefused,
    RateLimited,
    TimedOut,
    Unacceptable,
)
from expenseflow.pacing.messages import Ending

_ONE_CALL = Usage(calls=1)


class Completer(Protocol):
    """Whoever talks to a provider; raises `ProviderFailure`s and ends every call in time."""

    async def complete(self, request: CompletionRequest) -> Completion:
        """One call."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """How one call went."""

    ending: Ending
    answers: Mapping[Merchant, Answer] = field(default_factory=dict[Merchant, Answer])
    words: str = ""
    """What is wrong with the lines that have no answer."""
    hopeless: bool = False
    """The same lines would be refused again, however often they are asked."""
    usage: Usage = _ONE_CALL
    characters: int = 0
    retry_after: float | None = None
    limits: Limits = NO_LIMITS


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes the calls of one run."""

    completer: Completer
    chart: Chart
    past: Mapping[Merchant, Sequence[PastLine]]
    request_id: str | None = None

    async def call(self, batch: Sequence[Charge]) -> Heard:
        """One call; only cancellation gets out of here."""
        characters = 0
        try:
            request = prompts.request(batch, chart=self.chart, past=self.past)
            characters = prompts.size(request)
            named = replace(request, request_id=self.request_id)
            completion = await self.completer.complete(named)
        except ProviderFailure as failure:
            return _failed(failure, characters)
        except asyncio.CancelledError:
            if _being_cancelled():
                raise
            return _failed(BadAnswer(), characters)
        except Exception:  # noqa: BLE001  # whatever a client does wrong must not fail the job
            return _failed(BadAnswer(), characters)
        return self._read(completion, batch, characters)

    def _read(self, completion: Completion, batch: Sequence[Charge], characters: int) -> Heard:
        reading = prompts.read(completion.content, batch, chart=self.chart)
        return Heard(
            "answered" if reading.answers else "useless",
            answers=reading.answers,
            words=BadAnswer.words,
            usage=_cost(completion),
            characters=characters,
            limits=completion.limits,
        )


def _failed(failure: ProviderFailure, characters: int) -> Heard:
    words, limits = failure.words, failure.limits
    match failure:
        case RateLimited():
            usage = Usage(calls=1, rejected_calls=1)
            wait = failure.retry_after
            return Heard("limited", words=words, usage=usage, retry_after=wait, limits=limits)
        case ProviderRefused():
            return Heard("refused", words=words)
        case Faulted() | TimedOut():
            return Heard("suspect", words=words, limits=limits)
        case ProviderDown():
            return Heard("down", words=words, retry_after=failure.retry_after)
        case BadAnswer():
            return Heard(
                "useless",
                words=words,
                hopeless=isinstance(failure, Unacceptable),
                usage=_cost(failure),
                characters=characters,
                limits=limits,
            )
        case _:
            return Heard("useless", words=words, limits=limits)


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
