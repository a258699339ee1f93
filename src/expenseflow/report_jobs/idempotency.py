"""The same request again, under the same Idempotency-Key, gets the same answer."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import advisory_lock
from expenseflow.report_jobs import rules
from expenseflow.report_jobs.errors import IdempotencyKeyReused, InvalidIdempotencyKey
from expenseflow.report_jobs.repository import keys


def hash_of(body: Mapping[str, Any]) -> str:
    """What makes two request bodies the same."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


async def earlier_answer(
    session: AsyncSession, user_id: UUID, key: str, *, body_hash: str
) -> Mapping[str, Any] | None:
    """The answer this key got before; holds the key until the transaction ends.

    Raises:
        InvalidIdempotencyKey: empty, too long, or not visible ASCII.
        IdempotencyKeyReused: it came with another body.
    """
    if not (1 <= len(key) <= rules.MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise InvalidIdempotencyKey
    await advisory_lock(session, "idempotency", user_id, key)
    kept = await keys.kept(session, user_id, key)
    if kept is None:
        return None
    if kept.body_hash != body_hash:
        raise IdempotencyKeyReused
    return kept.answer


async def keep_answer(
    session: AsyncSession,
    user_id: UUID,
    key: str,
    *,
    body_hash: str,
    job_id: UUID,
    answer: Mapping[str, Any],
) -> None:
    """Remember a 202 for 24 hours."""
    await keys.keep(session, user_id, key, body_hash=body_hash, job_id=job_id, answer=answer)
