"""The lines of a job: the snapshot its POST takes, and the checkpoint its worker keeps."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization.merchants import KEY_VERSION
from expenseflow.categorization.outcomes import Charge, Merchant, Settlement

_REPORTABLE = (
    "t.user_id = :user_id AND t.period = :period AND NOT t.excluded AND NOT t.is_payment"
    " AND t.submitted_report_id IS NULL"
)

# An import that is being undone takes its transactions with it: we wait, and leave them out.
_STILL_THERE = "ORDER BY t.id FOR KEY SHARE OF t"

# As warming has found out, if it has.
_KEY = "CASE WHEN t.merchant_key_version = :version THEN t.merchant_key END"

_TAKE = f"""
WITH taken AS (
    INSERT INTO report_job_lines (job_id, transaction_id, sign, merchant_key)
    SELECT :job_id, t.id, CASE WHEN t.amount < 0 THEN -1 ELSE 1 END, {_KEY}
    FROM transactions t WHERE {_REPORTABLE} {_STILL_THERE}
    RETURNING 1
)
SELECT count(*) FROM taken
"""  # noqa: S608  # no value of a caller stands in it

_RESULT = (
    "merchant_key, tier, gl_code, department_code, vendor, description, confidence, needs_review,"
    " review_reason, explanation, suggestions, known_at"
)

# What a closed account or department was chosen for is open again.
_IN_USE = " AND ".join(
    f"({code} IS NULL OR EXISTS (SELECT 1 FROM {table} c WHERE c.code = {code} AND c.active))"  # noqa: S608  # no value of a caller stands in it
    for code, table in (("gl_code", "accounts"), ("department_code", "departments"))
)

_TAKE_OVER = f"""
WITH earlier AS (
    SELECT * FROM report_job_lines
    WHERE job_id = :earlier AND state = 1 AND (tier <> 'manual' OR :with_manual)
      AND {_IN_USE}
), taken AS (
    INSERT INTO report_job_lines (job_id, transaction_id, sign, state, {_RESULT})
    SELECT :job_id, t.id, CASE WHEN t.amount < 0 THEN -1 ELSE 1 END,
           CASE WHEN e.tier IS NULL THEN 0 ELSE 1 END,
           coalesce(e.merchant_key, {_KEY}), e.tier, e.gl_code, e.department_code, e.vendor,
           e.description, e.confidence, coalesce(e.needs_review, false), e.review_reason,
           e.explanation, coalesce(e.suggestions, '[]'), e.known_at
    FROM transactions t LEFT JOIN earlier e ON e.transaction_id = t.id
    WHERE {_REPORTABLE} {_STILL_THERE}
    RETURNING tier
)
SELECT tier, count(*) FROM taken GROUP BY tier
"""  # noqa: S608  # no value of a caller stands in it

# A row that was tampered with must not lead a worker to the charges of somebody else.
_THEIR_OWN = (
    "JOIN report_generation_jobs j ON j.id = l.job_id"
    " JOIN transactions t ON t.id = l.transaction_id AND t.user_id = j.user_id"
)

_WITHOUT_KEY = f"""
SELECT l.transaction_id, t.description FROM report_job_lines l {_THEIR_OWN}
WHERE l.job_id = :job_id AND l.merchant_key IS NULL
"""  # noqa: S608  # no value of a caller stands in it

_SET_KEYS = """
UPDATE report_job_lines l SET merchant_key = k.merchant_key
FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS text[])) AS k(transaction_id, merchant_key)
WHERE l.job_id = :job_id AND l.transaction_id = k.transaction_id
"""

_OPEN = f"""
SELECT l.merchant_key, l.sign, t.id, t.description, t.amount, t.currency, t.posted_on,
       t.source_category, t.account
FROM report_job_lines l {_THEIR_OWN}
WHERE l.job_id = :job_id AND l.state = 0
ORDER BY count(*) OVER (PARTITION BY l.merchant_key, l.sign) DESC, l.merchant_key, l.sign,
         t.posted_on DESC, t.id
