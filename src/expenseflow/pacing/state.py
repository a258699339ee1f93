"""Everything the workers of an installation know together of one provider; stored as one row."""

from dataclasses import dataclass, field
from typing import Final

from expenseflow.kit.completions import ProviderDown
from expenseflow.pacing.limits import Kind, Window, margin
from expenseflow.pacing.log import CallLog
from expenseflow.pacing.planner import Cost

_FORGET: Final = 0.98
"""Weight of what was measured before, at each new measurement: the last fifty count."""
_CHARACTERS_A_TOKEN: Final = 3.5
_TOKENS_ANSWERED_A_LINE: Final = 40.0
_BASE_S, _PER_LINE_S = 0.5, 0.3
_PRIOR: Final = 0.2
"""Weight of what is assumed before anything was measured."""
_CLOCK_STEP_S: Final = 1.0
_FAILING: Final = 0.02
_PRIOR_CALLS: Final = 50.0


@dataclass(slots=True)
class Job:
    """A run that asks for calls."""

    lines: int
    """That wait to be asked."""
    under_way: int
    since: float
    """When it first asked."""
    seen: float


@dataclass(slots=True)
class Breaker:
    """Whether the provider is there; while it is open one call at a time tries."""

    open: bool = False
    failed_probes: int = 0
    next_probe: float = 0.0
    probing_until: float = 0.0
    """A probe is under way until then at the latest; 0: none is."""
    prober: str = ""
    """The job that sent the last probe."""
    silent_since: float | None = None
    failures: int = 0
    suspects: list[str] = field(default_factory=list[str])
    """The lines that were in each of the failures in a row."""
    words: str = ProviderDown.words


@dataclass(slots=True)
class Line:
    """A straight line through what was measured, the newest weighing most: y = a + b x."""

    n: float = 0.0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    def add(self, x: float, y: float, weight: float = 1.0) -> None:
        self.n = self.n * _FORGET + weight
        self.x = self.x * _FORGET + weight * x
        self.y = self.y * _FORGET + weight * y
        self.xx = self.xx * _FORGET + weight * x * x
        self.xy = self.xy * _FORGET + weight * x * y

    def fitted(self, a: float, b: float) -> tuple[float, float]:
        """Least squares with the given line as a weak assumption, as if seen at x = 1 and 10."""
        n, x, y, xx, xy = self.n, self.x, self.y, self.xx, self.xy
        for assumed in (1.0, 10.0):
            n, x, y = n + _PRIOR, x + _PRIOR * assumed, y + _PRIOR * (a + b * assumed)
            xx += _PRIOR * assumed * assumed
            xy += _PRIOR * assumed * (a + b * assumed)
        slope = (n * xy - x * y) / max(n * xx - x * x, 1e-9)
        slope = max(slope, 1e-4)
        return max((y - slope * x) / n, 1e-3), slope


@dataclass(slots=True)
class Measured:
    """What calls take, and how many go wrong."""

    seconds: Line = field(default_factory=Line)
    answered: Line = field(default_factory=Line)
    """Tokens of an answer by its lines."""
    characters: float = 0.0
    prompt_tokens: float = 0.0
    calls: float = 0.0
    failed: float = 0.0

    def cost(self, *, fixed_characters: float, line_characters: float) -> Cost:
        """What a call of k lines is going to take, with a little too many tokens."""
        base, per_line = self.seconds.fitted(_BASE_S, _PER_LINE_S)
        fixed_out, line_out = self.answered.fitted(10.0, _TOKENS_ANSWERED_A_LINE)
        ratio = self.tokens_a_character * 1.01
        return Cost(
            base,
            per_line,
            fixed_characters * ratio + fixed_out * 1.05,
            line_characters * ratio + line_out * 1.05,
        )

    @property
    def tokens_a_character(self) -> float:
        if self.prompt_tokens <= 0:
            return 1 / _CHARACTERS_A_TOKEN
        return self.prompt_tokens / max(self.characters, 1.0)

    @property
    def failing(self) -> float:
        """The share of calls without a usable answer; two in a hundred until more is known."""
        return (self.failed + _FAILING * _PRIOR_CALLS) / (self.calls + _PRIOR_CALLS)

    def prompt(self, characters: int, tokens: int) -> None:
        if characters and tokens:
            self.characters = self.characters * _FORGET + characters
            self.prompt_tokens = self.prompt_tokens * _FORGET + tokens


