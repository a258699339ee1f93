"""What becomes of lines that a call brought no answer for. Knows no clock and no provider.

Failures are charged to a line only in a call of its own: a failed batch is split without a charge.
What is the provider's state (limit, outage) is never charged to lines.
"""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

from expenseflow.categorization.calls import Heard
from expenseflow.categorization.outcomes import Charge, Merchant
from expenseflow.categorization.work import Work
from expenseflow.pacing.messages import Reply

PAUSES: Final = (0.5, 1.0, 2.0)
"""Seconds before each further try of a line on its own, with full jitter."""
USELESS_IN_A_ROW: Final = 50
"""So many answers without a usable line are the end: more of them would only cost."""


TOO_LONG_S: Final = 600.0
"""No report waits longer than this to be asked again: a quota of the day is used up."""


class Consequences(Protocol):
    """What a run does about it."""

    def try_later(self, charge: Charge, seconds: float) -> None:
        """Ask this line again, on its own, after a pause."""
        ...

    def give_up(self, charge: Charge, words: str) -> None:
        """This line gets no answer."""
        ...

    def end(self, words: str) -> None:
        """No further call has a chance."""
        ...


class Fates:
    """Decides for the lines of one run."""

    def __init__(self, work: Work, run: Consequences, rng: random.Random) -> None:
        self._work = work
        self._run = run
        self._rng = rng
        self._tries: Counter[Merchant] = Counter()
        """Further calls of a line on its own."""
        self._doubts: Counter[Merchant] = Counter()
        """Batches that came back as garbage and held the merchant."""
        self._unclear: list[tuple[Sequence[Charge], bool, Heard]] = []
        self._spare: int | None = None
        self._useless = 0

    def heard(self, batch: Sequence[Charge], heard: Heard, *, probe: bool) -> None:
        """How a call of these lines went."""
        match heard.ending:
            case "limited" | "down":
                self._unserved(batch, heard)
            case "refused":
                self._run.end(heard.words)
            case "answered":
                self._useless = 0
                self._failed(batch, heard)
            case "useless":
                self._useless += 1
                if self._useless >= USELESS_IN_A_ROW:
                    self._run.end(heard.words)
                else:
                    self._failed(batch, heard)
            case "suspect":
                self._unclear.append((batch, probe, heard))

    def _unserved(self, batch: Sequence[Charge], heard: Heard) -> None:
        if heard.ending == "down":
            self._work.put_back(batch)
        elif (heard.retry_after or 0.0) > TOO_LONG_S:
            self._run.end(heard.words)
        else:
            self._work.again(batch)

    def is_known_bad(self, batch: Sequence[Charge]) -> bool:
        """Whether this is a line on its own that failed on its own before."""
        return len(batch) == 1 and self._tries[batch[0].merchant] > 0

    def judge(self, reply: Reply) -> None:
        """What silences and errors mean is known once the provider's state is: an outage or not."""
        self._spare = reply.spare
        unclear, self._unclear = self._unclear, []
        for batch, probe, heard in unclear:
            if reply.hold == "outage" or probe:
                self._work.put_back(batch)
            else:
                self._failed(batch, heard)

    def _failed(self, batch: Sequence[Charge], heard: Heard) -> None:
        left = [charge for charge in batch if charge.merchant in self._work.open]
        if len(batch) == 1 and left:
            self._alone(left[0], heard)
        elif left:
            if heard.ending == "useless":
                self._doubts.update(charge.merchant for charge in left)
            self._work.split(left, spare=self._spare)

    def _alone(self, charge: Charge, heard: Heard) -> None:
        """A call of its own failed: try again after a pause, or give the line up."""
        tried = self._tries[charge.merchant]
        if heard.hopeless or tried >= self._most_tries(charge.merchant, heard):
            self._run.give_up(charge, heard.words)
            return
        self._tries[charge.merchant] += 1
        self._run.try_later(charge, self._rng.uniform(0.0, PAUSES[tried]))

    def _most_tries(self, merchant: Merchant, heard: Heard) -> int:
        """Fewer after garbage for the batches that held the line too: four times is enough."""
        doubts = self._doubts[merchant] if heard.ending == "useless" else 0
        return max(1, len(PAUSES) - doubts)
