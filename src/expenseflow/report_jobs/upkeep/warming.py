"""At night, what a job would have to do first is done ahead, behind everybody's back.

Always here: who was paid, for charges that came in lately (`local`). Only when it is set to
`provider`, the AI service is asked about merchants that nobody here knows; its answers are kept,
and a job finds them. A charge that its owner has marked as personal is never looked at. While
anybody waits for a report nothing is begun, and no further call leaves.

Each month is asked about in one run a night, so no merchant is asked more often than by a job, and
an outage of the AI service ends the night as soon as it would end a job's asking.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from expenseflow.categorization import ladder
from expenseflow.categorization import service as categorization
from expenseflow.categorization.merchants import KEY_VERSION, merchant_key
from expenseflow.categorization.outcomes import Charge, Merchant, Outcome, PastLine
from expenseflow.chart import service as charts
from expenseflow.chart.service import Chart
from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.running import Workshop
from expenseflow.report_jobs.upkeep import repository
from expenseflow.report_jobs.upkeep.repository import Month
from expenseflow.report_jobs.upkeep.yielding import LOOK_SECONDS, Yielding
from expenseflow.statements import service as statements

_log = structlog.get_logger(__name__)

FRESH_DAYS = 7
"""Charges that came in so lately; what was not answered in as many nights will not be."""
LONGEST = timedelta(hours=3)
_KEYS_AT_ONCE = 500
_LOOKS_AT_LOCKED = 3
"""Charges that somebody keeps locked are left to the next night after so many."""
_IN_VAIN = 3
"""So many months in a row without one answer, and the AI service is left alone for tonight."""


@dataclass(frozen=True, slots=True)
class Warmed:
    """What a night has brought."""

    named: int
    """Charges whose merchant is known now."""
    answered: int
    """Merchants that the AI service was asked about, with an answer."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What the AI service is asked about one month."""

    chart: Chart
    context: str
    charges: Sequence[Charge]
    past: Mapping[Merchant, Sequence[PastLine]]