"""  # noqa: S608  # no value of a caller stands in it

_SETTLE = """
WITH settled AS (
    UPDATE report_job_lines l
    SET state = 1, settled_attempt = :attempt, known_at = :known_at,
        tier = s.tier, gl_code = s.gl_code,
        department_code = s.department_code, vendor = s.vendor, description = s.description,
        confidence = s.confidence, needs_review = s.needs_review, review_reason = s.review_reason,
        explanation = s.explanation, suggestions = s.suggestions
    FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS int[])) AS w(transaction_id, number)
    JOIN jsonb_to_recordset(CAST(:settlements AS jsonb)) AS s(
        number int, tier text, gl_code text, department_code text, vendor text,
        description text, confidence numeric, needs_review bool, review_reason text,
        explanation text, suggestions jsonb) ON s.number = w.number
    WHERE l.job_id = :job_id AND l.state = 0 AND l.transaction_id = w.transaction_id
    RETURNING l.tier
)
SELECT tier, count(*) FROM settled GROUP BY tier
"""


async def take(session: AsyncSession, job_id: UUID, user_id: UUID, period: str) -> int:
    """Snapshot what is to be reported; returns how many lines that is."""
    result = await session.execute(
        text(_TAKE),
        {"job_id": job_id, "user_id": user_id, "period": period, "version": KEY_VERSION},
    )
    return int(result.scalar_one())


async def take_over(
    session: AsyncSession,
    job_id: UUID,
    user_id: UUID,
    period: str,
    *,
    earlier: UUID,
    with_manual: bool,
) -> dict[str | None, int]:
    """Snapshot the period and copy the settled lines of an earlier job.

    Returns how many lines each tier had settled; the open ones stand under None.
    """
    result = await session.execute(
        text(_TAKE_OVER),
        {
            "job_id": job_id,
            "user_id": user_id,
            "period": period,
            "earlier": earlier,
            "with_manual": with_manual,
            "version": KEY_VERSION,
        },
    )
    return {tier: int(lines) for tier, lines in result}


async def knowing_from(session: AsyncSession) -> datetime:
    """From when on another transaction may have changed what is read next without our seeing it.

    A minute ago: a transaction that was open then has been cut by now.
    """
    found = await session.execute(text("SELECT clock_timestamp() - interval '1 minute'"))
    return found.scalar_one()


async def without_key(session: AsyncSession, job_id: UUID) -> list[tuple[UUID, str]]:
    """Transaction and original description of the lines whose merchant is not known yet."""
    rows = await session.execute(text(_WITHOUT_KEY), {"job_id": job_id})
    return [(transaction_id, description) for transaction_id, description in rows]


async def set_keys(session: AsyncSession, job_id: UUID, keys: Mapping[UUID, str]) -> None:
    """Write the merchant keys of lines."""
    await session.execute(
        text(_SET_KEYS),
        {"job_id": job_id, "ids": list(keys), "keys": list(keys.values())},
    )


async def open_charges(session: AsyncSession, job_id: UUID) -> list[Charge]:
    """The open lines, those of the merchants with the most lines first.

    The lines of a merchant stand together, the latest first.
    """
    rows = await session.execute(text(_OPEN), {"job_id": job_id})
    return [
        Charge(
            transaction_id=row.id,
            merchant=Merchant(row.merchant_key, row.sign),
            description=row.description,
            amount=row.amount,
            currency=row.currency,
            posted_on=row.posted_on,
            source_category=row.source_category,
            account=row.account,
        )
        for row in rows
    ]


async def settle(
    session: AsyncSession,
    job_id: UUID,
    attempt: int,
    settled: Mapping[UUID, Settlement],
    *,
    known_at: datetime,
) -> dict[str, int]:
    """Settle the lines of these transactions; returns the lines settled by each tier.

    A settled line stays settled: one that is no longer open is left as it is. `known_at` is when
    the person's rules were read.
    """
    numbers: dict[Settlement, int] = {}
    for settlement in settled.values():
        numbers.setdefault(settlement, len(numbers))
    rows = await session.execute(
        text(_SETTLE),
        {
            "job_id": job_id,
            "attempt": attempt,
            "known_at": known_at,
            "ids": list(settled),
            "numbers": [numbers[settlement] for settlement in settled.values()],
            "settlements": _as_json(numbers),
        },
    )
    return {tier: int(lines) for tier, lines in rows}


def _as_json(numbers: Mapping[Settlement, int]) -> str:
    """Each distinct settlement once: a merchant's lines mostly share theirs."""
    return json.dumps(
        [{"number": number, **asdict(settlement)} for settlement, number in numbers.items()],
        default=str,
    )
