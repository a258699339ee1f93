"""The SQL of categorization: lessons and kept answers; a whole month in one statement."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    delete,
    desc,
    func,
    select,
    tuple_,
)
from sqlalchemy import any_ as any_of
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import bindparam
from sqlalchemy.types import TypeEngine

from expenseflow.categorization.models import KeptAnswer, MemoryLesson
from expenseflow.categorization.outcomes import Answer, Lesson, Merchant
from expenseflow.infra.db import delete_some
from expenseflow.statements.models import Transaction


class Filed(NamedTuple):
    """How often, and when last, the person filed a merchant this way in a month."""

    merchant_key: str
    gl_code: str
    department_code: str | None
    vendor: str | None
    description: str | None
    period: str
    """The month of the charges."""
    often: int
    last_at: datetime
    """When the person decided so last; which of two equals is the later."""
    last_on: date
    """The date of the latest charge filed so, as printed: what the person remembers."""


class Department(NamedTuple):
    """How often, and when last, a department was used for the charges of one card."""

    account: str | None
    code: str
    often: int
    last_at: datetime


async def filed(session: AsyncSession, user_id: UUID, keys: Collection[str]) -> list[Filed]:
    """What this person decided for these merchants."""
    wanted = _among(MemoryLesson.merchant_key, keys)
    return await _filed(session, _filed_by(user_id).where(wanted))


async def recently_filed(session: AsyncSession, user_id: UUID, *, limit: int) -> list[Filed]:
    """What this person decided last, whatever the merchant."""
    return await _filed(session, _filed_by(user_id).order_by(desc("last_at")).limit(limit))


async def _filed(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> list[Filed]:
    return [Filed(*row) for row in await session.execute(query)]


def _filed_by(
    user_id: UUID,
) -> Select[str, str, str | None, str | None, str | None, str, int, datetime, date]:
    what = (
        MemoryLesson.merchant_key,
        MemoryLesson.gl_code,
        MemoryLesson.department_code,
        MemoryLesson.vendor,
        MemoryLesson.description,
        Transaction.period,
    )
    last_at = func.max(MemoryLesson.taught_at).label("last_at")
    return (
        select(*what, func.count(), last_at, func.max(Transaction.posted_on))
        .join(Transaction, Transaction.id == MemoryLesson.transaction_id)
        .where(MemoryLesson.user_id == user_id)
        .group_by(*what)
    )


async def departments(session: AsyncSession, user_id: UUID) -> list[Department]:
    """Which departments this person files under, by card."""
    department = MemoryLesson.department_code
    rows = await session.execute(
        select(Transaction.account, department, func.count(), func.max(MemoryLesson.taught_at))
        .join(Transaction, Transaction.id == MemoryLesson.transaction_id)
        .where(MemoryLesson.user_id == user_id, department.is_not(None))
        .group_by(Transaction.account, department)
    )
    return [Department(*row) for row in rows]


async def forget_answers(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete up to `limit` answers kept since before then; how many there were."""
    return await delete_some(session, KeptAnswer, KeptAnswer.created_at < before, limit=limit)


async def kept_answers(
    session: AsyncSession, user_id: UUID, keys: Collection[str], *, context: str, since: datetime
) -> dict[Merchant, Answer]:
    """The answers already paid for in this context."""
    rows = await session.execute(
        select(
            KeptAnswer.merchant_key,
            KeptAnswer.sign,
            KeptAnswer.gl_code,
            func.coalesce(KeptAnswer.department_code, ""),
            KeptAnswer.vendor,
            KeptAnswer.description,
            KeptAnswer.confidence,
        ).where(
            KeptAnswer.user_id == user_id,
            KeptAnswer.context_hash == context,
            KeptAnswer.created_at >= since,
            _among(KeptAnswer.merchant_key, keys),
        )
    )
    return {
        Merchant(key, sign): Answer(gl_code, department_code, vendor, description, confidence)
        for key, sign, gl_code, department_code, vendor, description, confidence in rows
    }


async def keep_answers(
    session: AsyncSession,
    user_id: UUID,
    answers: Iterable[tuple[Merchant, Answer]],
    *,
    context: str,
    now: datetime,
) -> None:
    """Insert or renew; in the order of the keys, so that two jobs cannot deadlock."""
    fixed = {"user_id": user_id, "context_hash": context, "created_at": now}
    rows = [
        fixed
        | {"merchant_key": merchant.key, "sign": merchant.sign}
        | {name: getattr(answer, name) for name in _ANSWER_COLUMNS}
        for merchant, answer in sorted(answers, key=lambda pair: pair[0])
    ]
    await _upsert(session, KeptAnswer, rows, changed=(*_ANSWER_COLUMNS, "created_at"))


async def upsert_lessons(
    session: AsyncSession, user_id: UUID, lessons: Iterable[Lesson], *, now: datetime
) -> None:
    """One row a transaction; the last lesson about it wins.

    One that says the same again leaves the row as it is: submitting what was accepted before is
    nothing new to learn from.
    """
    by_transaction = {lesson.transaction_id: lesson for lesson in lessons}
    rows = [
        {"user_id": user_id, "transaction_id": transaction_id, "taught_at": now}
        | {name: getattr(lesson, name) for name in _LESSON_COLUMNS}
        for transaction_id, lesson in sorted(by_transaction.items())
    ]
    await _upsert(
        session,
        MemoryLesson,
        rows,
        changed=(*_LESSON_COLUMNS, "taught_at"),
        if_different=_LESSON_COLUMNS,
    )


async def delete_lessons(
    session: AsyncSession, user_id: UUID, transaction_ids: Collection[UUID]
) -> None:
    await session.execute(
        delete(MemoryLesson)
        .where(MemoryLesson.user_id == user_id)
        .where(_among(MemoryLesson.transaction_id, transaction_ids))
        .execution_options(synchronize_session=False)
    )


_ANSWER_COLUMNS = ("gl_code", "department_code", "vendor", "description", "confidence")
_LESSON_COLUMNS = ("merchant_key", "gl_code", "department_code", "vendor", "description")


async def _upsert(
    session: AsyncSession,
    table: type[MemoryLesson | KeptAnswer],
    rows: Sequence[dict[str, Any]],
    *,
    changed: Sequence[str],
    if_different: Sequence[str] = (),
) -> None:
    """One statement, one array a column; a row of somebody else's is never touched.

    With `if_different` a row is only changed when one of these columns is.
    """
    if not rows:
        return
    columns = [table.__table__.c[name] for name in rows[0]]
    arrays = [_array([row[c.name] for row in rows], c.type) for c in columns]
    lines = select(*(func.unnest(array) for array in arrays))
    new = insert(table).from_select(columns, lines)
    where = table.user_id == new.excluded["user_id"]
    if if_different:
        before = tuple_(*(table.__table__.c[name] for name in if_different))
        where &= before.is_distinct_from(tuple_(*(new.excluded[name] for name in if_different)))
    await session.execute(
        new.on_conflict_do_update(
            index_elements=list(table.__table__.primary_key),
            set_={name: new.excluded[name] for name in changed},
            where=where,
        )
    )


def _among(column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """`column = ANY(array)`: one parameter however many values."""
    return column == any_of(_array(list(values), column.type))


def _array(values: list[Any], kind: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam(None, values, type_=ARRAY(kind), unique=True)
