"""What is said between the model tier and whoever talks to a provider.

`categorization.model_tier` declares the Protocol `Completer` over these; `infra.llm.client`
implements it. Neither knows the other.

    ProviderFailure
    ├── RateLimited          429: come back after `retry_after` seconds, if it said so
    ├── ProviderDown         refused, reset, 503: the provider's state, not the lines' fault
    │   └── Faulted          another 5xx: perhaps its state, perhaps what it was asked
    ├── TimedOut             no answer within the time limit
    ├── BadAnswer            an answer that cannot be read, or was cut off
    │   └── Unacceptable     400, 413, 422: this very request, not the provider's state
    └── ProviderRefused      401, 403, 404: hopeless until a person changes the settings
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One call: fixed instructions, the document of the last user message, the answer's schema."""

    instructions: str
    document: str
    schema: dict[str, Any]
    """A strict JSON schema for `response_format`."""
    request_id: str | None = None
    """Of the request that led to this call; goes along in a header."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a provider says of one of its limits: `x-ratelimit-{limit,remaining,reset}-*`."""

    limit: int
    remaining: int | None = None
    reset: float | None = None
    """Seconds until the limit stands again as if nothing had been used."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer's headers say of the provider's limits; None: nothing."""

    requests: Allowance | None = None
    tokens: Allowance | None = None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back: the text, what it cost, and what the headers said."""

    content: str
    prompt_tokens: int
    completion_tokens: int
    limits: Limits = NO_LIMITS


class ProviderFailure(Exception):  # the root of facts, not all are errors of ours
    """A call that brought no usable answer. `words` is for a submitter."""

    words = "The AI service could not answer"
    limits: Limits = NO_LIMITS
    """What its headers said, when there was an answer at all."""


class RateLimited(ProviderFailure):
    """429."""

    words = "The AI service is at its limit"

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ProviderDown(ProviderFailure):
    """Connection refused or reset, or a 5xx; may say when to come back."""

    words = "The AI service is not available"

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Faulted(ProviderDown):
    """A 5xx that may lie in the provider's state or in what this one call asked."""


class TimedOut(ProviderFailure):
    """No answer within the time limit."""

    words = "The AI service did not answer in time"


class BadAnswer(ProviderFailure):
    """An answer that cannot be read or was cut off."""

    words = "The AI service gave an answer that could not be used"

    def __init__(
        self, detail: str = "", *, prompt_tokens: int = 0, completion_tokens: int = 0
    ) -> None:
        super().__init__(detail)
        self.prompt_tokens = prompt_tokens
        self.completion_tokens = completion_tokens


class Unacceptable(BadAnswer):
    """400, 413, 422: it will not answer this request, however often it is asked."""

    words = "The AI service does not accept this charge"


class ProviderRefused(ProviderFailure):
    """401, 403 or 404: the key, the model or the address is wrong."""

    words = "The AI service refused the request; its key or address needs attention"
