"""What the rest of ExpenseFlow may ask of categorization. Never commits, never calls a provider."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import memory, privacy, prompts, repository, rules
from expenseflow.categorization.ladder import Knowledge, Remembered
from expenseflow.categorization.outcomes import (
    Answer,
    Charge,
    Lesson,
    Merchant,
    PastLine,
)
from expenseflow.categorization.own_rules import service as own_rules_service
from expenseflow.categorization.similar import repository as models
from expenseflow.categorization.similar.shelf import Shelf
from expenseflow.categorization.similar.tier import Similar
from expenseflow.chart.service import Chart, ChartEntry
from expenseflow.identity import service as identity


def context_hash(chart: Chart, model: str, *, simulated: bool = False) -> str:
    """What an answer depends on besides the merchant; another chart or model asks anew.

    What a simulated model said never stands for a real one, even one that is called the same.
    """
    context: dict[str, object] = {
        "accounts": _listed(chart.accounts),
        "departments": _listed(chart.departments),
        "model": model,
        "prompt": prompts.VERSION,
    }
    if simulated:
        context["simulated"] = True
    return hashlib.sha256(json.dumps(context, sort_keys=True).encode()).hexdigest()


def _listed(entries: Sequence[ChartEntry]) -> list[tuple[str, str]]:
    return sorted((entry.code, entry.name) for entry in entries if entry.active)


async def load_knowledge(
    session: AsyncSession,
    user_id: UUID,
    *,
    chart: Chart,
    shelf: Shelf | None = None,
    simulated: bool = False,
) -> Knowledge:
    """What is known of a person before any charge is looked at; once a run.

    `shelf` holds the learned model; `simulated` says whether the provider is the demo's.
    """
    usual = await memory.usual_departments(session, user_id, chart=chart)
    own_rules = await own_rules_service.load(session, user_id)
    predictor = None if shelf is None else await shelf.predictor(session)
    similar = None if predictor is None else Similar(predictor, user_id, chart)
    return Knowledge(chart, usual, own_rules, similar, simulated)


async def remember(
    session: AsyncSession,
    user_id: UUID,
    merchants: Collection[Merchant],
    *,
    chart: Chart,
    context: str | None,
    now: datetime,
) -> Remembered:
    """What the person decided for these merchants, and with a context the answers paid for.

    `ladder.settle_known` makes settlements of it; that is work for a thread.
    """
    keys = sorted({merchant.key for merchant in merchants})
    if not keys:
        return Remembered()
    filed = await memory.recall(session, user_id, keys, chart=chart)
    if context is None:
        return Remembered(filed)
    since = now - timedelta(days=rules.KEPT_DAYS)
    kept = await repository.kept_answers(session, user_id, keys, context=context, since=since)
    answers = {merchant: answer for merchant, answer in kept.items() if _in_chart(answer, chart)}
    return Remembered(filed, answers)


def _in_chart(answer: Answer, chart: Chart) -> bool:
    return (
        answer.gl_code in chart.account_codes and answer.department_code in chart.department_codes
    )


async def keep_answers(
    session: AsyncSession,
    user_id: UUID,
    answers: Mapping[Merchant, Answer],
    *,
    context: str,
    now: datetime,
) -> None:
    """Remember paid answers for 180 days; in the transaction that settles their lines."""
    await repository.keep_answers(session, user_id, answers.items(), context=context, now=now)


async def forget_old_answers(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete up to `limit` paid answers that no job would use any more; how many there were."""
    before = now - timedelta(days=rules.KEPT_DAYS)
    return await repository.forget_answers(session, before=before, limit=limit)


async def to_ask(
    session: AsyncSession, user_id: UUID, charges: Sequence[Charge]
) -> tuple[list[Charge], dict[Merchant, list[PastLine]]]:
    """The charges as a provider may see them, and up to five similar lines filed before, of each.

    The person's own name and address are taken out of all texts; the merchants stay the same.
    """
    names = privacy.names_of(await identity.email_of(session, user_id) or "")
    past = await memory.nearest_past(session, user_id, charges)
    return (
        [privacy.anonymous(charge, names) for charge in charges],
        {
            merchant: [privacy.anonymous_past(line, names) for line in lines]
            for merchant, lines in past.items()
        },
    )


async def forget_models(session: AsyncSession) -> None:
    """Forget what was learned from everybody; it is learned anew from whoever is left.

    A model knows people's cards and merchants, so one that has seen somebody tells of them.
    """
    await models.forget_all(session)


async def teach(
    session: AsyncSession, user_id: UUID, lessons: Sequence[Lesson], *, now: datetime
) -> None:
    """Remember what the person decided; a later lesson about a transaction replaces the earlier."""
    await repository.upsert_lessons(session, user_id, lessons, now=now)


async def unteach(session: AsyncSession, user_id: UUID, transaction_ids: Collection[UUID]) -> None:
    """Forget what was taught by these transactions."""
    await repository.delete_lessons(session, user_id, transaction_ids)
