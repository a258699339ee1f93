"""The pure pacing under a clock of the test's, shared by as many runs as one likes."""

from collections.abc import Sequence

from expenseflow.kit.clock import Clock
from expenseflow.pacing import admission, hearing
from expenseflow.pacing.messages import Ask, Ended, Policy, Reply
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
