"""The lines of one run that wait to be asked, and in which company. Pure."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

from expenseflow.categorization import prompts
from expenseflow.categorization.outcomes import Charge, Merchant, PastLine
from expenseflow.chart.service import Chart
from expenseflow.pacing import planner

PARTS: Final = 5
"""A failed batch is split into at most this many."""
FEW_PARTS: Final = 3
SPARE_WANTED: Final = 10
"""Requests to be left in the window for a failed batch to be split into many."""


class Work:
    """What is open, what waits, and how many characters it will take."""

    def __init__(
        self,
        charges: Sequence[Charge],
        *,
        chart: Chart,
        past: Mapping[Merchant, Sequence[PastLine]],
    ) -> None:
        self.open = {charge.merchant: charge for charge in charges}
        """Neither answered nor given up."""
        charges = list(self.open.values())
        # A line that reads like an order could speak for the whole batch, so it goes alone.
        self._alone = [charge for charge in charges if prompts.batches_alone(charge)]
        self._apart = {charge.merchant for charge in self._alone}
        """Merchants that are not put together with others at will any more."""
        self._fresh = deque(charge for charge in charges if charge.merchant not in self._apart)
        self._parts: deque[Sequence[Charge]] = deque()
        self.fixed_characters = prompts.fixed_size(chart) if charges else 0
        sizes = [prompts.line_size(one, past.get(one.merchant, ())) for one in charges]
        self.line_characters = sum(sizes) / len(sizes) if sizes else 0.0

    @property
    def fresh(self) -> int:
        """Lines that may be put together at will."""
        return len(self._fresh)

    @property
    def parts(self) -> tuple[int, ...]:
        """Sizes of the batches that go as they are, in order."""
        if not self._fresh and self._alone:
            self._parts.extend([charge] for charge in self._alone)
            self._alone.clear()
        return tuple(len(part) for part in self._parts)

    def take(self, lines: int) -> list[Charge]:
        """The next fresh lines."""
        return [self._fresh.popleft() for _ in range(min(lines, len(self._fresh)))]

    def take_part(self, lines: int) -> Sequence[Charge]:
        """The next batch that goes as it is, or so many lines of it, the rest to go later."""
        part = self._parts.popleft()
        if len(part) > lines:
            self._parts.append(part[lines:])
        return part[:lines]

    def again(self, batch: Sequence[Charge]) -> None:
        """Ask this batch again as it is: it was rejected, and is first in the line."""
        self._parts.append(batch)

    def put_back(self, batch: Sequence[Charge]) -> None:
        """The provider was not there: fresh lines are fresh again, parts stay parts.

        Each try of an outage takes one line; as parts they would need a call each afterwards.
        """
        if self._apart.isdisjoint(charge.merchant for charge in batch):
            self._fresh.extend(batch)
        else:
            self._parts.append(batch)

    def alone(self, charge: Charge) -> None:
        """Ask this line again on its own."""
        self._apart.add(charge.merchant)
        self._parts.append([charge])

    def split(self, batch: Sequence[Charge], *, spare: int | None) -> None:
        """Ask what is left of a failed batch in smaller ones; fewer where requests are short."""
        left = [charge for charge in batch if charge.merchant in self.open]
        self._apart.update(charge.merchant for charge in left)
        parts = PARTS if spare is None or spare >= SPARE_WANTED else FEW_PARTS
        for size in planner.spread(len(left), -(-len(left) // parts)):
            self._parts.append(left[:size])
            left = left[size:]

    def settle(self, merchants: Sequence[Merchant]) -> None:
        """These have left."""
        for merchant in merchants:
            self.open.pop(merchant, None)