class Warmer:
    """Works a night at a time; the provider is asked only with the pacing of `shop.model_tier`."""

    def __init__(self, shop: Workshop, pacing: Yielding | None = None) -> None:
        self._shop = shop
        self._pacing = pacing
        self._named = self._answered = self._in_vain = 0

    async def warm(self) -> Warmed:
        """Look at what came in lately, month by month, until all is done or the night is over."""
        self._named = self._answered = self._in_vain = 0
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                await self._warm()
        except TimeoutError:
            _log.info("warming.out_of_time")
        warmed = Warmed(self._named, self._answered)
        _log.info("warming.done", named=warmed.named, answered=warmed.answered)
        return warmed

    async def _warm(self) -> None:
        async with self._shop.database.transaction() as session:
            months = await repository.fresh_months(session, days=FRESH_DAYS)
        for month in months:
            await self._name(month)
        # Not always the same ones first: some may never get an answer.
        random.shuffle(months)
        for month in months:
            await self._until_nobody_waits()
            await self._ask(month)
            if self._in_vain >= _IN_VAIN:
                _log.info("warming.given_up")
                return

    async def _name(self, month: Month) -> None:
        locked = 0
        while locked < _LOOKS_AT_LOCKED:
            await self._until_nobody_waits()
            async with self._shop.database.transaction() as session:
                unnamed = await statements.without_merchant_key(
                    session, month.user_id, month.period, version=KEY_VERSION, limit=_KEYS_AT_ONCE
                )
            if not unnamed:
                return
            keys = await asyncio.to_thread(_keys_of, unnamed)
            async with self._shop.database.transaction() as session:
                named = await statements.set_merchant_keys(session, keys, version=KEY_VERSION)
            self._named += named
            if not named:
                locked += 1
                await self._shop.clock.sleep(LOOK_SECONDS)

    async def _ask(self, month: Month) -> None:
        """Ask about what nobody here knows, and keep the answers."""
        tier, pacing = self._shop.model_tier, self._pacing
        if tier is None or pacing is None:
            return
        question = await self._question(month)
        if question is None:
            return
        before = self._answered
        pacing.begin(partial(self._is_still_so, month, question))

        async def keep(outcome: Outcome) -> None:
            await self._keep(month.user_id, outcome, question.context)

        await tier.settle(
            question.charges,
            job=f"warming:{new_id()}",
            chart=question.chart,
            past=question.past,
            on_outcome=keep,
        )
        if pacing.outage >= tier.outage_patience:
            self._in_vain = _IN_VAIN
        elif self._answered > before:
            self._in_vain = 0
        elif not pacing.is_outdated:
            self._in_vain += 1

    async def _fresh(self, month: Month) -> tuple[Chart, str, Sequence[Row[Any]]]:
        """The chart, the hash of what answers depend on, and what may be asked about."""
        shop = self._shop
        async with shop.database.transaction() as session:
            chart = await charts.load_chart(session)
            rows = await repository.fresh_charges(
                session, month, version=KEY_VERSION, days=FRESH_DAYS
            )
        context = categorization.context_hash(chart, shop.model_name, simulated=shop.simulated)
        return chart, context, rows

    async def _is_still_so(self, month: Month, question: _Question) -> bool:
        _, context, rows = await self._fresh(month)
        told = {charge.transaction_id for charge in question.charges}
        return context == question.context and told <= {row.id for row in rows}

    async def _question(self, month: Month) -> _Question | None:
        shop = self._shop
        chart, context, rows = await self._fresh(month)
        if not rows or not chart.account_codes:
            return None
        unknown = await self._unknown(month.user_id, [_charge(row) for row in rows], chart, context)
        if not unknown:
            return None
        async with shop.database.transaction() as session:
            told, past = await categorization.to_ask(session, month.user_id, unknown)
        return _Question(chart, context, told, past)

    async def _unknown(
        self, user_id: UUID, charges: Sequence[Charge], chart: Chart, context: str
    ) -> list[Charge]:
        """The latest charge of each merchant that neither the person, nor a kept answer, knows."""
        shop = self._shop
        async with shop.database.transaction() as session:
            knowledge = await categorization.load_knowledge(
                session, user_id, chart=chart, shelf=shop.shelf, simulated=shop.simulated
            )
            remembered = await categorization.remember(
                session,
                user_id,
                {charge.merchant for charge in charges},
                chart=chart,
                context=context,
                now=shop.clock.now(),
            )
        known = await asyncio.to_thread(ladder.settle_known, charges, knowledge, remembered)
        latest = dict[Merchant, Charge]()
        for charge in charges:
            if charge.transaction_id not in known:
                latest.setdefault(charge.merchant, charge)
        return list(latest.values())

    async def _keep(self, user_id: UUID, outcome: Outcome, context: str) -> None:
        if not outcome.answers:
            return
        async with self._shop.database.transaction() as session:
            await categorization.keep_answers(
                session, user_id, outcome.answers, context=context, now=self._shop.clock.now()
            )
        self._answered += len(outcome.answers)

    async def _until_nobody_waits(self) -> None:
        while await somebody_waits(self._shop.database):
            await self._shop.clock.sleep(LOOK_SECONDS)


async def somebody_waits(database: Database) -> bool:
    """Whether any report is being generated, or waits to be."""
    async with database.transaction() as session:
        return await repository.has_active_jobs(session)


def _charge(row: Row[Any]) -> Charge:
    return Charge(
        transaction_id=row.id,
        merchant=Merchant(row.merchant_key, -1 if row.amount < 0 else 1),
        description=row.description,
        amount=row.amount,
        currency=row.currency,
        posted_on=row.posted_on,
        source_category=row.source_category,
        account=row.account,
    )


def _keys_of(unnamed: Sequence[tuple[UUID, str]]) -> dict[UUID, str]:
    return {transaction_id: merchant_key(text) for transaction_id, text in unnamed}
