"""A call that has left: how much longer it takes, and what is told of it when it has ended."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from expenseflow.categorization.calls import Heard
from expenseflow.categorization.outcomes import Charge, Merchant
from expenseflow.categorization.work import FEW_PARTS
from expenseflow.pacing.messages import Ended, Granted, Reply

_OVERDUE: Final = 1.5
"""A call that takes so many times what is usual is likely to time out."""
_AGAIN_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A call that has left."""

    batch: Sequence[Charge]
    granted: Granted
    started: float
    """Monotonic seconds."""
    retry: bool
    """Whether one of its lines was asked before."""

    def left(self, reply: Reply, now: float) -> float:
        """Seconds it is likely to take still; an overdue one until it times out, and once more."""
        passed, usual = now - self.started, reply.cost.latency(len(self.batch))
        if passed <= _OVERDUE * usual:
            return max(0.0, usual - passed)
        again = -(-len(self.batch) // FEW_PARTS)  # then its lines are asked in parts
        return max(0.0, reply.timeout - passed) + reply.cost.latency(again) + _AGAIN_S

    def ended(self, heard: Heard, now: float, *, known_bad: bool) -> Ended:
        """What pacing is told of it; `known_bad` as `fates` knows it."""
        return Ended(
            granted=self.granted,
            ending=heard.ending,
            ago=0.0,
            took=now - self.started,
            lines=len(self.batch),
            characters=heard.characters,
            prompt_tokens=heard.usage.prompt_tokens,
            completion_tokens=heard.usage.completion_tokens,
            retry_after=heard.retry_after,
            limits=heard.limits,
            words=heard.words if heard.ending not in ("answered", "limited") else "",
            known_bad=known_bad,
            about=tuple(_name_of(charge.merchant) for charge in self.batch),
        )


def _name_of(merchant: Merchant) -> str:
    """The same in every worker, and telling nothing."""
    return hashlib.sha256(repr(tuple(merchant)).encode()).hexdigest()[:12]
