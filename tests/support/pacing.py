"""The pure pacing under a clock of the test's, shared by as many runs as one likes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from expenseflow.kit.clock import Clock
from expenseflow.pacing import admission, hearing
from expenseflow.pacing.log import Used
from expenseflow.pacing.messages import Ask, Ended, Granted, Policy, Reply
from expenseflow.pacing.state import State

EPOCH = 1_700_000_000.0


class MemoryPacing:
    """What `SharedPacing` does, without the database."""

    def __init__(self, clock: Clock, policy: Policy | None = None) -> None:
        self.state = State()
        self.policy = policy or Policy()
        self._clock = clock

    @property
    def now(self) -> float:
        return EPOCH + self._clock.monotonic()

    async def exchange(self, ended: Sequence[Ended], ask: Ask) -> Reply:
        hearing.hear(self.state, ended, self.now)
        return admission.admit(self.state, ask, self.policy, self.now)

    async def leave(self, ended: Sequence[Ended], job: str) -> None:
        hearing.hear(self.state, ended, self.now)
        admission.leave(self.state, job)


@dataclass
class Talk:
    """The pure pacing, spoken to by hand at moments of the test's own."""

    policy: Policy = field(default_factory=Policy)
    state: State = field(default_factory=State)
    now: float = EPOCH
    under_way: Counter[str] = field(default_factory=Counter)

    def ask(self, job: str = "a", fresh: int = 100, **given: Any) -> Reply:
        """Ask for calls; what is granted is under way until `end`."""
        wanted = Ask(job=job, fresh=fresh, under_way=self.under_way[job], **_SIZES | given)
        reply = admission.admit(self.state, wanted, self.policy, self.now)
        self.under_way[job] += len(reply.granted)
        return reply

    def ask_all(self, job: str = "a", fresh: int = 100, *, within: float = 2.0) -> list[Granted]:
        """Ask as a run does, again and again for a moment, until nothing more may leave."""
        granted: list[Granted] = []
        until = self.now + within
        while self.now < until and fresh:
            reply = self.ask(job, fresh)
            granted += reply.granted
            fresh -= sum(call.lines for call in reply.granted)
            if reply.wait > _A_MOMENT_S:
                break
            self.now += reply.wait
        return granted

    def end(self, *calls: Granted, job: str = "a", **how: Any) -> None:
        """These calls end now."""
        told: dict[str, Any] = {"ending": "answered", "ago": 0.0, "took": 1.0} | how
        self.under_way[job] -= len(calls)
        ended = [Ended(granted=call, lines=call.lines, **told) for call in calls]
        hearing.hear(self.state, ended, self.now)

    @property
    def used(self) -> Used:
        """What stands in the log."""
        return self.state.log.used(self.now, 1e9)


_A_MOMENT_S = 0.3
_SIZES: dict[str, Any] = {"fixed_characters": 1400.0, "line_characters": 140.0}
