"""What a run of the model tier and the pacing say to each other; plain data."""

from dataclasses import dataclass
from typing import Literal

from expenseflow.kit.completions import NO_LIMITS, Limits
from expenseflow.pacing.planner import Cost

_UNMEASURED = Cost(0.5, 0.3)

Ending = Literal["answered", "useless", "limited", "down", "suspect", "refused"]
"""How a call ended: with usable lines, with none, 429, unreachable or 503, a silence or an error
that may be the provider's state or its lines' fault, or refused for good (401, 403, 404)."""

Hold = Literal["limit", "outage", "turn", "answers"]
"""What holds calls back: the provider's limit, its silence, other jobs, or calls under way."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say; the window is None when only the rates were given."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    window: float | None = None
    """Seconds."""
    max_concurrency: int | None = None
    timeout: float = 60.0
    """Seconds after which a call without an answer has ended."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A call that may leave now."""

    sent_at: float
    """The database's clock, epoch seconds."""
    lines: int
    tokens: int
    """Booked for it; what it did not use is given back when it has ended."""
    probe: bool = False
    """It is to find out whether the provider is back."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that has ended."""

    granted: Granted
    ending: Ending
    ago: float
    """Seconds since it ended."""
    took: float
    """Seconds from leaving to its end."""
    lines: int
    characters: int = 0
    """Of its prompt."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    retry_after: float | None = None
    limits: Limits = NO_LIMITS
    words: str = ""
    """What went wrong, for a person."""
    known_bad: bool = False
    """A line on its own that failed on its own before: says little of the provider."""
    about: tuple[str, ...] = ()
    """Opaque names of its lines: an error that follows one line is not an outage."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a run would like to send."""

    job: str
    fresh: int
    """Lines that may be put together as the plan says."""
    parts: tuple[int, ...] = ()
    """Batches that go as they are, each so many lines; they go first."""
    under_way: int = 0
    """Its calls that have not ended."""
    held: float = 0.0
    """Seconds it was held back since it last asked."""
    frugal: bool = False
    """Rather few calls than an early end: nobody waits for it."""
    fixed_characters: float = 0.0
    line_characters: float = 0.0
    """Of a prompt, whatever its lines, and for each line on average."""

    @property
    def lines(self) -> int:
        return self.fresh + sum(self.parts)


@dataclass(frozen=True, slots=True)
class Reply:
    """What may leave now, when to ask again, and how things stand."""

    parts: tuple[Granted, ...] = ()
    """For the first of the asked parts."""
    fresh: tuple[Granted, ...] = ()
    """New batches of so many lines."""
    wait: float = 1.0
    """Seconds until asking again is worthwhile, if no call ends before."""
    hold: Hold | None = None
    """What keeps the rest back."""
    finish: float | None = None
    """Seconds until all lines of this job are likely to have an answer; None: nobody knows."""
    cost: Cost = _UNMEASURED
    """What a call takes, as measured; for the calls under way."""
    spare: int | None = None
    """Requests that are left in the provider's window; None: nobody knows of a limit."""
    timeout: float = 60.0
    """Seconds after which a call without an answer has ended."""
    silent_for: float = 0.0
    """Seconds without a sign of life, counted from this job's first call at the earliest."""
    words: str = ""
    """What went wrong last, for a person."""

    @property
    def granted(self) -> tuple[Granted, ...]:
        return self.parts + self.fresh
