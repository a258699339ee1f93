"""What the rest of ExpenseFlow may ask of categorization. Never commits, never calls a provider."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import memory, privacy, prompts, repository, rules, suspicion
from expenseflow.categorization.outcomes import (
    Answer,
    Charge,
    Lesson,
    Merchant,
    PastLine,
    Settlement,
    Suggestion,
)
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


async def settle_known(
    session: AsyncSession,
    user_id: UUID,
    merchants: Collection[Merchant],
    *,
    chart: Chart,
    context: str | None,
    now: datetime,
    simulated: bool = False,
) -> dict[Merchant, Settlement]:
    """What memory knows, then, when a context is given, the answers already paid for.

    `simulated` says whose context it is: that of the demo's test provider.
    """
    keys = sorted({merchant.key for merchant in merchants})
    if not keys:
        return {}
    remembered = await memory.recall(session, user_id, keys, chart=chart)
    known = {m: remembered[m.key] for m in merchants if m.key in remembered}
    left = [merchant for merchant in merchants if merchant not in known]
    if context and left:
        answers = await _kept(session, user_id, left, chart=chart, context=context, now=now)
        known |= {m: from_answer(answer, simulated=simulated) for m, answer in answers.items()}
    return known


async def _kept(
    session: AsyncSession,
    user_id: UUID,
    merchants: Collection[Merchant],
    *,
    chart: Chart,
    context: str,
    now: datetime,
) -> dict[Merchant, Answer]:
    since = now - timedelta(days=rules.KEPT_DAYS)
    keys = sorted({merchant.key for merchant in merchants})
    kept = await repository.kept_answers(session, user_id, keys, context=context, since=since)
    return {
        merchant: kept[merchant]
        for merchant in merchants
        if merchant in kept and _in_chart(kept[merchant], chart)
    }


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


def from_answer(answer: Answer, *, simulated: bool = False) -> Settlement:
    """A provider's checked answer as a settlement, which says so if the provider is simulated."""
    who = rules.SIMULATED if simulated else "The AI service"
    confidence = min(answer.confidence, rules.MODEL_AT_MOST)
    reason = rules.review_reason(confidence, answer.department_code, unsure=rules.UNSURE_MODEL)
    return Settlement(
        tier="model",
        gl_code=answer.gl_code,
        department_code=answer.department_code,
        vendor=answer.vendor,
        description=answer.description,
        confidence=confidence,
        needs_review=reason is not None,
        review_reason=reason,
        explanation=f"{who} read this as {answer.vendor[:100]}",
        suggestions=(Suggestion(answer.gl_code, answer.department_code, confidence),),
    )


def watched(settlement: Settlement, charge: Charge) -> Settlement:
    """The same, flagged when a provider settled a charge whose text reads like an order to it."""
    if settlement.tier == "model" and prompts.batches_alone(charge):
        return suspicion.flagged(settlement)
    return settlement


def settle_left(
    charge: Charge, *, chart: Chart, usual_department: str | None, reason: str
) -> Settlement:
    """What no other tier settled: a starter rule, else flagged with the reason in words."""
    match = rules.starter_match(
        charge.merchant.key, charge.source_category, accounts=chart.account_codes
    )
    if match is None:
        return Settlement(tier="manual", needs_review=True, review_reason=reason[:500])
    department = usual_department if usual_department in chart.department_codes else None
    flag = rules.review_reason(match.confidence, department, unsure=rules.UNSURE_CATEGORY)
    return Settlement(
        tier="rule",
        gl_code=match.gl_code,
        department_code=department,
        vendor=match.vendor,
        confidence=match.confidence,
        needs_review=flag is not None,
        review_reason=flag,
        explanation=f"Starter rule: {match.source}",
        suggestions=(Suggestion(match.gl_code, department, match.confidence),),
    )


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


async def usual_department(session: AsyncSession, user_id: UUID) -> str | None:
    """The department this person files under most often."""
    return await repository.usual_department(session, user_id)


async def teach(
    session: AsyncSession, user_id: UUID, lessons: Sequence[Lesson], *, now: datetime
) -> None:
    """Remember what the person decided; a later lesson about a transaction replaces the earlier."""
    await repository.upsert_lessons(session, user_id, lessons, now=now)


async def unteach(session: AsyncSession, user_id: UUID, transaction_ids: Collection[UUID]) -> None:
    """Forget what was taught by these transactions."""
    await repository.delete_lessons(session, user_id, transaction_ids)
