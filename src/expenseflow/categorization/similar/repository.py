"""The SQL of the `similar` tier: verified lines, and the models made of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization.models import MemoryLesson
from expenseflow.categorization.similar.features import Example, line_of
from expenseflow.categorization.similar.models import StoredModel
from expenseflow.categorization.similar.wire import Verified
from expenseflow.kit.period import months_between
from expenseflow.statements.models import Transaction

_YEAR_ZERO = "0000-01"


@dataclass(frozen=True, slots=True)
class Lessons:
    """How many lessons there are, how many came after a moment, and when the last one did."""

    count: int
    new: int
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Training:
    """When a training was, and the latest lesson it learned from."""

    created_at: datetime
    taught_until: datetime


async def lessons_since(session: AsyncSession, since: datetime | None) -> Lessons:
    """What there is to learn from, by everybody here; all of it is new when `since` is None."""
    newer = func.count() if since is None else func.count().filter(MemoryLesson.taught_at > since)
    found = await session.execute(
        select(func.count(), newer, func.max(MemoryLesson.taught_at)).select_from(MemoryLesson)
    )
    return Lessons(*found.one())


async def verified_lines(
    session: AsyncSession, *, since: datetime | None, limit: int
) -> list[Verified]:
    """The latest lines that people here stand behind, the earlier months first."""
    rows = await session.execute(
        select(
            MemoryLesson.user_id,
            Transaction.account,
            MemoryLesson.merchant_key,
            Transaction.amount,
            Transaction.source_category,
            Transaction.description,
            MemoryLesson.gl_code,
            MemoryLesson.department_code,
            Transaction.period,
            MemoryLesson.taught_at,
        )
        .join(Transaction, Transaction.id == MemoryLesson.transaction_id)
        .order_by(Transaction.period.desc(), Transaction.id)
        .limit(limit)
    )
    return [_verified(row, since) for row in reversed(rows.all())]


def _verified(row: Any, since: datetime | None) -> Verified:
    line = line_of(
        row.user_id,
        account=row.account,
        merchant_key=row.merchant_key,
        amount=row.amount,
        category=row.source_category,
        description=row.description,
    )
    month = months_between(_YEAR_ZERO, row.period)
    example = Example(line, row.gl_code, row.department_code, month)
    return Verified(example, is_new=since is None or row.taught_at > since)


async def active_id(session: AsyncSession) -> UUID | None:
    """The model in use."""
    return await session.scalar(select(StoredModel.id).where(StoredModel.active))


async def content_of(session: AsyncSession, model_id: UUID) -> bytes | None:
    """The stored arrays; None when the model is gone."""
    return await session.scalar(select(StoredModel.content).where(StoredModel.id == model_id))


async def latest(session: AsyncSession) -> Training | None:
    """The last training that ended, whether its model is in use or not."""
    found = await session.execute(
        select(StoredModel.created_at, StoredModel.taught_until)
        .where(StoredModel.content.is_not(None))
        .order_by(StoredModel.created_at.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else Training(*row)


async def begin(
    session: AsyncSession, model_id: UUID, *, now: datetime, lessons: Lessons, give_up: timedelta
) -> bool:
    """Whether this training is the only one now; one that never ended is given up."""
    await session.execute(
        delete(StoredModel).where(
            StoredModel.content.is_(None), StoredModel.created_at < now - give_up
        )
    )
    begun = await session.scalar(
        insert(StoredModel)
        .values(
            id=model_id,
            created_at=now,
            taught_until=lessons.latest,
            lines=lessons.count,
            active=False,
        )
        .on_conflict_do_nothing()
        .returning(StoredModel.id)
    )
    return begun is not None


async def finish(
    session: AsyncSession, model_id: UUID, content: bytes, *, measured: dict[str, Any], use: bool
) -> bool:
    """Store the model, and use it from now on if it is to be; False when it was given up on.

    Then the model in use stays where it is. A training that came to nothing has no content: it is
    kept so that the same lines are not tried again and again.
    """
    ours = select(StoredModel.id).where(StoredModel.id == model_id).with_for_update()
    if await session.scalar(ours) is None:
        return False
    if use:
        await session.execute(update(StoredModel).where(StoredModel.active).values(active=False))
    await session.execute(
        update(StoredModel)
        .where(StoredModel.id == model_id)
        .values(content=content, measured=measured, active=use)
    )
    return True


async def give_up(session: AsyncSession, model_id: UUID) -> None:
    """This training came to nothing."""
    await session.execute(
        delete(StoredModel).where(StoredModel.id == model_id, StoredModel.content.is_(None))
    )


async def forget_all(session: AsyncSession) -> None:
    """Delete every model, and end the training under way."""
    await session.execute(delete(StoredModel))


async def forget_old(session: AsyncSession, *, keep: int) -> None:
    """Delete all but the last models, never the one in use."""
    kept = (
        select(StoredModel.id)
        .where(StoredModel.content.is_not(None))
        .order_by(StoredModel.created_at.desc())
        .limit(keep)
    )
    await session.execute(
        delete(StoredModel).where(
            StoredModel.content.is_not(None),
            StoredModel.active.is_(False),
            StoredModel.id.not_in(kept),
        )
    )
