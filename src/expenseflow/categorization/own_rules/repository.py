"""The SQL of a person's rules, always for one user."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization.own_rules.models import OwnRule
from expenseflow.categorization.own_rules.rules import Content, Rule
from expenseflow.kit.ids import new_id

_CONTENT = tuple(field.name for field in fields(Content))


async def rules_of(session: AsyncSession, user_id: UUID) -> list[Rule]:
    """All of them in their order; bounded, so nobody pages through them here."""
    rows = await session.scalars(
        select(OwnRule)
        .where(OwnRule.user_id == user_id)
        .order_by(OwnRule.position, OwnRule.id)
        .execution_options(populate_existing=True)
    )
    return [_rule(row, position) for position, row in enumerate(rows, start=1)]


async def add_first(
    session: AsyncSession, user_id: UUID, content: Content, *, now: datetime
) -> UUID:
    """A new rule before all others; the caller holds the lock of the person's rules."""
    row = OwnRule(id=new_id(), user_id=user_id, created_at=now, updated_at=now, **_columns(content))
    row.position = await _before_all(session, user_id)
    session.add(row)
    await session.flush()
    return row.id


async def change(
    session: AsyncSession, user_id: UUID, rule_id: UUID, content: Content, *, now: datetime
) -> None:
    """The rule says this from now on."""
    await session.execute(
        update(OwnRule)
        .where(OwnRule.user_id == user_id, OwnRule.id == rule_id)
        .values(version=OwnRule.version + 1, updated_at=now, **_columns(content))
    )


async def move_first(session: AsyncSession, user_id: UUID, rule_id: UUID) -> None:
    """The rule is asked before all others."""
    await session.execute(
        update(OwnRule)
        .where(OwnRule.user_id == user_id, OwnRule.id == rule_id)
        .values(position=await _before_all(session, user_id))
    )


async def put_in_order(session: AsyncSession, user_id: UUID, ids: Sequence[UUID]) -> None:
    """Positions 1, 2, 3 … as listed; the list names all of the person's rules."""
    if ids:
        places = {rule_id: place for place, rule_id in enumerate(ids, start=1)}
        await session.execute(
            update(OwnRule)
            .where(OwnRule.user_id == user_id)
            .values(position=case(places, value=OwnRule.id))
            .execution_options(synchronize_session=False)
        )


async def remove(session: AsyncSession, user_id: UUID, rule_id: UUID) -> bool:
    """Whether there was such a rule."""
    gone = await session.scalar(
        delete(OwnRule)
        .where(OwnRule.user_id == user_id, OwnRule.id == rule_id)
        .returning(OwnRule.id)
    )
    return gone is not None


async def _before_all(session: AsyncSession, user_id: UUID) -> int:
    first = await session.scalar(
        select(func.min(OwnRule.position)).where(OwnRule.user_id == user_id)
    )
    return 1 if first is None else first - 1


def _columns(content: Content) -> dict[str, object]:
    return {name: getattr(content, name) for name in _CONTENT}


def _rule(row: OwnRule, position: int) -> Rule:
    content = Content(**{name: getattr(row, name) for name in _CONTENT})
    return Rule(row.id, position, content, row.version, row.updated_at)