@dataclass(slots=True)
class Totals:
    """Since the installation began; only ever rising."""

    calls: int = 0
    rejected: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    lines: int = 0
    seconds: float = 0.0
    """Of answered calls."""
    waited: float = 0.0
    """Seconds that jobs were held back, each for itself."""


@dataclass(slots=True)
class State:
    """One provider, as all workers know it. Times are epoch seconds of the database's clock."""

    requests: Kind = field(default_factory=Kind)
    tokens: Kind = field(default_factory=Kind)
    log: CallLog = field(default_factory=CallLog)
    jobs: dict[str, Job] = field(default_factory=dict[str, Job])
    breaker: Breaker = field(default_factory=Breaker)
    measured: Measured = field(default_factory=Measured)
    totals: Totals = field(default_factory=Totals)
    blocked_until: float = 0.0
    rejections_in_a_row: int = 0
    """Rounds of calls that were told nothing about when to come back."""
    margin_doublings: int = 0
    margin_at: float = 0.0
    """When the margin was changed last."""
    allowed: float | None = 1.0
    """Calls at the same time while no window says it; None: as many as its windows allow."""
    slowed: bool = False
    """Whether rejections that no window explains halved `allowed`: then it grows by one a round."""
    widest: int = 0
    """Most calls that were under way at the same time."""
    first_asked: float | None = None
    """When the first call ever left that has not been answered."""
    batch: int = 1
    batch_until: float = 0.0
    """What a round of calls to a provider without a known limit was begun with, and until when."""
    burst_at: float = 0.0
    burst: int = 0
    """Calls granted at once the last time, and when: a burst begins small."""
    busy_until: float = 0.0
    """When the calls that have left are likely to have ended."""
    heard_at: float = 0.0
    """When the provider last gave a sign of life."""
    error: str = ""
    error_at: float = 0.0
    seen_at: float = 0.0
    """The newest time any exchange had."""

    @property
    def under_way(self) -> int:
        """Calls of all jobs that have not ended."""
        return sum(job.under_way for job in self.jobs.values())

    @property
    def waiting(self) -> int:
        """Lines of all jobs that wait to be asked."""
        return sum(job.lines for job in self.jobs.values())

    def kept(self, window: Window) -> float:
        """Seconds that a call stays in a window: a little longer than the provider says."""
        return window.seconds + margin(window.seconds, self.margin_doublings)

    def set_clock(self, now: float) -> None:
        """The database's clock may have been put back: all times go back with it."""
        back = self.seen_at - now
        self.seen_at = now
        if back <= _CLOCK_STEP_S:
            return
        for entry in self.log.entries:
            entry.since, entry.at = entry.since - back, entry.at - back
        for job in self.jobs.values():
            job.since, job.seen = job.since - back, job.seen - back
        for kind in (self.requests, self.tokens):
            kind.rejected_at -= back
            kind.raised_at = None if kind.raised_at is None else kind.raised_at - back
        self._put_back(back)

    def _put_back(self, back: float) -> None:
        breaker = self.breaker
        breaker.next_probe -= back
        breaker.probing_until = 0.0
        if breaker.silent_since is not None:
            breaker.silent_since -= back
        if self.first_asked is not None:
            self.first_asked -= back
        self.blocked_until, self.busy_until = self.blocked_until - back, self.busy_until - back
        self.heard_at, self.error_at = max(0.0, self.heard_at - back), self.error_at - back
        self.batch_until = self.burst_at = self.margin_at = 0.0
