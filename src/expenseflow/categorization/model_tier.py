"""The model tier: distinct merchants in batches to a provider; every one answered or given up.

When a call may leave and how many lines it holds is decided by `pacing`; `asking` makes the calls;
what becomes of lines without an answer is decided by `fates`.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence

from expenseflow.categorization.asking import Asking, Pacing
from expenseflow.categorization.calls import Caller, Completer
from expenseflow.categorization.outcomes import Charge, Merchant, PastLine
from expenseflow.categorization.telling import OnOutcome, Telling
from expenseflow.categorization.work import Work
from expenseflow.chart.service import Chart
from expenseflow.kit.clock import Clock


class ModelTier:
    """Settles charges by asking a provider."""

    def __init__(
        self,
        completer: Completer,
        pacing: Pacing,
        clock: Clock,
        *,
        outage_patience: float = 120.0,
        rng: random.Random | None = None,
    ) -> None:
        self._completer = completer
        self._pacing = pacing
        self._clock = clock
        self.outage_patience = outage_patience
        """Seconds without a sign of life of the provider after which a run gives up."""
        self._rng = rng or random.Random()  # noqa: S311  # jitter, not a secret

    async def settle(
        self,
        charges: Sequence[Charge],
        *,
        job: str,
        request_id: str | None = None,
        chart: Chart,
        past: Mapping[Merchant, Sequence[PastLine]],
        on_outcome: OnOutcome,
        leaving: asyncio.Event | None = None,
    ) -> None:
        """Return when each merchant has been answered or given up, exactly once.

        Or when `leaving` is set and the calls that were under way then have ended: what is still
        open is then left to somebody else.

        `job` names this run among all that ask the provider; its calls carry `request_id`.
        `on_outcome` is awaited with what is new, one after another; what it raises ends everything
        and is raised here. Cancelling this cancels the calls in flight.
        """
        if not charges:
            return
        run = Asking(
            caller=Caller(self._completer, chart, past, request_id),
            pacing=self._pacing,
            clock=self._clock,
            rng=self._rng,
            patience=self.outage_patience,
            job=job,
            work=Work(charges, chart=chart, past=past),
            telling=Telling(on_outcome),
            leaving=leaving or asyncio.Event(),
        )
        await run.settle()
