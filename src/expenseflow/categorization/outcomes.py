"""What goes into categorization and what comes out of it; plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

Tier = Literal["rule", "memory", "similar", "model", "manual"]


class Merchant(NamedTuple):
    """What is asked once however many lines it has: the key, charges and refunds apart."""

    key: str
    sign: int
    """1 for charges, -1 for refunds."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What categorization may know of one transaction: no card number, no name, no e-mail."""

    transaction_id: UUID
    merchant: Merchant
    description: str
    amount: Decimal
    currency: str
    posted_on: date
    source_category: str | None
    account: str | None = None
    """The label of the card, for the tiers that run here; no provider is told."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A likely pair of codes."""

    gl_code: str
    department_code: str | None
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one tier decided for a merchant; applies to each of its lines."""

    tier: Tier
    gl_code: str | None = None
    department_code: str | None = None
    vendor: str | None = None
    description: str | None = None
    """Readable text for the line; None keeps the original description."""
    confidence: Decimal | None = None
    needs_review: bool = False
    review_reason: str | None = None
    explanation: str | None = None
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class PastLine:
    """A similar charge the person filed before; goes into the prompt."""

    description: str
    gl_code: str
    department_code: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The provider's checked answer for one merchant."""

    gl_code: str
    department_code: str
    vendor: str
    description: str
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """What the provider was asked and what it cost; additive."""

    calls: int = 0
    rejected_calls: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    waited_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """News from the model tier: merchants answered, merchants given up (reason in words).

    `waiting_for` says in words what holds it back, None when nothing does.
    """

    answers: Mapping[Merchant, Answer] = field(default_factory=dict[Merchant, Answer])
    given_up: Mapping[Merchant, str] = field(default_factory=dict[Merchant, str])
    usage: Usage = Usage()
    waiting_for: str | None = None
    finish: float | None = None
    """Seconds until all lines are likely to be answered; None: nobody knows."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a person decided for one transaction."""

    transaction_id: UUID
    merchant_key: str
    gl_code: str
    department_code: str | None
    vendor: str | None
    description: str | None
