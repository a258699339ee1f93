"""The 202s that were answered under an Idempotency-Key."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import delete_some
from expenseflow.report_jobs import rules
from expenseflow.report_jobs.models import IdempotencyKey
from expenseflow.report_jobs.repository.jobs import NOW


async def kept(session: AsyncSession, user_id: UUID, key: str) -> IdempotencyKey | None:
    """The 202 this key was answered with in the last 24 hours."""
    await session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.user_id == user_id,
            IdempotencyKey.key == key,
            IdempotencyKey.created_at < NOW - timedelta(hours=rules.KEY_LIFETIME_HOURS),
        )
    )
    return await session.get(IdempotencyKey, (user_id, key), populate_existing=True)


async def forget_old(session: AsyncSession, *, limit: int) -> int:
    """Delete up to `limit` keys that are out of date; how many there were."""
    old = IdempotencyKey.created_at < NOW - timedelta(hours=rules.KEY_LIFETIME_HOURS)
    return await delete_some(session, IdempotencyKey, old, limit=limit)


async def keep(
    session: AsyncSession,
    user_id: UUID,
    key: str,
    *,
    body_hash: str,
    job_id: UUID,
    answer: Mapping[str, Any],
) -> None:
    """Remember the 202 in the transaction that made it."""
    await session.execute(
        insert(IdempotencyKey).values(
            user_id=user_id,
            key=key,
            body_hash=body_hash,
            job_id=job_id,
            answer=dict(answer),
            created_at=NOW,
        )
    )
